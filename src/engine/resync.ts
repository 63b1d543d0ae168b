/**
 * *Synkroniser igen*: a person asks for an attempt, now and first. The wish and the line in the
 * activity log are one transaction; the lane makes the attempt with the bill as it is then.
 *
 * Must stay true (invariant 7): only who asks for one bill, or for just that, may bring back what was deleted
 * in the accounting system, and only who asks for one bill overwrite what was changed there. Many bills at once
 * are nobody's decision on each: else what is known to be deleted is left out of them.
 */
import { type Bill, hasPayment } from '../core/bill.ts';
import type { PostingKind } from '../core/posting.ts';
import type { ResyncRefusal } from '../core/resync-refusal.ts';
import { type ActivityLine, insertActivity } from '../store/activity.ts';
import { lockBills } from '../store/bills.ts';
import { type Connection, lockConnections } from '../store/connections.ts';
import { tryNow } from '../store/lane-pauses.ts';
import { keepNothing } from '../store/kept-fields.ts';
import { lockPostingsOf, type Posting, type Wish } from '../store/postings.ts';
import type { Selection } from '../store/selected-bills.ts';
import { type Asking, askAgain, planBill } from './plan.ts';
import type { Recording } from './record-change.ts';
import { wish } from './wish.ts';

export interface ResyncRequest {
  readonly companyId: string;
  readonly billId: string;
  /** Null: every connection. */
  readonly connectionId: string | null;
  /** Null: invoice and payments, as far as there are any. */
  readonly posting: PostingKind | null;
  /** Null: every payment. */
  readonly paymentId: string | null;
  readonly trigger: 'manual' | 'bulk';
  /** Also over what was decided to stay as it is in the accounting system. */
  readonly overwrite?: boolean | undefined;
  /** Of the invoice: what can't be changed any more is to be credited, and made anew. */
  readonly replace?: boolean | undefined;
  /** Of the invoice: if somebody booked it there by hand, that one is to be linked, as it is; of many, if it is alike. */
  readonly link?: boolean | undefined;
  /** Of many: what was deleted there is to be made again; of one bill it is anyway. */
  readonly recreate?: boolean | undefined;
  /** Of the bill's postings, only those that are so now; what waits for an attempt already fails by nothing. */
  readonly only?: Only | null | undefined;
}

export type Only = Extract<Selection, { by: 'failure' | 'state' }>;

/** `deleted`: postings left out, because they were deleted in the accounting system. */
export type ResyncResult =
  | {
      readonly ok: true;
      readonly postingIds: readonly string[];
      readonly deleted: readonly string[];
    }
  | { readonly ok: false; readonly refusal: ResyncRefusal; readonly deleted: readonly string[] };

/** What became of the wishes of many bills. */
export interface Resynced {
  /** Postings. */
  readonly accepted: number;
  readonly deleted: number;
  readonly refused: readonly { readonly billId: string; readonly refusal: ResyncRefusal }[];
}

export function tally(
  asked: readonly { readonly billId: string; readonly result: ResyncResult }[],
): Resynced {
  const sum = (of: (result: ResyncResult) => number) =>
    asked.reduce((so, { result }) => so + of(result), 0);
  return {
    accepted: sum((result) => (result.ok ? result.postingIds.length : 0)),
    deleted: sum(({ deleted }) => deleted.length),
    refused: asked.flatMap(({ billId, result }) =>
      result.ok ? [] : [{ billId, refusal: result.refusal }],
    ),
  };
}

export async function resync(recording: Recording, request: ResyncRequest): Promise<ResyncResult> {
  const [result] = await resyncAll(recording, request.companyId, [request]);
  return result!;
}

/**
 * Several bills of a company at once, each named once, in one transaction. All are locked in the order in which
 * everybody locks, and the lanes last, once each, so that nobody who changes a bill meanwhile waits for us in a ring.
 */
