/**
 * Working one lane: closes what its last holder left open, then brings due postings in line, in
 * order, within the system's limits, until there is nothing due, the lane is paused, or we must stop.
 *
 * While it holds the lane it alone syncs that connection, so order, limits and breaker are plain
 * in-memory code. A bill's postings take turns: invoice before payment (invariant 5).
 */
import { type FailureDetails, SyncFailure } from '../core/failure.ts';
import { CONNECTION_BACKOFF, retryDelayMs } from '../core/retry.ts';
import type { DuePosting } from '../store/claimable.ts';
import type { LanePause } from '../store/lane-pauses.ts';
import type { WorkerContext } from './engine.ts';
import type { LaneSession } from './lane-session.ts';
import type { LogWriter } from './log-writer.ts';
import { type Claims, createClaims } from './claims.ts';
import { closeOrphans } from './orphans.ts';
import { stepReconciliation } from './reconcile.ts';
import type { Ending } from './settle.ts';
import { type LaneHold, type Made, syncPosting } from './sync-posting.ts';
import { type Bell, createBell } from './bell.ts';

export interface LaneWork {
  /** Something became due: look again. */
  wake(): void;
  /** The connection was changed: what was claimed is claimed anew, by the rules as they are. */
  changed(): void;
  /** Resolves when the lane may be given back; rejects with `LaneLost` or a database error. */
  readonly done: Promise<void>;
}

export interface LaneSurroundings {
  readonly context: WorkerContext;
  readonly log: LogWriter;
  readonly hold: LaneHold;
  /** The session for the connection as it is now; null when it is turned off. */
  session(): Promise<LaneSession | null>;
  /** Finish what is under way and begin nothing. */
  isStopping(): boolean;
  /** Others wait for their turn: the same, once there was a chance to begin something. */
  isTurnOver(): boolean;
}

/** So many faults of the system in a row, over whatever bills, and it counts as down. */
const FAULTS_IN_A_ROW = 5;

export function workLane(given: LaneSurroundings): LaneWork {
  const bell = createBell(given.context.timers);
  const underWay = new Map<string, Promise<void>>();
  const busyBills = new Set<string>();
  const { context, hold, session: openSession } = given;
  const claims = createClaims({ context, hold, openSession, underWay, busyBills });
  const wake = () => {
    claims.changed();
    bell.ring();
  };
  const changed = () => {
    claims.forget();
    bell.ring();
  };
  return { wake, changed, done: work(given, { bell, underWay, busyBills, claims }) };
}

interface Desk {
  readonly bell: Bell;
  readonly underWay: Map<string, Promise<void>>;
  readonly busyBills: Set<string>;
  readonly claims: Claims;
}

