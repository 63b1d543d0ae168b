/**
 * Brings the database's tables to what this code expects. Migrations are plain SQL files with a
 * number and a title (`0001_bills.sql`), applied in order and only forwards.
 *
 * What must stay true: each file runs once, in its own transaction together with its row in
 * `spor_migrations`; two services that start at once take turns; a file that was altered after it
 * was applied, or a database that is newer than the code, is refused by name and left untouched.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Pool, PoolClient } from './pool.ts';
import { StartError } from './start-error.ts';

export const MIGRATIONS_DIRECTORY = fileURLToPath(new URL('../../migrations/', import.meta.url));

export interface Migration {
  readonly number: number;
  readonly title: string;
  readonly file: string;
  readonly sql: string;
  readonly sha256: string;
}

/** Any constant will do, so long as all of Spor uses the same one and nobody else does. */
const MIGRATION_LOCK = 7_307_011;

export async function migrate(
  pool: Pool,
  options: { readonly directory?: string } = {},
): Promise<{ applied: string[] }> {
  const migrations = await readMigrations(options.directory ?? MIGRATIONS_DIRECTORY);
  const client = await pool.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    return { applied: await applyMissing(client, migrations) };
  } finally {
    // Closing the connection gives the lock back, whatever state a failed migration left it in.
    client.release(true);
  }
}

export async function readMigrations(directory: string): Promise<Migration[]> {
  const names = await readdir(directory).catch((cause: unknown) => {
    throw new StartError(`The migrations can't be read from ${directory}.`, { cause });
  });
  const files = names.filter((name) => name.endsWith('.sql')).toSorted();
  return Promise.all(
    files.map(async (file, index) => {
      const [, digits, title] = /^(\d{4})_([a-z0-9]+(?:_[a-z0-9]+)*)\.sql$/.exec(file) ?? [];
      if (digits === undefined || title === undefined) {
        throw new StartError(`Migration ${file} must be named like 0001_bills.sql.`);
      }
      if (Number(digits) !== index + 1) {
        throw new StartError(
          `Migration ${file} is out of line: number ${String(index + 1).padStart(4, '0')} comes next.`,
        );
      }
      const sql = (await readFile(join(directory, file), 'utf8')).replaceAll('\r\n', '\n');
      const sha256 = createHash('sha256').update(sql).digest('hex');
      return { number: index + 1, title: title.replaceAll('_', ' '), file, sql, sha256 };
    }),
  );
}

async function applyMissing(client: PoolClient, migrations: Migration[]): Promise<string[]> {
  await client.query(`
    create table if not exists spor_migrations (
      number integer primary key,
      title text not null,
      sha256 text not null,
      applied_at timestamptz not null default now()
    )`);
  const { rows: known } = await client.query<{ number: number; title: string; sha256: string }>(
    'select number, title, sha256 from spor_migrations order by number',
  );
  for (const row of known) {
    const migration = migrations[row.number - 1];
    if (migration === undefined) {
      throw new StartError(
        `The database is newer than this version of Spor: it has migration ${row.number} "${row.title}", which this version does not know; start a newer version.`,
      );
    }
    if (migration.sha256 !== row.sha256) {
      throw new StartError(
        `Migration ${migration.file} was altered after it was applied to this database; put the file back as it was and write a new migration instead.`,
      );
    }
  }
  const applied: string[] = [];
  const done = new Set(known.map((row) => row.number));
  for (const migration of migrations) {
    if (done.has(migration.number)) continue;
    await apply(client, migration);
    applied.push(migration.file);
  }
  return applied;
}

async function apply(client: PoolClient, migration: Migration): Promise<void> {
  try {
    await client.query('begin');
    await client.query(migration.sql);
    await client.query('insert into spor_migrations (number, title, sha256) values ($1, $2, $3)', [
      migration.number,
      migration.title,
      migration.sha256,
    ]);
    await client.query('commit');
  } catch (cause) {
    await client.query('rollback');
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StartError(`Migration ${migration.file} failed and was undone: ${reason}`, { cause });
  }
}
