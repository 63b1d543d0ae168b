/**
 * A page of the bills that are to be synced again, in one transaction: however many there are, nobody waits long
 * for a lock. The next page goes on after the last bill of this one, so that what was asked for and has failed
 * again meanwhile is not asked for twice in one run.
 *
 * Must stay true: of what fails by a cause, or is in a state, only the postings that do so under the lock are asked
 * for; what was mended since the page was read is left alone.
 */
import type { Wanted } from '../store/resync-runs.ts';
import { selectedBills } from '../store/selected-bills.ts';
import type { Recording } from './record-change.ts';
import { resyncAll, type ResyncResult } from './resync.ts';

export interface ResyncPage {
  readonly bills: number;
  /** Those that were still meant when their turn came, each with what became of its wish. */
  readonly asked: readonly { readonly billId: string; readonly result: ResyncResult }[];
  readonly lastBillId: string | null;
  readonly isLast: boolean;
}

export async function resyncPage(
  recording: Recording,
  selected: Wanted,
  page: { readonly after: string | null; readonly limit: number },
): Promise<ResyncPage> {
  const found = await selectedBills(recording.db, selected, page.after, page.limit + 1);
  const billIds = found.slice(0, page.limit);
  const { companyId, connectionId, posting, of, link, recreate } = selected;
  const results = await resyncAll(
    recording,
    companyId,
    billIds.map((billId) => ({
      billId,
      connectionId,
      posting,
      paymentId: null,
      trigger: 'bulk',
      link,
      recreate,
      only: of.by === 'failure' || of.by === 'state' ? of : null,
    })),
  );
  const asked = billIds.map((billId, index) => ({ billId, result: results[index]! }));
  return {
    asked: asked.filter(({ result }) => result.ok || result.refusal.code !== 'not-meant'),
    bills: billIds.length,
    lastBillId: billIds.at(-1) ?? null,
    isLast: found.length <= page.limit,
  };
}
