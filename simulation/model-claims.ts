/** What of the model may be attempted now: as in `src/store/claimable.ts`. */
import { isSuccess } from '../src/core/attempt.ts';
import type { LaneKey } from '../src/store/lanes.ts';
import { askedBy, type DuePosting } from '../src/store/claimable.ts';
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
          },
          waitsFor: waitsFor(tables, posting),
          ...askedBy(subjectsOf(tables, posting.requestIds)),
          connectionChangedAt: tables.connections.get(connectionId)!.changedAt,
          lostFields: posting.mustLook ? lostFields(tables, posting) : null,
        },
      ];
    });
}

function subjectsOf({ syncRequests }: Tables, requestIds: readonly string[]): (string | null)[] {
  return requestIds.filter((id) => syncRequests.has(id)).map((id) => syncRequests.get(id)!);
}

/** For this very bill, not for many at once. */
export function wasAsked(tables: Tables, requestIds: readonly string[]): boolean {
  return subjectsOf(tables, requestIds).some((subject) => !subject?.startsWith('bulk'));
}

/** And for just that. */
export function wasAskedTo(
  decision: 'replace' | 'link' | 'bulk-link' | 'bulk-recreate',
  tables: Tables,
  requestIds: readonly string[],
): boolean {
  return subjectsOf(tables, requestIds).includes(decision);
}

/** For which other of its bill it must wait, now: as `WAITS_FOR` in `src/store/standing-aside.ts`. */
export function waitsFor(tables: Tables, posting: Posting): DuePosting['waitsFor'] {
  const { kind, wanted } = posting;
  const isPayment = kind === 'supplier-payment';
  const invoice = invoiceOf(tables, posting);
  const isToCome =
    invoice?.remoteId === null && invoice.off === null && invoice.wanted === 'present';
  if (wanted === 'present' && isToCome) return 'invoice';
  if (isPayment !== (wanted === 'present')) return null;
  return othersOfBill(tables, posting).some(
    (other) =>
      other.kind === 'supplier-payment' &&
      other.wanted === 'absent' &&
      (other.dueAt !== null || other.openAttemptId !== null),
  )
    ? 'payment'
    : null;
}

/** Does it stand aside for nothing, or was it refused for what may be otherwise now? As `MAY_GO` there. */
export function mayGo(tables: Tables, posting: Posting): boolean {
  const { kind, wanted, waitingFor, state, failure, openAttemptId } = posting;
  if (openAttemptId !== null) return false;
  if (waitingFor !== null) return waitsFor(tables, posting) !== waitingFor;
  const isOfOrder =
    kind === 'supplier-payment'
      ? wanted === 'present' && failure?.code === 'amount-rejected'
      : wanted === 'absent' && failure?.code === 'posting-locked';
  if (state !== 'failed' || !isOfOrder) return false;
  return othersOfBill(tables, posting).some(
    (other) =>
      ['in-step', 'removed'].includes(other.state) &&
      numberOfLast(tables, other) > numberOfLast(tables, posting),
  );
}

function numberOfLast({ results }: Tables, { lastAttemptId }: Posting): number {
  return (lastAttemptId && results.get(lastAttemptId)?.chainNumber) || 0;
}

export function othersOfBill(tables: Tables, { id, billId, connectionId }: Posting): Posting[] {
  return [...tables.postings.values()].filter(
    (other) => other.id !== id && other.billId === billId && other.connectionId === connectionId,
  );
}

/** Of a payment: the invoice it pays. */
export function invoiceOf(tables: Tables, { kind, billId, connectionId }: Posting): Posting | null {
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

function lostFields(
  { attempts, writes, results }: Tables,
  { id }: Posting,
): DuePosting['lostFields'] {
  const ended = [...results.values()]
    .filter(({ attemptId }) => attempts.get(attemptId)!.postingId === id)
    .sort((a, b) => a.chainNumber - b.chainNumber);
  const sinceInStep = ended.slice(ended.findLastIndex(({ outcome }) => isSuccess(outcome)) + 1);
  const lost = sinceInStep
    .filter(({ attemptId, outcome }) => outcome === 'uncertain' && writes.get(attemptId)?.length)
    .map(({ attemptId }) => attempts.get(attemptId)!.fields)
    .filter((fields) => fields !== null);
  return lost.length > 0 ? lost : null;
}
