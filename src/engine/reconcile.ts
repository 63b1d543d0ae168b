/**
 * Reconciliation, a step at a time, by the lane's holder and only while nothing is due: the next bills, or
 * a page of the records over there. It writes nothing there, uses at most half of what the limit per
 * minute allows, and what it found is kept with where it stands.
 */
import { FAILURES, SyncFailure } from '../core/failure.ts';
import { POSTING_BACKOFF, retryDelayMs } from '../core/retry.ts';
import type { Call, ListedRecord } from '../sdk/connector.ts';
import { isDatabaseTrouble } from '../store/database-trouble.ts';
import type { HeldLane } from '../store/lanes.ts';
import type {
  Reconciliation,
  ReconciliationRow,
  ReconciliationStep,
} from '../store/reconciliations.ts';
import type { WorkerContext } from './engine.ts';
import type { LaneSession } from './lane-session.ts';
import { LaneLost } from './log-writer.ts';
import { goPastNext, lookAtNext, type LookedAt } from './reconcile-next.ts';
import { isUuid } from '../core/uuid.ts';
import type { LaneHold } from './sync-posting.ts';

/** Tries of one bill before it is told as one that can't be read … */
const TRIES = 4;
/** … and after so many more in a row it is not the bills: the reconciliation stops. */
const MORE_TRIES = 5;

/**
 * `nothing`: none is due. `later`: it failed, and is tried again. A number: the limit is used up, ask
 * again in so many milliseconds. A failure: the system as a whole is away.
 */
export type Stepped = 'nothing' | 'worked' | 'later' | number | SyncFailure;

/** A step of what is due; with no session (the connection is off) it is stopped. */
export async function stepReconciliation(
  context: WorkerContext,
  hold: LaneHold,
  work: LaneSession | null,
): Promise<Stepped> {
  const { store, clock } = context;
  const one = await store.reconciliation.due(hold.lane, clock.now());
  if (!one) return 'nothing';
  if (!work) {
    await save(context, hold.lane, one, { state: 'stopped', dueAt: null });
    return 'worked';
  }
  const waitMs = work.pace.spareRestMs();
  if (waitMs > 0) return waitMs;
  try {
    await save(context, hold.lane, one, {
      tries: 0,
      failure: null,
      ...(await nextPart(context, hold, work, one)),
    });
    return 'worked';
  } catch (error) {
    // Of the database's troubles the worker tells, and goes on when they are over.
    if (error instanceof LaneLost || isDatabaseTrouble(error)) throw error;
    return failed(context, hold.lane, work, one, error);
  }
}

/** Bills first; then the records over there, where they can be listed. */
async function nextPart(
  context: WorkerContext,
  hold: LaneHold,
  work: LaneSession,
  one: Reconciliation,
): Promise<Partial<ReconciliationStep>> {
  const call = lookingOnly(hold);
  if (one.listedAfter !== null) return listPart(context, hold, work, one, call);
  const looked = await lookAtNext(context, work, one, call);
  if (!looked) return work.session.list ? { listedAfter: '' } : { state: 'done', dueAt: null };
  return past(context, one, looked);
}

function past({ ids, clock }: WorkerContext, one: Reconciliation, looked: LookedAt) {
  const rows = looked.rows.map((row) => ({ ...row, id: ids.next(), lookedAt: clock.now() }));
  return {
    rows,
    billsLookedAt: one.billsLookedAt + looked.bills,
    afterBillId: looked.last.id,
  };
}

/** A page of what is over there: records with a reference of ours that no posting has. */
async function listPart(
  { store, ids, clock }: WorkerContext,
  { lane }: LaneHold,
  { session }: LaneSession,
  one: Reconciliation,
  call: Call,
): Promise<Partial<ReconciliationStep>> {
  const after = one.listedAfter === '' ? null : one.listedAfter;
  const page = await session.list!(call, { from: one.fromOn, to: one.toOn }, after);
  const ours = page.items.filter(({ reference }) => isUuid(reference));
  const known = await store.reconciliation.knownReferences(
    lane,
    ours.map(({ reference }) => reference),
  );
  const rows = ours
    .filter(({ reference }) => !known.has(reference))
    .map((record) => ({ ...unknownRow(record), id: ids.next(), lookedAt: clock.now() }));
  return page.next === null
    ? { rows, state: 'done', dueAt: null }
    : { rows, listedAfter: page.next };
}

function unknownRow(record: ListedRecord): Omit<ReconciliationRow, 'id' | 'lookedAt'> {
  return {
    verdict: 'unknown',
    reason: 'no-posting',
    billId: null,
    postingId: null,
    paymentId: null,
    state: null,
    kind: record.kind,
    number: record.number,
    supplierName: record.supplierName,
    onDay: record.on,
    currency: record.currency,
    amountMinor: record.amountMinor,
    remoteId: record.remoteId,
    link: record.link,
    differences: [],
    failure: null,
  };
}

/** A failure of the connection pauses the lane; a passing one is tried again, and at last gone past. */
async function failed(
  context: WorkerContext,
  lane: HeldLane,
  work: LaneSession,
  one: Reconciliation,
  error: unknown,
): Promise<Stepped> {
  const { logger, clock, random } = context;
  if (!(error instanceof SyncFailure))
    logger.error({ err: error, reconciliationId: one.id }, 'a reconciliation failed unforeseen');
  const failure =
    error instanceof SyncFailure ? error : new SyncFailure('internal', { cause: error });
  const tries = one.tries + 1;
  const delayMs = retryDelayMs(tries, random, POSTING_BACKOFF, failure.details.retryAfterMs);
  const told = { ...failure.details, conflicts: [] };
  // Who may not list may sync for all that: this one ends, and holds up nobody.
  const isOfListing = one.listedAfter !== null && failure.details.code === 'access-denied';
  if (isOfConnection(failure) && !isOfListing) {
    await save(context, lane, one, { failure: told });
    return failure;
  }
  if (tries < TRIES)
    await save(context, lane, one, {
      tries,
      failure: told,
      dueAt: new Date(clock.now().getTime() + delayMs),
    });
  else {
    const canGoPast = one.listedAfter === null && tries < TRIES + MORE_TRIES;
    const unread = canGoPast ? await goPastNext(context, work, one, failure) : null;
    const on = unread ? past(context, one, unread) : ({ state: 'stopped', dueAt: null } as const);
    await save(context, lane, one, { tries, failure: told, ...on });
  }
  return 'later';
}

function isOfConnection({ details }: SyncFailure): boolean {
  return FAILURES[details.code].class === 'connection';
}

async function save(
  { store, clock }: WorkerContext,
  lane: HeldLane,
  one: Reconciliation,
  change: Partial<ReconciliationStep>,
): Promise<void> {
  const now = clock.now();
  const step = { rows: [], ...one, state: 'running' as const, dueAt: now, ...change };
  // How far it is, the page asks for; all else of the company has not changed.
  const isNews = step.dueAt === null || one.state === 'waiting';
  const isSaved = await store.reconciliation.saveStep(lane, one.id, step, now, isNews);
  if (!isSaved) throw new LaneLost('The lane has another holder.');
}

function lookingOnly({ signal }: LaneHold): Call {
  return {
    signal,
    record: () => {},
    write: async () => {
      throw new Error('A reconciliation writes nothing.');
    },
    assertMayWrite: () => {},
  };
}
