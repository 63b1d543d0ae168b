/**
 * The one door to PostgreSQL: a pool whose values arrive as the rest of the house expects them.
 *
 * - `bigint` arrives as a number, and a value a number can't hold exactly is refused, never rounded;
 * - `timestamptz` arrives as a `Date`, `date` as the text `YYYY-MM-DD` (a day has no time zone);
 * - `numeric` stays text, `json` and `jsonb` arrive parsed.
 *
 * Opening a pool proves that it works: one connection is made, and a wrong address, password,
 * database, version or encoding ends in a `StartError` that names the place but never the password.
 */
import { type ClientBase, Pool, type PoolClient, types } from 'pg';
import { isSilence } from './database-trouble.ts';
import { connectionFailure } from './connection-failure.ts';
import { StartError } from './start-error.ts';

export type { Pool, PoolClient };
/** What a query needs: a pool, or the client of a transaction. */
export type Queryable = Pick<ClientBase, 'query'>;

export interface PoolOptions {
  /** Shown in `pg_stat_activity`, so an operator sees who holds a connection. */
  readonly applicationName: string;
  /** The most connections open at once. */
  readonly max: number;
  /** A question not answered for so long has failed, and its connection with it; else it waits for ever. */
  readonly answerWithinMs?: number;
  /** Told when a connection is lost; the pool opens another by itself. */
  readonly onConnectionLost?: (error: Error) => void;
}

const OLDEST_MAJOR = 15;
/** A server that is just starting is given this long to become ready. */
const STARTING_UP_PATIENCE_MS = 30_000;
const CONNECT_TIMEOUT_MS = 10_000;

export async function openPool(url: string, options: PoolOptions): Promise<Pool> {
  const pool = createPool(url, options);
  const onLost = (error: Error) => options.onConnectionLost?.(error);
  pool.on('error', onLost);
  // A connection lost while it is lent out fails its query, and must not end the process as well.
  pool.on('connect', (client) => client.on('error', onLost));
  try {
    const { version, encoding } = await askServer(pool);
    const major = Math.floor(version / 10_000);
    if (major < OLDEST_MAJOR) {
      throw new StartError(
        `PostgreSQL ${major} is too old: Spor needs PostgreSQL ${OLDEST_MAJOR} or newer.`,
      );
    }
    if (encoding !== 'UTF8') {
      throw new StartError(
        `The database keeps text as ${encoding}, which can't hold every name: create one with encoding 'UTF8' template template0, and check DATABASE_URL.`,
      );
    }
    return pool;
  } catch (error) {
    await pool.end();
    throw error instanceof StartError ? error : connectionFailure(url, error);
  }
}

/** Runs `work` in one transaction: committed when it returns, rolled back when it throws. */
export async function transaction<T>(
  pool: Pool,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    // A connection that can't roll back must not be lent to anyone else.
    if (isSilence(error)) broken = error as Error;
    else {
      await client.query('rollback').catch((cause: unknown) => {
        broken = cause instanceof Error ? cause : new Error(String(cause));
      });
    }
    throw error;
  } finally {
    client.release(broken);
  }
}

function createPool(url: string, options: PoolOptions): Pool {
  try {
    return new Pool({
      connectionString: url,
      application_name: options.applicationName,
      max: options.max,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      ...(options.answerWithinMs && { query_timeout: options.answerWithinMs }),
      // Days are cut from instants in UTC, whatever the server's own zone is. And no transaction waits for
      // anything but the database: one that stands idle is of a process that is gone or stopped, and keeps
      // rows locked that others need.
      options: '-c TimeZone=UTC -c idle_in_transaction_session_timeout=10000',
      types: {
        getTypeParser: ((oid: number) =>
          parsers.get(oid) ?? parserByNumber(oid)) as typeof types.getTypeParser,
      },
    });
  } catch (error) {
    throw connectionFailure(url, error);
  }
}

async function askServer(pool: Pool): Promise<{ version: number; encoding: string }> {
  const giveUpAt = performance.now() + STARTING_UP_PATIENCE_MS;
  for (;;) {
    try {
      const { rows } = await pool.query<{ version: number; encoding: string }>(
        `select
          current_setting('server_version_num')::int as version,
          current_setting('server_encoding') as encoding`,
      );
      return rows[0] ?? { version: 0, encoding: '' };
    } catch (error) {
      const startingUp = (error as { code?: string }).code === '57P03';
      if (!startingUp || performance.now() > giveUpAt) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** pg's own parsers, asked by number: its types only know the numbers that have a name. */
const parserByNumber = types.getTypeParser as (oid: number) => (text: string) => unknown;
const textArray = parserByNumber(1009) as (text: string) => (string | null)[];

/** By type number, for those that differ from pg's own. */
const parsers = new Map<number, (text: string) => unknown>([
  [types.builtins.INT8, exactInteger],
  [types.builtins.DATE, (text) => text],
  [1016, (text) => textArray(text).map((item) => (item === null ? null : exactInteger(item)))],
  [1182, textArray],
]);

function exactInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) {
    throw new RangeError(`The whole number ${text} is too large to hold exactly.`);
  }
  return value;
}
