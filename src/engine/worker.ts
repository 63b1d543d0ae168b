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
import { replanConnections } from './replan.ts';
import { sweep } from './sweep.ts';

export interface Worker {
  /** Finishes attempts under way (within the grace), hands every lane back. */
  stop(): Promise<void>;
  /** How many lanes are held now. */
  lanesHeld(): number;
}

interface Held {
  readonly lane: HeldLane;
  readonly work: LaneWork;
  readonly abort: AbortController;
  /** By this machine's monotonic clock: after it, nothing may be sent. */
  heldUntilMs: number;
}

/** Looking for bills without postings reads every bill: every so many sweeps is enough. */
const DEEP_SWEEP_EVERY = 60;

/** The most lanes worked at once. */
const MOST_LANES = 200;

export async function startWorker(context: WorkerContext): Promise<Worker> {
  const { store, clock, timers, timing, logger } = context;
  const owner = context.ids.next();
  const log = createLogWriter(context);
  const sessions = createWorkerSessions(context);
  const held = new Map<string, Held>();
  const bell = createBell(timers);
  let stopping = false;

  const leaseUntil = (now: Date) => new Date(now.getTime() + timing.leaseMs);
  // A margin, so that we stop before anybody else may begin.
  const localLimit = () => timers.elapsedMs() + timing.leaseMs * 0.8;

  const begin = (lane: TakenLane, heldUntilMs: number) => {
    const key = keyOf(lane);
    const abort = new AbortController();
    sessions.beginWork(lane);
    const entry: { heldUntilMs: number } = { heldUntilMs };
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
    });
    const record = Object.assign(entry, { lane, work, abort });
    held.set(key, record);
    void work.done
      .catch((error: unknown) => {
        if (!(error instanceof LaneLost))
          logger.error({ err: error, lane: key }, 'working a lane failed');
      })
      .then(() => sessions.endWork(lane))
      .then((pace) => store.releaseLane(lane, pace))
      .catch((error: unknown) =>
        logger.error({ err: error, lane: key }, 'giving a lane back failed; its lease will end'),
      )
      .finally(() => {
        held.delete(key);
        bell.ring();
      });
  };

  const look = async () => {
    const now = clock.now();
    const room = MOST_LANES - held.size;
    const lanes = room > 0 ? await store.dueLanes(now, room) : [];
    for (const key of lanes) {
      if (held.has(keyOf(key)) || stopping) continue;
      const limit = localLimit();
      const lane = await store.takeLane(key, owner, clock.now(), leaseUntil(clock.now()));
      if (lane) begin(lane, limit);
    }
  };

  const renew = async () => {
    const limit = localLimit();
    const now = clock.now();
    const still = new Map(
      (await store.renewLeases(owner, now, leaseUntil(now))).map((lane) => [keyOf(lane), lane]),
    );
    for (const [key, record] of held) {
      if (still.get(key)?.fence === record.lane.fence) record.heldUntilMs = limit;
      else {
        record.heldUntilMs = 0;
        record.abort.abort(new LaneLost('The lease was not renewed in time.'));
        record.work.wake();
      }
    }
  };

  const listener = await store.listenForWakes({
    onNotice(payload) {
      const known = held.get(payload);
      if (known) known.work.wake();
      else bell.ring();
    },
    onConnected: bell.ring,
  });
  const every = (ms: number, what: string, work: () => Promise<unknown>) =>
    repeat(timers, ms, work, (error) => {
      logger.error({ err: error }, `${what} failed; it will be tried again`);
    });
  const renewing = every(timing.renewMs, 'renewing leases', renew);
  let sweeps = 0;
  const sweeping = every(timing.sweepMs, 'the sweep', () =>
    sweep(context, { deep: sweeps++ % DEEP_SWEEP_EVERY === 0 }),
  );
  const looking = (async () => {
    while (!stopping) {
      let restMs = timing.pollMs;
      try {
        await replanConnections(context, sessions);
        await look();
        const next = await store.nextDueAt(clock.now());
        if (next) restMs = Math.min(restMs, Math.max(next.getTime() - clock.now().getTime(), 5));
      } catch (error) {
        logger.error({ err: error }, 'looking for work failed; it will be tried again');
      }
      await bell.wait(restMs);
    }
  })();

  return {
    lanesHeld: () => held.size,
    async stop() {
      stopping = true;
      bell.ring();
      await looking;
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
