/**
 * A page of what fails by one cause, synced again in one transaction: however many bills there are, nobody
 * waits long for a lock. The next page goes on after the last bill of this one, so that what was asked for
 * and has failed again meanwhile is not asked for twice in one run.
 *
 * Must stay true: only postings that fail by it are asked for, seen under the lock; what was mended since
 * the page was read is left alone, and so is what waits for an attempt already.
 */
import { billsFailing, type Cause } from '../store/failing-now.ts';
import type { Recording } from './record-change.ts';
import { resyncAll, type ResyncResult } from './resync.ts';

export interface CausePage {
  readonly bills: number;
  /** Those that failed by it still when their turn came, each with what became of its wish. */
  readonly asked: readonly { readonly billId: string; readonly result: ResyncResult }[];
  readonly lastBillId: string | null;
  readonly isLast: boolean;
}

export async function resyncCause(
  recording: Recording,
  cause: Cause,
  page: { readonly after: string | null; readonly limit: number },
): Promise<CausePage> {
  const found = await billsFailing(recording.db, cause, page.after, page.limit + 1);
  const billIds = found.slice(0, page.limit);
  const { companyId, connectionId, failure } = cause;
  const results = await resyncAll(
    recording,
    billIds.map((billId) => ({
      companyId,
      billId,
      connectionId,
      posting: null,
      paymentId: null,
      trigger: 'bulk',
      failure,
    })),
  );
  const asked = billIds.map((billId, index) => ({ billId, result: results[index]! }));
  return {
    asked: asked.filter(({ result }) => result.ok || result.refusal.code !== 'not-failing'),
    bills: billIds.length,
    lastBillId: billIds.at(-1) ?? null,
    isLast: found.length <= page.limit,
  };
}
