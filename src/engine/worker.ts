/**
 * A worker: finds lanes with due work, takes them, works them, gives them back. Any number of workers
 * share one database; what wakes them is a notice, and a poll in case the notice was lost.
 */
import { createWorkerSessions } from './worker-sessions.ts';
import type { Timers } from '../core/clock.ts';
import type { HeldLane, LaneKey, TakenLane } from '../store/lanes.ts';
import { createBell } from './bell.ts';
import type { WorkerContext } from './engine.ts';
import { type LaneWork, workLane } from './lane.ts';
import { createLogWriter, LaneLost } from './log-writer.ts';
import { type WorkedLane, whoLeaves } from './making-room.ts';
import { replanConnections } from './replan.ts';
import { startNightly } from './start-reconciliation.ts';
import { sweep } from './sweep.ts';

export interface Worker {
  /** Finishes attempts under way (within the grace), hands every lane back. */
  stop(): Promise<void>;
  /** How many lanes are held now. */
  lanesHeld(): number;
}

interface Held extends WorkedLane {
  readonly lane: HeldLane;
  readonly work: LaneWork;
  readonly abort: AbortController;
  /** By this machine's monotonic clock: after it, nothing may be sent. */
  heldUntilMs: number;
  leaving: boolean;
}

/** Looking for bills without postings reads every bill: every so many sweeps is enough. */
const DEEP_SWEEP_EVERY = 60;

