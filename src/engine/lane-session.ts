/**
 * What a worker keeps per connection while it works it: the connector's session, the rate limit, and
 * the turn-taking per supplier. Made anew when the connection was changed.
 */
import { SyncFailure } from '../core/failure.ts';
import type { Connector, ConnectorSession, Limits } from '../sdk/connector.ts';
import { type MinuteLimit, type MinutePace, UNPACED } from '../sdk/pace.ts';
import type { Company } from '../store/companies.ts';
import type { Connection } from '../store/connections.ts';
import { createTurns, type Turns } from './turns.ts';
import type { WorkerContext } from './engine.ts';

export interface LaneSession {
  readonly connection: Connection;
  readonly session: ConnectorSession;
  readonly limits: Limits;
  /** Of whoever holds the lane now: it goes on from what the holder before sent. */
  pace: MinutePace;
  /** So many bills are reconciled one by one, since many at once failed. */
  billsAlone: number;
  readonly supplierTurns: Turns;
  /** Supplier key → the system's id, as far as this session has asked. */
  readonly suppliers: Map<string, string>;
  /** Booked by hand, the system's id → the posting it was linked to in this session. */
  readonly linked: Map<string, string>;
  /** Supplier key → when a write about it ended without an answer; the log may not tell of it yet. */
  readonly lostSuppliers: Map<string, Date>;
}

/**
 * Throws a `settings-wrong` failure when the settings are not as the connector needs them.
 *
 * @param before the connection's session until now: it may be making a supplier at this moment
 */
export function openLaneSession(
  context: WorkerContext,
  company: Company,
  connection: Connection,
  before: LaneSession | null = null,
): LaneSession {
  const connector = context.connectors.get(connection.connector);
  if (!connector) throw new SyncFailure('settings-wrong', { subject: connection.connector });
  const settings = fullSettings(context, connector, connection);
  const limits = connector.limits(settings);
  const laneSession: LaneSession = {
    connection,
    limits,
    pace: UNPACED,
    billsAlone: 0,
    supplierTurns: before?.supplierTurns ?? createTurns(),
    suppliers: new Map(),
    linked: new Map(),
    lostSuppliers: before?.lostSuppliers ?? new Map(),
    session: connector.open({
      connectionId: connection.id,
      company: { id: company.id, name: company.name, baseCurrency: company.baseCurrency },
      settings,
      clock: context.clock,
      random: context.random,
      timeoutMs: context.timing.timeoutMs,
      pace: { turn: (signal) => laneSession.pace.turn(signal) },
      attachmentContent: async (billId, attachmentId) => {
        const content = await context.store.readAttachment(company.id, billId, attachmentId);
        if (!content) throw new Error(`The bill has no attachment ${attachmentId}.`);
        return content;
      },
    }),
  };
  return laneSession;
}

/** Until when a write that left at `lostAt` may still be carried out; null when that time has passed. */
export function mayArriveUntil(
  lostAt: Date | null,
  { limits }: LaneSession,
  now: Date,
): Date | null {
  if (!lostAt) return null;
  const until = new Date(lostAt.getTime() + limits.arrivesWithinMs);
  return until > now ? until : null;
}

/** Null: there is none. */
export function limitOf({ perMinute, minuteMs = 60_000 }: Limits): MinuteLimit | null {
  return perMinute === null ? null : { most: perMinute, minuteMs };
}

function openSecrets(context: WorkerContext, { id, sealedSecrets }: Connection) {
  if (!sealedSecrets) return {};
  try {
    return context.vault.open(id, sealedSecrets);
  } catch (cause) {
    const originalMessage = 'the secrets were sealed with another key than this worker has';
    throw new SyncFailure('settings-wrong', { originalMessage, cause });
  }
}

function fullSettings(
  context: WorkerContext,
  connector: Connector,
  connection: Connection,
): unknown {
  const secrets = openSecrets(context, connection);
  const parsed = connector.settings.safeParse({ ...connection.settings, ...secrets });
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new SyncFailure('settings-wrong', {
    subject: issue?.path.join('.'),
    originalMessage: issue?.message,
  });
}
