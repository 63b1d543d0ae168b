/**
 * A worker's connector sessions: one per connection, opened anew when the connection was changed. One
 * whose lane is being worked is not closed before that ends: its requests may be under way.
 */
import type { LaneKey } from '../store/lanes.ts';
import type { WorkerContext } from './engine.ts';
import { createTurns } from './turns.ts';
import { type LaneSession, openLaneSession } from './lane-session.ts';

/** Sessions kept at most; the ones used longest ago are closed first. */
const MOST_SESSIONS = 500;

export type WorkerSessions = ReturnType<typeof createWorkerSessions>;

export function createWorkerSessions(context: WorkerContext) {
  const turns = createTurns();
  const open = new Map<string, LaneSession>();
  /** Connections whose lanes are being worked, with the sessions to close afterwards. */
  const worked = new Map<string, LaneSession[]>();
  const close = async (session: LaneSession) => {
    await session.session.close().catch((error: unknown) => {
      context.logger.warn({ err: error }, 'closing a connector session failed');
    });
  };
  const retire = async (session: LaneSession) => {
    const later = worked.get(session.connection.id);
    if (later) later.push(session);
    else await close(session);
  };
  return {
    beginWork(lane: LaneKey): void {
      worked.set(lane.connectionId, []);
    },
    async endWork(lane: LaneKey): Promise<void> {
      const retired = worked.get(lane.connectionId) ?? [];
      worked.delete(lane.connectionId);
      await Promise.all(retired.map(close));
    },
    /** Null when the connection is turned off or gone; throws `settings-wrong` when its settings don't fit. */
    get: (lane: LaneKey) => turns.run(lane.connectionId, () => find(lane)),
    async close() {
      await Promise.all([...open.values()].map(close));
      open.clear();
    },
  };
  // One at a time per connection: two sessions would each create the same supplier.
  async function find(lane: LaneKey): Promise<LaneSession | null> {
    const connection = await context.store.findConnection(lane.companyId, lane.connectionId);
    if (!connection?.enabled) return null;
    const known = open.get(connection.id);
    if (known && known.connection.changedAt.getTime() === connection.changedAt.getTime()) {
      open.delete(connection.id);
      open.set(connection.id, known);
      return known;
    }
    if (known) {
      open.delete(connection.id);
      await retire(known);
    }
    const company = await context.store.findCompany(lane.companyId);
    if (!company) return null;
    const session = openLaneSession(context, company, connection);
    open.set(connection.id, session);
    const [oldest] = open.keys();
    if (open.size > MOST_SESSIONS && oldest !== undefined) {
      const old = open.get(oldest)!;
      open.delete(oldest);
      await retire(old);
    }
    return session;
  }
}
