/**
 * One bill in one accounting system: what Spor says, what the bill says, and what is there, posting by
 * posting. Looks only. A failure of the system as a whole, or a passing one, is thrown: the bill is then
 * looked at again; whatever concerns the bill is a verdict.
 */
import { type Bill, billTotals } from '../core/bill.ts';
import { diffFields } from '../core/diff.ts';
import { FAILURES, SyncFailure } from '../core/failure.ts';
import { keptInForce, mergeKept, withKept } from '../core/kept-fields.ts';
import type { PostingDocument } from '../core/posting.ts';
import { offReason } from '../core/rules.ts';
import type { Call, ConnectorSession, RemotePosting } from '../sdk/connector.ts';
import type { Posting } from '../store/postings.ts';
import type { ReconciliationRow } from '../store/reconciliations.ts';
import { type DocumentOf, documentFor } from './documents.ts';
import type { LaneSession } from './lane-session.ts';
import { planBill } from './plan.ts';
import { isSameRecord } from './same-record.ts';

/** What the look at one posting came to. */
export type Found = Pick<ReconciliationRow, 'verdict'> &
  Partial<Pick<ReconciliationRow, 'reason' | 'remoteId' | 'link' | 'differences' | 'failure'>>;

type Row = Omit<ReconciliationRow, 'id' | 'lookedAt'>;

/** Postings that should be there or should be gone; those the rules leave out are not looked for. */
export function expectedPostings(
  bill: Bill,
  existing: readonly Posting[],
  work: LaneSession,
): Posting[] {
  return existing.filter(
    (posting) => posting.connectionId === work.connection.id && isExpected(bill, posting, work),
  );
}

/** What the rules want and no posting was ever planned for: the wish was forgotten, or is yet to come. */
export function neverPlanned(
  bill: Bill,
  existing: readonly Posting[],
  { connection }: LaneSession,
  now: Date,
): Row[] {
  const asking = { trigger: 'change', changes: [], actor: null, requestId: null, now } as const;
  const planned = planBill(bill, connection, existing, asking, () => 'new');
  return planned
    .filter(({ id, off }) => id === 'new' && off === null)
    .map(({ kind, paymentId }) => ({
      ...ofBill(bill, paymentId),
      verdict: 'missing',
      reason: 'never-attempted',
      postingId: null,
      kind,
      paymentId,
      state: null,
    }));
}

function isExpected(bill: Bill, posting: Posting, { connection }: LaneSession): boolean {
  if (bill.duplicateOf !== null) return false;
  if (posting.wanted === 'absent') return posting.remoteId !== null || posting.state === 'removed';
  return offReason(bill, posting.kind, connection.rules) === null;
}

/** What is the same in every row of a bill. */
function ofBill(bill: Bill, paymentId: string | null) {
  const payment = bill.payments.find(({ id }) => id === paymentId);
  const amountMinor =
    paymentId === null ? billTotals(bill).totalMinor : (payment?.amountMinor ?? 0);
  return {
    billId: bill.id,
    number: bill.number,
    supplierName: bill.supplier.name,
    onDay: payment?.paidOn ?? bill.issuedOn,
    currency: bill.currency,
    amountMinor: bill.kind === 'credit-note' ? 0 - amountMinor : amountMinor,
    reason: null,
    remoteId: null,
    link: null,
    differences: [],
    failure: null,
  };
}

export function rowOf(bill: Bill, posting: Posting, found: Found): Row {
  const { id: postingId, kind, paymentId, state, remoteId, link, wanted } = posting;
  const papers = ofBill(bill, paymentId);
  const isRightlyGone = wanted === 'absent' && found.verdict === 'same';
  return {
    ...papers,
    // The books have nothing of it, and so have the sums.
    amountMinor: isRightlyGone ? 0 : papers.amountMinor,
    remoteId,
    link,
    ...found,
    postingId,
    kind,
    paymentId,
    state,
  };
}

/** A posting to look at, and its paper to look with. */
export interface ToLookAt {
  readonly posting: Posting;
  readonly of: DocumentOf;
  readonly looking: PostingDocument;
}

export function toLookAt(
  bill: Bill,
  posting: Posting,
  invoice: DocumentOf['invoice'],
  { connection }: LaneSession,
): ToLookAt {
  const of = { ...posting, postingId: posting.id, invoice };
  // Only to look with: what the rules lack shows when the fields are made.
  return { posting, of, looking: documentFor(bill, { ...of, wanted: 'absent' }, connection.rules) };
}

/** @param known as it was found with many others; else it is looked for alone */
export async function lookAt(
  bill: Bill,
  { posting, of, looking }: ToLookAt,
  work: LaneSession,
  call: Call,
  known: RemotePosting | undefined,
): Promise<Found> {
  const { session } = work;
  let there: RemotePosting | null;
  try {
    there = known ?? (await session.find(call, looking));
    // Its reference may have been taken off by hand.
    if (!there && posting.remoteId !== null) {
      const known = await session.read(call, posting.remoteId, looking);
      there = known && isSameRecord(known, looking, posting.confirmedFields, null) ? known : null;
    }
  } catch (error) {
    return concerning(error);
  }
  if (posting.wanted === 'absent')
    return there
      ? { ...placeOf(there), verdict: 'deviates', reason: 'still-there' }
      : { verdict: 'same' };
  if (!there) return { verdict: 'missing', reason: whyMissing(posting), failure: posting.failure };
  try {
    const document = documentFor(bill, of, work.connection.rules);
    const differences = differencesOf(session, posting, there, document);
    const verdict = differences.length === 0 ? 'same' : 'deviates';
    return { ...placeOf(there), verdict, differences, failure: posting.failure };
  } catch (error) {
    if (!(error instanceof SyncFailure)) throw error;
    const failure = { ...error.details, conflicts: [] };
    return { ...placeOf(there), verdict: 'deviates', failure };
  }
}

/** Somebody deleted it: unless an attempt may have, that was to take it away and whose answer was lost. */
function whyMissing({ lastAttemptId, remoteId, mustLook }: Posting): ReconciliationRow['reason'] {
  if (lastAttemptId === null) return 'never-attempted';
  return remoteId === null || mustLook ? 'not-there' : 'deleted';
}

/** What concerns this bill is told of it; the rest is the system's, and thrown on. */
function concerning(error: unknown): Found {
  if (!(error instanceof SyncFailure) || FAILURES[error.details.code].class !== 'posting')
    throw error;
  const failure = { ...error.details, conflicts: [] };
  return error.details.code === 'duplicate-in-target'
    ? { verdict: 'duplicate', failure }
    : { verdict: 'unknown', reason: 'unreadable', failure };
}

function placeOf({ remoteId, link }: RemotePosting) {
  return { remoteId, link };
}

/** As syncing judges it: what is kept as it is there counts as equal, and so do the sums that follow from it. */
function differencesOf(
  session: ConnectorSession,
  posting: Posting,
  there: RemotePosting,
  document: PostingDocument,
) {
  const wanted = session.fields(document);
  const kept = keptInForce(posting.keptFields, there.fields, wanted);
  const isAsSent = diffFields(there.fields, session.fields(mergeKept(document, kept))).length === 0;
  if (isAsSent) return [];
  return diffFields(there.fields, withKept(wanted, kept)).map(({ field, before, after }) => ({
    field,
    confirmed: posting.confirmedFields?.[field] ?? null,
    there: before,
    wanted: after,
  }));
}
