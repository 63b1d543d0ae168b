/**
 * A bill that somebody is changing just now: whatever wants it waits until it is let go. `await using` lets
 * it go also when the test fails, for nothing can be stopped that waits for it.
 */
import type { Pool, PoolClient } from '../../src/store/pool.ts';

export interface HeldBill extends AsyncDisposable {
  /** In the transaction that holds it. */
  readonly writer: PoolClient;
  letGo(): Promise<void>;
}

/** A transaction that stands idle for ten seconds is ended by the database. */
const SIGN_OF_LIFE_MS = 2_000;

export async function holdBill(pool: Pool, billId: string): Promise<HeldBill> {
  const writer = await pool.connect();
  await writer.query('begin');
  await writer.query('select from bills where bill_id = $1 for update', [billId]);
  const alive = setInterval(() => void writer.query('select'), SIGN_OF_LIFE_MS);
  let isHeld = true;
  const letGo = async () => {
    if (!isHeld) return;
    isHeld = false;
    clearInterval(alive);
    await writer.query('commit');
    writer.release();
  };
  return { writer, letGo, [Symbol.asyncDispose]: letGo };
}

/** The connections that wait for a lock with such a statement. */
export async function waitersOn(pool: Pool, statement: string): Promise<number[]> {
  const { rows } = await pool.query<{ pid: number }>(
    `select pid
     from pg_stat_activity
     where datname = current_database() and wait_event_type = 'Lock' and query like $1`,
    [statement],
  );
  return rows.map(({ pid }) => pid);
}
