/**
 * A database of one's own for a test file: real PostgreSQL, all migrations applied, empty, and so
 * quick to make (a copy of the run's template) that nobody is tempted to share one.
 *
 *     const database = await createTestDatabase();
 *     afterAll(() => database.drop());
 */
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { inject } from 'vitest';
import { openPool, type Pool } from '../../src/store/pool.ts';
import { withDatabase } from './database-server.ts';

export interface TestDatabase {
  readonly url: string;
  readonly pool: Pool;
  /** As it is now; nobody else may be connected. Goes with the database. */
  backUp(): Promise<void>;
  /** … as it was then, whoever is connected. */
  restore(): Promise<void>;
  /** Closes the pool and removes the database, whoever is still connected to it. */
  drop(): Promise<void>;
}

export async function createTestDatabase(
  options: { readonly empty?: boolean; readonly max?: number } = {},
): Promise<TestDatabase> {
  const server = inject('testServer');
  const name = `${server.prefix}_${randomBytes(4).toString('hex')}`;
  // `empty`: no migrations, for tests about migrating itself.
  const source = options.empty ? 'template1' : server.template;
  await onServer(server.url, `create database ${name} template ${source}`);
  const url = withDatabase(server.url, name);
  const pool = await openPool(url, { applicationName: 'spor tests', max: options.max ?? 10 });
  return {
    url,
    pool,
    backUp: async () => {
      const others = `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`;
      await onServer(server.url, others);
      await onServer(server.url, `create database ${name}_backup template ${name}`);
    },
    restore: async () => {
      await onServer(server.url, `drop database ${name} with (force)`);
      await onServer(server.url, `create database ${name} template ${name}_backup`);
    },
    drop: async () => {
      await pool.end();
      await onServer(server.url, `drop database ${name} with (force)`);
      await onServer(server.url, `drop database if exists ${name}_backup`);
    },
  };
}

async function onServer(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
