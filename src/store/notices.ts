/**
 * Wake-ups through PostgreSQL's LISTEN/NOTIFY. They only ever say "look again": a lost one costs
 * time, never work.
 */
import type { Pool, PoolClient, Queryable } from './pool.ts';

export interface LiveNotice {
  readonly companyId: string;
  /** Null: several, look at all. */
  readonly billId: string | null;
  readonly connectionId: string | null;
}

export const WAKE = 'spor_wake';
export const LIVE = 'spor_live';

/** Tells workers that a lane has work; delivered when the transaction commits. */
export async function notifyWake(
  db: Queryable,
  companyId: string,
  connectionId: string,
): Promise<void> {
  await db.query(`select pg_notify($1, $2)`, [WAKE, `${companyId}/${connectionId}`]);
}

export async function notifyLive(db: Queryable, notices: readonly LiveNotice[]): Promise<void> {
  if (notices.length === 0) return;
  await db.query(`select pg_notify($1, payload) from unnest($2::text[]) as payload`, [
    LIVE,
    notices.map(liveText),
  ]);
}

/** How a notice is said; `parseLive` hears it. */
export function liveText({ companyId, billId, connectionId }: LiveNotice): string {
  return [companyId, billId ?? '', connectionId ?? ''].join('/');
}

export function parseLive(payload: string): LiveNotice {
  const [companyId = '', billId = '', connectionId = ''] = payload.split('/');
  return { companyId, billId: billId || null, connectionId: connectionId || null };
}

export interface Listener {
  stop(): Promise<void>;
}

/**
 * Listens until stopped, on a connection of its own, and reconnects by itself. `onConnected` is
 * called after each (re)connection: whatever was said meanwhile is lost, so look at everything.
 */
export async function listen(
  pool: Pool,
  channel: string,
  hear: { onNotice(payload: string): void; onConnected(): void },
): Promise<Listener> {
  let stopped = false;
  let client: PoolClient | null = null;
  let retry: NodeJS.Timeout | undefined;
  const connect = async () => {
    const fresh = await pool.connect();
    if (stopped) {
      fresh.release(true);
      return;
    }
    client = fresh;
    fresh.on('notification', (message) => {
      if (message.channel === channel) hear.onNotice(message.payload ?? '');
    });
    fresh.on('error', () => {
      client = null;
      fresh.release(true);
      again();
    });
    await fresh.query(`listen ${channel}`);
    hear.onConnected();
  };
  const again = () => {
    if (stopped) return;
    retry = setTimeout(() => void connect().catch(again), 500);
  };
  await connect();
  return {
    async stop() {
      stopped = true;
      clearTimeout(retry);
      client?.removeAllListeners('error');
      client?.on('error', () => {});
      client?.release(true);
      await Promise.resolve();
    },
  };
}