export async function resyncAll(
  recording: Recording,
  companyId: string,
  requests: readonly Omit<ResyncRequest, 'companyId'>[],
): Promise<ResyncResult[]> {
  const { db, clock } = recording;
  const billIds = requests.map(({ billId }) => billId);
  const connections = await lockConnections(db, companyId);
  const bills = new Map((await lockBills(db, companyId, billIds)).map((bill) => [bill.id, bill]));
  const postings = Map.groupBy(
    await lockPostingsOf(db, companyId, billIds),
    ({ billId }) => billId,
  );
  const asked = requests.map((request) =>
    ask(recording, { ...request, companyId }, connections, {
      bill: bills.get(request.billId) ?? null,
      existing: postings.get(request.billId) ?? [],
    }),
  );
  await insertActivity(
    db,
    asked.flatMap(({ lines }) => lines),
  );
  const overwritten = asked.flatMap((one) => one.overwritten);
  if (overwritten.length > 0) await keepNothing(db, companyId, overwritten);
  const wishes = asked.flatMap((one) => one.wishes);
  const connectionIds = new Set(wishes.map(({ connectionId }) => connectionId));
  for (const connectionId of [...connectionIds].sort()) {
    await tryNow(db, { companyId, connectionId }, clock.now());
  }
  await wish(db, wishes);
  return asked.map(({ result }) => result);
}

interface Asked {
  readonly result: ResyncResult;
  readonly wishes: readonly Wish[];
  readonly lines: readonly ActivityLine[];
  /** Postings of which nothing is to stay as it is in the accounting system. */
  readonly overwritten: readonly string[];
}

/** Pure: what one request comes to, on every connection it is for. */
function ask(
  recording: Recording,
  request: ResyncRequest,
  all: readonly Connection[],
  { bill, existing }: { bill: Bill | null; existing: readonly Posting[] },
): Asked {
  const no = (refusal: ResyncRefusal, deleted: readonly string[] = []): Asked => ({
    result: { ok: false, refusal, deleted },
    wishes: [],
    lines: [],
    overwritten: [],
  });
  const connections = all.filter(
    ({ id }) => request.connectionId === null || request.connectionId === id,
  );
  if (!bill || connections.length === 0) return no({ code: 'not-found' });
  if (bill.duplicateOf !== null) return no({ code: 'bill-is-duplicate' });
  if (request.posting === 'supplier-payment' && !isPaymentOffered(bill, request.paymentId)) {
    return no({ code: 'payment-not-offered' });
  }
  const enabled = connections.filter((connection) => connection.enabled);
  if (enabled.length === 0) return no({ code: 'connection-off' });
  const each = enabled.map((connection) =>
    wishesOf(recording, request, bill, connection, existing),
  );
  const deleted = each.flatMap((one) => one.deleted);
  const done = each.filter((one) => 'wishes' in one);
  const refused = each.findLast((one) => 'refusal' in one);
  const postingIds = done.flatMap((one) => one.postingIds);
  if (postingIds.length === 0) return no(refused?.refusal ?? { code: 'not-found' }, deleted);
  return {
    result: { ok: true, postingIds, deleted },
    wishes: done.flatMap((one) => one.wishes),
    lines: done.map(({ line }) => line),
    overwritten: request.overwrite ? postingIds : [],
  };
}

