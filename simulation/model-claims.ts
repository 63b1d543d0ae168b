/** What of the model may be attempted now: as in `src/store/claimable.ts`. */
import type { LaneKey } from '../src/store/lanes.ts';
import type { DuePosting } from '../src/store/claimable.ts';
import type { Posting } from '../src/store/postings.ts';
import { isLater, type Tables } from './model-tables.ts';

export function claimable(
  tables: Tables,
  { connectionId }: LaneKey,
  now: Date,
  limit: number,
  except: readonly string[] = [],
): DuePosting[] {
  return [...tables.postings.values()]
    .filter(
      (posting) =>
        posting.connectionId === connectionId &&
        posting.dueAt !== null &&
        !isLater(posting.dueAt, now) &&
        posting.openAttemptId === null &&
        !except.includes(posting.id),
    )
    .sort(
      (a, b) =>
        a.priority - b.priority ||
        a.dueAt!.getTime() - b.dueAt!.getTime() ||
        (a.id < b.id ? -1 : 1),
    )
    .slice(0, limit)
    .flatMap((posting): DuePosting[] => {
      const bill = tables.bills.get(posting.billId);
      if (!bill) return [];
      const invoice = invoiceOf(tables, posting);
      return [
        {
          ...posting,
          bill,
          invoice: invoice && {
            postingId: invoice.id,
            remoteId: invoice.remoteId,
            expected: invoice.off === null && invoice.wanted === 'present',
          },
          paymentInTheWay: paymentIsInTheWay(tables, posting),
          asked: wasAsked(tables, posting.requestIds),
          connectionChangedAt: tables.connections.get(connectionId)!.changedAt,
          lostFields: posting.mustLook ? lostFields(tables, posting) : null,
        },
      ];
    });
}

/** For this very bill, not for many at once. */
export function wasAsked({ syncRequests }: Tables, requestIds: readonly string[]): boolean {
  return requestIds.some((id) => syncRequests.has(id) && syncRequests.get(id) !== 'bulk');
}

/** Is the payment's invoice still to come? */
export function invoiceIsAwaited(tables: Tables, payment: Posting): boolean {
  const invoice = invoiceOf(tables, payment);
  return (
    invoice !== null &&
    invoice.remoteId === null &&
    invoice.off === null &&
    invoice.wanted === 'present'
  );
}

function invoiceOf(tables: Tables, { kind, billId, connectionId }: Posting): Posting | null {
  if (kind !== 'supplier-payment') return null;
  for (const other of tables.postings.values()) {
    if (
      other.kind === 'supplier-invoice' &&
      other.billId === billId &&
      other.connectionId === connectionId
    )
      return other;
  }
  return null;
}

function paymentIsInTheWay(tables: Tables, { kind, wanted, billId, connectionId }: Posting) {
  if (kind !== 'supplier-invoice' || wanted !== 'absent') return false;
  return [...tables.postings.values()].some(
    (other) =>
      other.kind === 'supplier-payment' &&
      other.billId === billId &&
      other.connectionId === connectionId &&
      other.wanted === 'absent' &&
      (other.dueAt !== null || other.openAttemptId !== null),
  );
}

function lostFields(tables: Tables, posting: Posting): DuePosting['lostFields'] {
  const lost = [...tables.attempts.values()]
    .filter(
      ({ attemptId, postingId, openedAt }) =>
        postingId === posting.id &&
        (posting.inStepAt === null || isLater(openedAt, posting.inStepAt)) &&
        tables.results.get(attemptId)?.outcome === 'uncertain' &&
        (tables.writes.get(attemptId)?.length ?? 0) > 0,
    )
    .sort((a, b) => (a.attemptId < b.attemptId ? -1 : 1))
    .flatMap(({ fields }) => (fields ? [fields] : []));
  return lost.length > 0 ? lost : null;
}
