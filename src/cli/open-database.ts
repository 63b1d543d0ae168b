/** The database itself, for the few commands that work on it while no service need run. */
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServiceConfig } from '../service/config.ts';
import { startEmbeddedPostgres } from '../store/embedded-postgres.ts';
import { openPool, type Pool } from '../store/pool.ts';
import { CommandRefused } from './options.ts';

export interface OpenDatabase {
  readonly pool: Pool;
  close(): Promise<void>;
}

/** As `openDatabase`, but refuses a folder that has none: what looks at a database makes none. */
export async function openKeptDatabase(config: ServiceConfig): Promise<OpenDatabase> {
  const cluster = join(config.dataDirectory, 'postgres', 'cluster');
  if (config.databaseUrl === null && (await lstat(cluster).catch(() => null)) === null)
    throw new CommandRefused(
      `There is no database in ${config.dataDirectory}: say where it is with --data or DATABASE_URL.`,
    );
  return openDatabase(config);
}

/** The one given, else the embedded one, which only one process may have at a time. */
export async function openDatabase(config: ServiceConfig): Promise<OpenDatabase> {
  const embedded =
    config.databaseUrl === null
      ? await startEmbeddedPostgres({
          dataDir: join(config.dataDirectory, 'postgres'),
          log: () => {},
        })
      : null;
  try {
    const pool = await openPool(embedded?.url ?? config.databaseUrl!, {
      applicationName: 'spor command line',
      max: 2,
    });
    return {
      pool,
      close: async () => {
        await pool.end();
        await embedded?.stop();
      },
    };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}

/** Tables or columns that are not there: an older database, or another program's. */
const NOT_OURS = new Set(['42P01', '42703']);

/** The error as a person should read it, where it is that the tables are not those of this version. */
export function asRead(error: unknown): unknown {
  if (!NOT_OURS.has(String((error as { code?: unknown }).code))) return error;
  return new CommandRefused(
    'The database does not have the tables of this version; run spor migrate first.',
  );
}
