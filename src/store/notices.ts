/**
 * Wake-ups through PostgreSQL's LISTEN/NOTIFY. They only ever say "look again": a lost one costs
 * time, never work.
 */
import type { Pool, Queryable } from './pool.ts';

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

/** Tells workers that a connection's settings or rules were changed, and that its lane has work. */
export async function notifyChanged(
  db: Queryable,
  { companyId, id }: { companyId: string; id: string },
): Promise<void> {
  await db.query(`select pg_notify($1, $2)`, [WAKE, `${CHANGED}${companyId}/${id}`]);
}

/** Of each bill; of many, one per connection: "look at all". */
export function noticesOf(
  rows: readonly { companyId: string; connectionId: string; billId: string }[],
): LiveNotice[] {
  const each = rows.length <= 20;
  const notices = rows.map(({ companyId, connectionId, billId }) => ({
    companyId,
    connectionId,
    billId: each ? billId : null,
  }));
  return [...new Map(notices.map((notice) => [liveText(notice), notice])).values()];
}

const CHANGED = 'changed/';
const IDLE = 'idle/';

/** Tells workers that one of them has nothing to do. */
export async function notifyIdle(db: Queryable, owner: string): Promise<void> {
  await db.query(`select pg_notify($1, $2)`, [WAKE, IDLE + owner]);
}

export interface WakeHearer {
  /** A lane, as `company/connection`, has new work. */
  onNotice(lane: string): void;
  /** Its connection was changed. */
  onChanged(lane: string): void;
  /** A worker has nothing to do. */
  onAsked(owner: string): void;
}

export function hearWake(payload: string, hear: WakeHearer): void {
  if (payload.startsWith(IDLE)) hear.onAsked(payload.slice(IDLE.length));
  else if (payload.startsWith(CHANGED)) hear.onChanged(payload.slice(CHANGED.length));
  else hear.onNotice(payload);
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

/** A line that is cut without a word is noticed by asking now and then. */
const ASK_EVERY_MS = 15_000;
const CONNECT_AGAIN_MS = 500;

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
  let leave = () => {};
  let retry: NodeJS.Timeout | undefined;

  const connect = async () => {
    const client = await pool.connect();
    let asking: NodeJS.Timeout | undefined;
    let left = false;
    const end = () => {
      if (left) return false;
      left = true;
      clearInterval(asking);
      client.removeAllListeners('notification');
      client.release(true);
      return true;
    };
    const lost = () => {
      if (end() && !stopped) retry = setTimeout(() => void again(), CONNECT_AGAIN_MS);
    };
    if (stopped) return void end();
    leave = end;
    client.on('error', lost);
    client.on('notification', (message) => {
      if (message.channel === channel) hear.onNotice(message.payload ?? '');
    });
    try {
      await client.query(`listen ${channel}`);
    } catch (error) {
      end();
      throw error;
    }
    asking = setInterval(() => void client.query('select 1').catch(lost), ASK_EVERY_MS);
    if (left) clearInterval(asking);
    else hear.onConnected();
  };
  const again = async () => {
    await connect().catch(() => {
      if (!stopped) retry = setTimeout(() => void again(), CONNECT_AGAIN_MS);
    });
  };
  await connect();
  return {
    async stop() {
      stopped = true;
      clearTimeout(retry);
      leave();
      await Promise.resolve();
    },
  };
}