async function work(
  given: LaneSurroundings,
  { bell, underWay, busyBills, claims }: Desk,
): Promise<void> {
  const { context, log, hold } = given;
  const { lane } = hold;
  const { store, clock, timing } = context;
  let { pauseCount, pausedUntil } = lane;
  let pause: FailureDetails | null = null;
  let broken: unknown = null;
  let faultsInARow = 0;
  let sending = 0;
  // After a pause, one attempt probes; the rest follow when it succeeds.
  let probing = lane.pauseCount > 0;

  const settled = async (ending: Ending | null) => {
    if (ending === null) {
      claims.forget();
      return;
    }
    if (ending.pause) {
      pause = ending.pause;
      return;
    }
    faultsInARow = isFaultOfSystem(ending) ? faultsInARow + 1 : 0;
    if (faultsInARow >= (probing ? 1 : FAULTS_IN_A_ROW)) {
      pause = ending.failure;
      return;
    }
    if (pauseCount > 0 && !isFaultOfSystem(ending)) await answered();
  };
  const answered = async () => {
    context.logger.info(
      { connectionId: lane.connectionId, probes: pauseCount },
      'the accounting system answers again; the connection goes on',
    );
    pauseCount = 0;
    pausedUntil = null;
    probing = false;
    await store.endPause(lane);
    await store.notifyLive([
      { companyId: lane.companyId, billId: null, connectionId: lane.connectionId },
    ]);
  };
  const release = (due: DuePosting) => {
    underWay.delete(due.id);
    busyBills.delete(due.billId);
  };
  const make = async (session: LaneSession, due: DuePosting) => {
    let made: Made;
    let judged: Promise<void>;
    try {
      made = await syncPosting(context, log, hold, session, due);
      // Nothing is known of it that has to be written first: it may be claimed again at once.
      if (!made.ending) release(due);
      judged = settled(made.ending);
    } finally {
      // The system is free for the next while the log is written.
      sending -= 1;
      bell.ring();
    }
    await Promise.all([judged, made.closed]);
    if (made.ending) claims.ended(due.billId, made.ending.known.retryAt === null);
  };
  const start = (session: LaneSession, due: DuePosting) => {
    sending += 1;
    busyBills.add(due.billId);
    const attempt = make(session, due)
      .catch((error: unknown) => {
        broken ??= error;
      })
      .finally(() => {
        if (underWay.get(due.id) === attempt) release(due);
        bell.ring();
      });
    underWay.set(due.id, attempt);
  };

  /** While nothing is due: a step of a reconciliation. False: there is none to go on with. */
  const reconcile = async (session: LaneSession | null): Promise<boolean> => {
    const stepped = await stepReconciliation(context, hold, session);
    if (stepped === 'nothing') return false;
    if (stepped instanceof SyncFailure) pause = stepped.details;
    else if (typeof stepped === 'number') await bell.wait(Math.min(stepped, timing.pollMs));
    else if (stepped === 'worked' && pauseCount > 0) await answered();
    return true;
  };

  await closeOrphans(context, log, lane);
  if (lane.pausedUntil && lane.pausedUntil > clock.now()) return;

  let hadItsChance = false;
  const leaves = () =>
    given.isStopping() || pause !== null || broken !== null || (hadItsChance && given.isTurnOver());
  const ask = () =>
    claims.ask().catch((error: unknown) => {
      if (error instanceof SyncFailure) pause = error.details;
      else broken ??= error;
      return false;
    });
  let asked: Promise<unknown> = Promise.resolve();
  try {
    while (!leaves()) {
      hold.assertHeld();
      let isAll = false;
      if (claims.left === 0 && claims.isWorthAsking()) {
        isAll = await ask();
        // While we asked, an attempt may have found the system away: then nothing more is begun.
        if (leaves()) break;
      }
      const session = claims.session();
      if (!session || claims.left === 0) {
        hadItsChance = true;
        if (underWay.size > 0) await bell.wait(timing.pollMs);
        // Only right after nothing was found to be due, and by the rules as they are.
        else if (
          isAll &&
          !(await reconcile(session)) &&
          !pause &&
          !(await waitForWork(given, bell))
        )
          break;
        claims.changed();
        continue;
      }
      const most = probing ? 1 : session.limits.concurrent;
      // When the log is slow to be written, nothing runs far ahead of it.
      const hasRoom = () => sending < most && underWay.size < 2 * most;
      while (claims.left > 0 && hasRoom()) {
        // What would have to wait for its first request is better not begun: things may change.
        const waitMs = session.pace.restMs();
        if (waitMs > 0) {
          hadItsChance = true;
          await bell.wait(Math.min(waitMs, timing.pollMs));
          break;
        }
        const due = claims.take()!;
        if (busyBills.has(due.billId)) continue;
        start(session, due);
        hadItsChance = true;
        if (leaves()) break;
      }
      if (hasRoom()) continue;
      // The next are claimed while these are under way.
      if (!probing && claims.left <= most / 2 && claims.mayBeMore()) asked = ask().then(bell.ring);
      await bell.wait(timing.pollMs);
    }
  } catch (error) {
    broken ??= error;
  }
  // Whatever broke: the lane is not given back over attempts that are still under way (invariant 2).
  await Promise.all([...underWay.values(), asked]);
  if (broken !== null)
    throw broken instanceof Error ? broken : new Error('the lane broke', { cause: broken });
  await claims.wakeAside();
  if (pause)
    await pauseFor(given, pause, {
      count: pauseCount + 1,
      connectionChangedAt: claims.session()?.connection.changedAt ?? null,
      after: pausedUntil,
    });
}

/** A failure that is no bill's own: the next bill would most likely meet it too. */
function isFaultOfSystem({ failure, waits }: Ending): boolean {
  return (
    failure !== null &&
    !waits &&
    ['target-error', 'target-busy', 'answer-lost', 'answer-unreadable'].includes(failure.code)
  );
}

/** Nothing is due: waits for what may come next; false when the lane may be given back. */
async function waitForWork({ context, hold }: LaneSurroundings, bell: Bell): Promise<boolean> {
  const { store, clock, timing } = context;
  const next = await store.nextDueInLane(hold.lane);
  const restMs = next ? next.getTime() - clock.now().getTime() : Infinity;
  // What is due and can't be begun (the connection is off, say) must not make us spin.
  if (restMs <= 0) return bell.wait(timing.pollMs);
  if (restMs > timing.warmMs) return bell.wait(timing.warmMs);
  await bell.wait(restMs);
  return true;
}

async function pauseFor(
  { context, hold }: LaneSurroundings,
  failure: FailureDetails,
  known: Pick<LanePause, 'count' | 'connectionChangedAt' | 'after'>,
): Promise<void> {
  const { store, clock, random, logger } = context;
  const delayMs = retryDelayMs(known.count, random, CONNECTION_BACKOFF, failure.retryAfterMs);
  const until = new Date(clock.now().getTime() + delayMs);
  const pause = { ...known, until, failure: { ...failure, conflicts: [] } };
  if (!(await store.pauseLane(hold.lane, pause))) return;
  await store.notifyLive([
    { companyId: hold.lane.companyId, billId: null, connectionId: hold.lane.connectionId },
  ]);
  // Told when it begins; each probe after that is a line of the integration log.
  logger[known.count === 1 ? 'warn' : 'debug'](
    { connectionId: hold.lane.connectionId, code: failure.code, until },
    'the connection is paused',
  );
}