/** Pure: what one connection is asked for, and the line that says so; or why it can't be. */
export function wishesOf(
  { clock, ids, actor }: Omit<Recording, 'db'>,
  request: ResyncRequest,
  bill: Bill,
  connection: Connection,
  existing: readonly Posting[],
): { deleted: string[] } & (
  | { refusal: ResyncRefusal }
  | { wishes: Wish[]; postingIds: string[]; line: ActivityLine }
) {
  const requestId = ids.next();
  const now = clock.now();
  const asking: Asking = { trigger: request.trigger, changes: [], actor, requestId, now };
  const unasked = { ...asking, requestId: null };
  const planned = planBill(bill, connection, existing, unasked, () => ids.next());
  const isPlanned = ({ id }: Wish) => planned.some((other) => other.id === id);
  const known = existing.filter(({ connectionId }) => connectionId === connection.id);
  const all: Wish[] = [...planned, ...known.filter((posting) => !isPlanned(posting))];
  const chosen = all.filter(
    ({ id, kind, paymentId }) =>
      (request.posting === null || kind === request.posting) &&
      (request.paymentId === null || paymentId === request.paymentId) &&
      (!request.only || known.some((one) => one.id === id && isSo(one, request.only!))),
  );
  // Of a cancelled bill there is something to take back, or nothing to do.
  const mayBeThere = ({ id }: Wish) =>
    known.some((posting) => posting.id === id && (posting.remoteId !== null || posting.mustLook));
  const may = chosen.filter(
    (posting) => posting.off === null || (posting.wanted === 'absent' && mayBeThere(posting)),
  );
  const isLeftOut = ({ id }: Wish) =>
    request.trigger === 'bulk' &&
    !request.recreate &&
    known.some((posting) => posting.id === id && isDeleted(posting));
  const wanted = may.filter((posting) => !isLeftOut(posting));
  if (request.replace && wanted.length > 0 && known.some(isPaymentThere))
    return { deleted: [], refusal: { code: 'payment-booked' } };
  const deleted = may.filter(isLeftOut).map(({ id }) => id);
  if (wanted.length === 0) {
    const refusal =
      deleted.length > 0 ? { code: 'deleted-in-target' as const } : whyNone(request, chosen[0]);
    return { deleted, refusal };
  }
  const asked = [...wanted, ...inTheWay(wanted, all, known)].map((posting) =>
    askAgain(posting, connection.rules, asking),
  );
  return {
    deleted,
    wishes: [...planned.filter(({ id }) => !asked.some((other) => other.id === id)), ...asked],
    postingIds: wanted.map(({ id }) => id),
    line: {
      id: requestId,
      companyId: bill.companyId,
      billId: bill.id,
      at: now,
      actor,
      kind: 'sync-requested',
      // Tells what was decided, and a decision on this bill from one on many (`claimable`).
      subject: subjectOf(request),
      before: null,
      after: null,
      connectionId: connection.id,
      postingKind: request.posting,
    },
  };
}

function subjectOf({ trigger, replace, link, recreate }: ResyncRequest): string | null {
  if (trigger === 'bulk') return recreate ? 'bulk-recreate' : link ? 'bulk-link' : 'bulk';
  return replace ? 'replace' : link ? 'link' : null;
}

/** What holds back what is asked for (invariant 5) is asked for as well. */
function inTheWay(
  wanted: readonly Wish[],
  all: readonly Wish[],
  known: readonly Posting[],
): Wish[] {
  const knownOf = ({ id }: Wish) => known.find((posting) => posting.id === id);
  const isPayment = ({ kind }: Wish) => kind === 'supplier-payment';
  const waitsForInvoice = wanted.some((one) => isPayment(one) && one.wanted === 'present');
  const waitsForPayment = wanted.some((one) => isPayment(one) === (one.wanted === 'present'));
  return all
    .filter((one) => !wanted.includes(one))
    .filter((one) =>
      isPayment(one)
        ? waitsForPayment && one.wanted === 'absent' && knownOf(one)?.dueAt != null
        : waitsForInvoice && one.off === null && knownOf(one)?.remoteId == null,
    );
}

/** Its books would name an invoice that is no more. */
function isPaymentThere({ kind, remoteId, mustLook }: Posting): boolean {
  return kind === 'supplier-payment' && (remoteId !== null || mustLook);
}

function isDeleted({ wanted, failure }: Posting): boolean {
  return wanted === 'present' && failure?.code === 'deleted-in-target';
}

function isSo({ state, failure }: Posting, only: Only): boolean {
  if (only.by === 'state') return state === only.state;
  return failure?.code === only.failure && state !== 'waiting' && state !== 'removed';
}

function whyNone({ only }: ResyncRequest, first: Wish | undefined): ResyncRefusal {
  if (!first && only) return { code: 'not-meant' };
  if (!first?.off) return { code: 'not-found' };
  if (first.off.code === 'cancelled') return { code: 'bill-cancelled' };
  return { code: 'posting-off', reason: 'reason' in first.off ? first.off.reason : first.off.code };
}

function isPaymentOffered(bill: Bill, paymentId: string | null): boolean {
  return paymentId === null ? hasPayment(bill) : bill.payments.some(({ id }) => id === paymentId);
}
