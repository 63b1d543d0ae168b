/**
 * A worker's connector sessions: one per connection, opened anew when the connection was changed. One
 * whose lane is being worked is not closed before that ends: its requests may be under way.
 */
import {
  createPace,
  type MinuteLimit,
  type MinutePace,
  type TakenPlaces,
  UNPACED,
} from '../sdk/pace.ts';
import type { LaneKey, PaceTaken, TakenLane } from '../store/lanes.ts';
import type { WorkerContext } from './engine.ts';
import { createTurns } from './turns.ts';
import { type LaneSession, limitOf, openLaneSession } from './lane-session.ts';

/** Sessions kept at most; the ones used longest ago are closed first. */
const MOST_SESSIONS = 500;

interface Work {
  /** Sessions that were replaced while requests of theirs may be under way. */
  readonly toClose: LaneSession[];
  readonly before: PaceTaken | null;
  /** Null until there is a limit to keep. */
  pace: MinutePace | null;
}

export type WorkerSessions = ReturnType<typeof createWorkerSessions>;

export function createWorkerSessions(context: WorkerContext) {
  const turns = createTurns();
  const open = new Map<string, LaneSession>();
  /** Connections whose lanes are being worked. */
  const worked = new Map<string, Work>();
  const close = async (session: LaneSession) => {
    await session.session.close().catch((error: unknown) => {
      context.logger.warn({ err: error }, 'closing a connector session failed');
    });
  };
  const retire = async (session: LaneSession) => {
    const later = worked.get(session.connection.id);
    if (later) later.toClose.push(session);
    else await close(session);
  };
  /** Whoever works the lane goes on from what was sent before; all its sessions keep one pace. */
  const paced = (session: LaneSession): LaneSession => {
    const work = worked.get(session.connection.id);
    if (!work) return session;
    const limit = limitOf(session.limits);
    if (work.pace && limit) work.pace.change(limit);
    else if (limit) work.pace = createPace(limit, context.timers, before(work, limit));
    session.pace = (limit && work.pace) ?? UNPACED;
    return session;
  };
  const before = ({ before: taken }: Work, { most, minuteMs }: MinuteLimit): TakenPlaces => {
    // Nobody knows what was sent: then all that may be.
    if (!taken) return [[minuteMs, most]];
    const now = context.clock.now().getTime();
    return taken.map(([at, count]) => [Math.max(0, at - now), count]);
  };
  const get = async (lane: LaneKey): Promise<LaneSession | null> => {
    const connection = await context.store.findConnection(lane.companyId, lane.connectionId);
    if (!connection?.enabled) return null;
    const known = open.get(connection.id) ?? null;
    if (known && known.connection.changedAt.getTime() === connection.changedAt.getTime()) {
      open.delete(connection.id);
      open.set(connection.id, known);
      return paced(known);
    }
    if (known) {
      open.delete(connection.id);
      await retire(known);
    }
    const company = await context.store.findCompany(lane.companyId);
    if (!company) return null;
    const session = openLaneSession(context, company, connection, known);
    open.set(connection.id, session);
    const [oldest] = open.keys();
    if (open.size > MOST_SESSIONS && oldest !== undefined) {
      const old = open.get(oldest)!;
      open.delete(oldest);
      await retire(old);
    }
    return paced(session);
  };
  return {
    beginWork({ connectionId, pace: before }: TakenLane): void {
      worked.set(connectionId, { toClose: [], before, pace: null });
    },
    /** What has been used of the limit per minute, for whoever takes the lane next. */
    async endWork(lane: LaneKey): Promise<PaceTaken | null> {
      const work = worked.get(lane.connectionId);
      if (!work) return null;
      worked.delete(lane.connectionId);
      await Promise.all(work.toClose.map(close));
      if (!work.pace) return work.before;
      const now = context.clock.now().getTime();
      return work.pace.taken().map(([inMs, count]) => [now + inMs, count]);
    },
    /** Null when the connection is turned off or gone; throws `settings-wrong` when its settings don't fit. */
    get: (lane: LaneKey): Promise<LaneSession | null> =>
      // In turn: two who ask at once would each open one, and each create the same supplier.
      turns.run(lane.connectionId, () => get(lane)),
    async close() {
      await Promise.all([...open.values()].map(close));
      open.clear();
    },
  };
}
