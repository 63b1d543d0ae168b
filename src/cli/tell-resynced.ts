/** What was asked for when many bills are synced again, and what was left out. */
import type { ResyncedManyShape } from '../contract/sync-shapes.ts';
import { plain } from './terminal.ts';

/** @returns the exit code: 1 when all were refused */
export function tellResynced(answer: ResyncedManyShape, connectionName?: string): number {
  const { accepted, deleted, skipped } = answer;
  const where = connectionName === undefined ? '' : `${plain(connectionName)}: `;
  console.log(`${where}${accepted} postings are being synced again.`);
  if (deleted > 0)
    console.log(`left out  ${deleted}: deleted in the accounting system, and not made again.`);
  for (const { billId, reason } of skipped) console.log(`skipped  ${billId}: ${plain(reason)}`);
  return isRefused(answer) ? 1 : 0;
}

export function isRefused({ accepted, skipped }: ResyncedManyShape): boolean {
  return accepted === 0 && skipped.length > 0;
}
