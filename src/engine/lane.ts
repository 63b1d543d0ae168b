/**
 * Working one lane: closes what its last holder left open, then brings due postings in line, in
 * order, within the system's limits, until there is nothing due, the lane is paused, or we must stop.
 *
 * While it holds the lane it alone syncs that connection, so order, limits and breaker are plain
 * in-memory code. A bill's postings take turns: invoice before payment (invariant 5).
 */
import { SyncFailure } from '../core/failure.ts';
import { type Bell, createBell } from './bell.ts';
import { type Claims, createClaims } from './claims.ts';
import type { WorkerContext } from './engine.ts';
import { createAttempts, type LaneAttempts } from './lane-attempts.ts';
import { type Breaker, createBreaker } from './lane-breaker.ts';
import type { LaneSession } from './lane-session.ts';
import type { LogWriter } from './log-writer.ts';
import { closeOrphans } from './orphans.ts';
import { stepReconciliation } from './reconcile.ts';
import type { LaneHold } from './sync-posting.ts';

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

export function workLane(given: LaneSurroundings): LaneWork {
  const { context, log, hold } = given;
  const bell = createBell(context.timers);
  const breaker = createBreaker(context, hold.lane);
  let broken: unknown = null;
  const broke = (error: unknown) => {
    broken ??= error;
  };
  const attempts = createAttempts({
    context,
    log,
    hold,
    bell,
    async made(ending) {
      if (ending) await breaker.judge(ending);
      else claims.forget();
    },
    closed: ({ billId }, { known }) => claims.ended(billId, known.retryAt === null),
    broke,
  });
  const { underWay, busyBills } = attempts;
  const claims = createClaims({ context, hold, openSession: given.session, underWay, busyBills });
  const work = async () => {
    await closeOrphans(context, log, hold.lane);
    const { pausedUntil } = hold.lane;
    if (pausedUntil && pausedUntil > context.clock.now()) return;
    const desk = { bell, breaker, attempts, claims, broke, isBroken: () => broken !== null };
    await workDue(given, desk).catch(broke);
    // Whatever broke: the lane is not given back over attempts that are still under way (invariant 2).
    await Promise.all(underWay.values());
    if (broken !== null)
      throw broken instanceof Error ? broken : new Error('the lane broke', { cause: broken });
    await claims.wakeAside();
    await breaker.pauseLane(claims.session()?.connection.changedAt ?? null);
  };
  return {
    wake() {
      claims.changed();
      bell.ring();
    },
    changed() {
      claims.forget();
      bell.ring();
    },
    done: work(),
  };
}

interface Desk {
  readonly bell: Bell;
  readonly breaker: Breaker;
  readonly attempts: LaneAttempts;
  readonly claims: Claims;
  broke(error: unknown): void;
  isBroken(): boolean;
}

async function workDue(given: LaneSurroundings, desk: Desk): Promise<void> {
  const { context, hold } = given;
  const { bell, breaker, attempts, claims } = desk;
  const { pollMs } = context.timing;
  let hadItsChance = false;
  const leaves = () =>
    given.isStopping() ||
    breaker.isTripped ||
    desk.isBroken() ||
    (hadItsChance && given.isTurnOver());
  const ask = () =>
    claims.ask().catch((error: unknown) => {
      if (error instanceof SyncFailure) breaker.trip(error.details);
      else desk.broke(error);
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
        if (attempts.underWay.size > 0) await bell.wait(pollMs);
        // Only right after nothing was found to be due, and by the rules as they are.
        else if (isAll && !(await reconcile(given, desk, session)) && !breaker.isTripped)
          if (!(await waitForWork(given, bell))) break;
        claims.changed();
        continue;
      }
      const most = breaker.isProbing ? 1 : session.limits.concurrent;
      while (claims.left > 0 && attempts.hasRoom(most)) {
        // What would have to wait for its first request is better not begun: things may change.
        const waitMs = session.pace.restMs();
        if (waitMs > 0) {
          hadItsChance = true;
          await bell.wait(Math.min(waitMs, pollMs));
          break;
        }
        const due = claims.take()!;
        if (attempts.busyBills.has(due.billId)) continue;
        attempts.begin(session, due);
        hadItsChance = true;
        if (leaves()) break;
      }
      if (attempts.hasRoom(most)) continue;
      // The next are claimed while these are under way.
      if (!breaker.isProbing && claims.left <= most / 2 && claims.mayBeMore())
        asked = ask().then(bell.ring);
      await bell.wait(pollMs);
    }
  } finally {
    await asked;
  }
}

/** While nothing is due: a step of a reconciliation. False: there is none to go on with. */
async function reconcile(
  { context, hold }: LaneSurroundings,
  { bell, breaker }: Desk,
  session: LaneSession | null,
): Promise<boolean> {
  const stepped = await stepReconciliation(context, hold, session);
  if (stepped === 'nothing') return false;
  if (stepped instanceof SyncFailure) breaker.trip(stepped.details);
  else if (typeof stepped === 'number') await bell.wait(Math.min(stepped, context.timing.pollMs));
  else if (stepped === 'worked') await breaker.answered();
  return true;
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