export async function startWorker(context: WorkerContext): Promise<Worker> {
  const { store, clock, timers, timing, logger, outages } = context;
  const owner = context.ids.next();
  const log = createLogWriter(context);
  const sessions = createWorkerSessions(context);
  const held = new Map<string, Held>();
  /** Lanes whose giving back failed: tried again, so that nobody waits for the lease to end. */
  const unreleased = new Map<string, HeldLane>();
  /** Lanes not to be taken, and until when: given to a worker that has none, or just failed. */
  const leftAlone = new Map<string, number>();
  const bell = createBell(timers);
  const plans = createBell(timers);
  let stopping = false;
  let askedMs = -Infinity;

  const leaseUntil = (now: Date) => new Date(now.getTime() + timing.leaseMs);
  // A margin, so that we stop before anybody else may begin.
  const localLimit = () => timers.elapsedMs() + timing.leaseMs * 0.8;
  const leaveAlone = (key: string, ms: number) => leftAlone.set(key, timers.elapsedMs() + ms);
  const report = (error: unknown, what: string, lane?: string) => {
    if (error instanceof LaneLost || outages.tell(error)) return;
    logger.error({ err: error, ...(lane && { lane }) }, what);
  };

  const begin = (lane: TakenLane, heldUntilMs: number) => {
    const key = keyOf(lane);
    const abort = new AbortController();
    sessions.beginWork(lane);
    const entry = { heldUntilMs, leaving: false, beganMs: timers.elapsedMs() };
    const work = workLane({
      context,
      log,
      hold: {
        lane,
        signal: abort.signal,
        assertHeld: () => {
          if (timers.elapsedMs() > entry.heldUntilMs) throw new LaneLost('The lease has run out.');
        },
      },
      session: () => sessions.get(lane),
      isStopping: () => stopping,
      isTurnOver: () => entry.leaving,
    });
    held.set(key, Object.assign(entry, { lane, work, abort }));
    void work.done
      .catch((error: unknown) => {
        leaveAlone(key, timing.pollMs);
        report(error, 'working a lane failed', key);
      })
      .then(() => sessions.endWork(lane))
      .then((pace) => store.releaseLane(lane, pace, entry.leaving ? clock.now() : undefined))
      .catch((error: unknown) => {
        unreleased.set(key, lane);
        report(error, 'giving a lane back failed; it will be tried again', key);
      })
      .finally(() => {
        held.delete(key);
        bell.ring();
      });
  };

  const makeRoom = (staysAtMost: number): Held[] => {
    const nowMs = timers.elapsedMs();
    const leaving = whoLeaves(held.values(), { staysAtMost, nowMs, turnMs: timing.turnMs });
    for (const record of leaving) {
      record.leaving = true;
      record.work.wake();
    }
    return leaving;
  };

  const look = async () => {
    // While the database fails, one lane at a time tries whether it still does.
    const room = outages.isOn() ? 1 : 2 * timing.lanesAtMost - held.size;
    const lanes = room > 0 ? await store.dueLanes(clock.now(), room + leftAlone.size) : [];
    for (const key of lanes) {
      if (held.size >= 2 * timing.lanesAtMost || stopping) break;
      if (held.has(keyOf(key)) || isLeftAlone(keyOf(key))) continue;
      const limit = localLimit();
      const lane = await store.takeLane(key, owner, clock.now(), leaseUntil(clock.now()));
      if (!lane) continue;
      unreleased.delete(keyOf(key));
      begin(lane, limit);
      if (outages.isOn()) break;
    }
    makeRoom(timing.lanesAtMost);
    await askForWork();
  };

  const isLeftAlone = (key: string): boolean => {
    if ((leftAlone.get(key) ?? 0) > timers.elapsedMs()) return true;
    leftAlone.delete(key);
    return false;
  };
  const askForWork = async () => {
    const nowMs = timers.elapsedMs();
    if (held.size > 0 || stopping || nowMs - askedMs < timing.renewMs) return;
    askedMs = nowMs;
    await store.askForLanes(owner);
  };
  const share = (asker: string) => {
    if (asker === owner) return;
    for (const { lane } of makeRoom(Math.ceil(held.size / 2)))
      leaveAlone(keyOf(lane), 2 * timing.pollMs);
  };

  const renew = async () => {
    // Those we know of: a lane that was given to us without an answer must pass on.
    const ours = [...held];
    const limit = localLimit();
    const now = clock.now();
    const lanes = ours.map(([, { lane }]) => lane);
    const renewed =
      lanes.length > 0 ? await store.renewLeases(lanes, owner, now, leaseUntil(now)) : [];
    const still = new Map(renewed.map((lane) => [keyOf(lane), lane]));
    for (const [key, record] of ours) {
      if (still.get(key)?.fence === record.lane.fence) record.heldUntilMs = limit;
      else {
        record.heldUntilMs = 0;
        record.abort.abort(new LaneLost('The lease was not renewed in time.'));
        record.work.wake();
      }
    }
    for (const [key, lane] of unreleased) {
      await store.releaseLane(lane, null);
      unreleased.delete(key);
      bell.ring();
    }
  };

  const lookAtAll = () => {
    bell.ring();
    plans.ring();
  };
  const listener = await store.listenForWakes({
    onNotice(payload) {
      const known = held.get(payload);
      if (known) known.work.wake();
      else lookAtAll();
    },
    onChanged(lane) {
      held.get(lane)?.work.changed();
      lookAtAll();
    },
    onAsked: share,
    onConnected: lookAtAll,
  });
  const every = (ms: number, what: string, work: () => Promise<unknown>) =>
    repeat(timers, ms, work, (error) => report(error, `${what} failed; it will be tried again`));
  const renewing = every(timing.renewMs, 'renewing leases', renew);
  let sweeps = 0;
  const sweeping = every(timing.sweepMs, 'the sweep', () =>
    sweep(context, { deep: sweeps++ % DEEP_SWEEP_EVERY === 0 }).then(() => startNightly(context)),
  );
  // Beside looking for work: a company with very many bills to be planned anew delays nobody.
  const planning = (async () => {
    while (!stopping) {
      try {
        if (await replanConnections(context, sessions)) {
          bell.ring();
          continue;
        }
      } catch (error) {
        report(error, 'planning anew failed; it will be tried again');
      }
      await plans.wait(timing.pollMs);
    }
  })();
  const looking = (async () => {
    while (!stopping) {
      let restMs = timing.pollMs;
      try {
        await look();
        const next = await store.nextDueAt(clock.now());
        if (next) restMs = Math.min(restMs, Math.max(next.getTime() - clock.now().getTime(), 5));
      } catch (error) {
        report(error, 'looking for work failed; it will be tried again');
      }
      // Lanes that break for the database's sake ring, and would be begun again at once.
      if (outages.isOn() && !stopping) await pause(timers, timing.pollMs);
      else await bell.wait(restMs);
    }
  })();

  return {
    lanesHeld: () => held.size,
    async stop() {
      stopping = true;
      lookAtAll();
      await Promise.all([looking, planning]);
      for (const { work } of held.values()) work.wake();
      const keepThem = timers.after(timing.graceMs, () => {
        for (const { abort } of held.values()) abort.abort(new Error('The service is stopping.'));
      });
      while (held.size > 0) await bell.wait(50);
      keepThem();
      await Promise.all([renewing.stop(), sweeping.stop(), listener.stop()]);
      await sessions.close();
    },
  };
}

function keyOf(lane: LaneKey): string {
  return `${lane.companyId}/${lane.connectionId}`;
}

function pause(timers: Timers, ms: number): Promise<void> {
  return new Promise((resolve) => void timers.after(ms, resolve));
}

/** Does something every so often, never twice at once. */
function repeat(
  timers: Timers,
  ms: number,
  work: () => Promise<unknown>,
  failed: (error: unknown) => void,
) {
  let callOff = () => {};
  let running: Promise<void> = Promise.resolve();
  let stopped = false;
  const plan = () => {
    callOff = timers.after(ms, () => {
      running = work()
        .then(() => {}, failed)
        .finally(() => {
          if (!stopped) plan();
        });
    });
  };
  plan();
  return {
    async stop() {
      stopped = true;
      callOff();
      await running;
    },
  };
}
