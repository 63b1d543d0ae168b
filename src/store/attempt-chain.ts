/**
 * The hashes of the log, so that a row altered later no longer fits (invariant 9): each opening and
 * each write carries its own, and each result, in the order of its company's chain, one that covers
 * what it says, its opening, its writes and the result before it. All are SHA-256, hex.
 *
 * What is hashed of JSON is the very text that is kept.
 */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../core/canonical.ts';

/** The hash before the first; also in `write_log`. */
export const CHAIN_START = '0'.repeat(64);

/** The columns of an opening, JSON as text. */
export interface OpeningRow {
  readonly companyId: string;
  readonly attemptId: string;
  readonly connectionId: string;
  readonly postingId: string;
  readonly billId: string;
  readonly kind: string;
  readonly paymentId: string | null;
  readonly trigger: string;
  readonly changes: readonly string[];
  readonly actor: string | null;
  readonly requestIds: readonly string[];
  readonly fence: number;
  readonly openedAt: Date;
  readonly bill: string;
  readonly document: string | null;
  readonly fields: string | null;
}

export function openingHash(row: OpeningRow): string {
  const { bill, document, fields } = row;
  const said = JSON.stringify([
    row.companyId,
    row.attemptId,
    row.connectionId,
    row.postingId,
    row.billId,
    row.kind,
    row.paymentId,
    row.trigger,
    row.changes,
    row.actor,
    row.requestIds,
    row.fence,
    row.openedAt,
  ]);
  return sha256([said, bill, document ?? '', fields ?? ''].join('\n'));
}

export interface WriteRow {
  readonly number: number;
  readonly sentAt: Date;
  readonly method: string;
  readonly target: string;
  readonly body: string | null;
  readonly sha256: string | null;
}

export function writeHash({ number, sentAt, method, target, body, sha256: of }: WriteRow): string {
  return sha256(JSON.stringify([number, sentAt, method, target, body, of]));
}

/** The columns of a result besides its place in the chain, the exchanges as text. */
export interface ResultRow {
  readonly companyId: string;
  readonly attemptId: string;
  readonly closedAt: Date;
  readonly durationMs: number;
  readonly outcome: string;
  readonly failureCode: string | null;
  readonly failure: unknown;
  readonly decision: unknown;
  readonly remoteId: string | null;
  readonly link: string | null;
  readonly exchanges: string;
}

/** Results from before there were decisions say nothing of one; so neither do those without. */
export function contentHash({ exchanges, decision, ...rest }: ResultRow): string {
  const said = decision === null ? rest : { ...rest, decision };
  return sha256(`${canonicalJson(said)}\n${exchanges}`);
}

/** As `write_log` makes it. */
export function resultHash(link: {
  contentHash: string;
  openingHash: string;
  /** In the order of their numbers. */
  writeHashes: readonly string[];
  chainNumber: number;
  previousHash: string;
}): string {
  return sha256(
    [
      link.contentHash,
      link.openingHash,
      link.writeHashes.join(','),
      link.chainNumber,
      link.previousHash,
    ].join('\n'),
  );
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
