/**
 * What of a lane's due postings has been claimed and not begun: asked for a few at a time, and again
 * before they run out, so that nothing waits for the next while it could be made.
 */
import type { DuePosting } from '../store/claimable.ts';
import { noticesOf } from '../store/notices.ts';
import type { WorkerContext } from './engine.ts';
import type { LaneSession } from './lane-session.ts';
import { leaveOut } from './replan.ts';
import type { LaneHold } from './sync-posting.ts';

export interface Claims {
  /** Under whose rules they are worked; null: the connection is off, or nothing was asked for yet. */
  session(): LaneSession | null;
  readonly left: number;
  /** Did as many come as were asked for, or has something happened since? */
  mayBeMore(): boolean;
  /** Or may those go that stepped aside? */
  isWorthAsking(): boolean;
  take(): DuePosting | undefined;
  /**
   * One question at a time. True when it was asked while nothing was claimed or under way: then what came
   * is all that is due. Rejects with what the database or the connection's settings say.
   */
  ask(): Promise<boolean>;
  /** Those that may go by now are due, for whoever asks next: also when that is the lane's next holder. */
  wakeAside(): Promise<void>;
  /** Something happened. */
  changed(): void;
  /**
   * What was claimed is claimed anew: a newer wish came for one of them, which must not stand behind those that were due
   * after it, or the connection was changed.
   */
  forget(): void;
  /**
   * An attempt of this bill has ended: what was claimed of it before is claimed anew, for it may have to wait now, or
   * find other things there. `isOver`: nothing is to be tried again, so that those which stood aside for it may go.
   */
  ended(billId: string, isOver: boolean): void;
}

export interface ClaimsSurroundings {
  readonly context: WorkerContext;
  readonly hold: LaneHold;
  /** Null when the connection is turned off. */
  openSession(): Promise<LaneSession | null>;
  /** Postings with an attempt under way, and bills with one. */
  readonly underWay: ReadonlyMap<string, unknown>;
  readonly busyBills: ReadonlySet<string>;
}

export function createClaims(given: ClaimsSurroundings): Claims {
  const { store, clock } = given.context;
  const { lane } = given.hold;
  let queue: readonly DuePosting[] = [];
  let session: LaneSession | null = null;
  let mayBeMore = true;
  let someMayWake = true;
  let asking: Promise<boolean> | null = null;
  let forgotten = 0;
  let changes = 0;
  const changed = () => {
    changes += 1;
    mayBeMore = true;
  };

  const wakeAside = async () => {
    if (!someMayWake) return;
    someMayWake = false;
    await store.wakeAside(lane, clock.now());
  };

  const claim = async () => {
    await wakeAside();
    const before = forgotten;
    const changesBefore = changes;
    const most = claimFor(session);
    const known = [...given.underWay.keys(), ...queue.map(({ id }) => id)];
    // As it was before we asked: of a bill whose attempt ends meanwhile, the answer is from before it did.
    const busy = new Set(given.busyBills);
    const due = await store.claimable(lane, clock.now(), most, known);
    const free = due.filter(({ billId }) => !busy.has(billId));
    const early = free.filter(({ waitsFor }) => waitsFor !== null);
    if (early.length > 0) {
      await store.stepAside(
        lane.companyId,
        early.map(({ id }) => id),
      );
      await store.notifyLive(noticesOf(early));
    }
    // What happened while we asked may have come too late for the answer.
    mayBeMore = due.length === most || changes > changesBefore;
    // A wish we see in the claim is answered by the rules of that moment, or newer.
    if (!isOf(session, due)) session = await given.openSession();
    const ready = free.filter(({ waitsFor }) => waitsFor === null);
    const leftOut = session && (await leaveOut(given.context, session, ready));
    if (forgotten > before) return false;
    const wanted = ready.filter(({ id }) => !leftOut?.has(id));
    // What a person asked for meanwhile goes before what was claimed earlier.
    queue = session ? [...queue, ...wanted].toSorted((a, b) => a.priority - b.priority) : [];
    return known.length === 0;
  };

  return {
    session: () => session,
    get left() {
      return queue.length;
    },
    mayBeMore: () => mayBeMore,
    isWorthAsking: () => mayBeMore || someMayWake,
    take() {
      const [first, ...rest] = queue;
      queue = rest;
      return first;
    },
    ask: () => (asking ??= claim().finally(() => (asking = null))),
    wakeAside,
    changed,
    forget() {
      forgotten += 1;
      queue = [];
      changed();
    },
    ended(billId, isOver) {
      const others = queue.filter((posting) => posting.billId !== billId);
      if (others.length < queue.length) changed();
      queue = others;
      if (isOver) someMayWake = true;
    },
  };
}

/** Is the session still by the rules and settings there were when these were claimed? */
function isOf(session: LaneSession | null, [first]: readonly DuePosting[]): boolean {
  if (!session || !first) return false;
  return first.connectionChangedAt.getTime() === session.connection.changedAt.getTime();
}

/** Claimed at once: little more than is soon begun, for what changes meanwhile is claimed in vain. */
function claimFor(session: LaneSession | null): number {
  return Math.max(16, session?.limits.concurrent ?? 0);
}
