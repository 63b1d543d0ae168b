import { copyFile, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { migrate, MIGRATIONS_DIRECTORY, readMigrations } from './migrate.ts';
import { openPool } from './pool.ts';
import { findRunning, insertResyncRun } from './resync-runs.ts';

let database: TestDatabase;
let directory: string;

beforeEach(async () => {
  database = await createTestDatabase({ empty: true });
  directory = await mkdtemp(join(tmpdir(), 'spor-migrations-'));
  await write('0001_bills.sql', 'create table bills (id integer); insert into bills values (1);');
  await write('0002_payments.sql', 'create table payments (id integer);');
});

afterEach(async () => {
  await database.drop();
  await rm(directory, { recursive: true });
});

const write = (name: string, sql: string) => writeFile(join(directory, name), sql);

const tables = async () => {
  const { rows } = await database.pool.query<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'public' order by 1`,
  );
  return rows.map((row) => row.name);
};

test('A new database gets all migrations in order, and a second start finds nothing to do', async () => {
  expect(await migrate(database.pool, { directory })).toEqual({
    applied: ['0001_bills.sql', '0002_payments.sql'],
  });
  expect(await tables()).toEqual(['bills', 'payments', 'spor_migrations']);
  expect(await migrate(database.pool, { directory })).toEqual({ applied: [] });
});

test('A later version applies only what is new', async () => {
  await migrate(database.pool, { directory });
  await write('0003_notes.sql', 'create table notes (id integer);');
  expect(await migrate(database.pool, { directory })).toEqual({ applied: ['0003_notes.sql'] });
});

test('Services that start at the same moment apply each migration once', async () => {
  await write('0003_slow.sql', 'select pg_sleep(0.2); create table slow (id integer);');
  const pools = await Promise.all(
    [1, 2, 3].map(() => openPool(database.url, { applicationName: 'spor tests', max: 1 })),
  );
  const results = await Promise.all(pools.map((pool) => migrate(pool, { directory })));
  await Promise.all(pools.map((pool) => pool.end()));
  expect(results.map((result) => result.applied.length).toSorted((a, b) => a - b)).toEqual([
    0, 0, 3,
  ]);
});

test('A migration that fails is undone whole, named, and tried again at the next start', async () => {
  await write('0003_notes.sql', 'create table notes (id integer); select 1/0;');
  await expect(migrate(database.pool, { directory })).rejects.toThrow(
    'Migration 0003_notes.sql failed and was undone: division by zero',
  );
  expect(await tables()).toEqual(['bills', 'payments', 'spor_migrations']);
  await write('0003_notes.sql', 'create table notes (id integer);');
  expect(await migrate(database.pool, { directory })).toEqual({ applied: ['0003_notes.sql'] });
});

test('A migration altered after it was applied is refused by name', async () => {
  await migrate(database.pool, { directory });
  await write('0001_bills.sql', 'create table bills (id bigint);');
  await expect(migrate(database.pool, { directory })).rejects.toThrow(
    'Migration 0001_bills.sql was altered after it was applied to this database',
  );
});

test('Other line endings are no alteration', async () => {
  await write('0003_notes.sql', 'create table\n notes (id integer);\n');
  await migrate(database.pool, { directory });
  await write('0003_notes.sql', 'create table\r\n notes (id integer);\r\n');
  expect(await migrate(database.pool, { directory })).toEqual({ applied: [] });
});

test('A database newer than the code is refused, and says which migration is unknown', async () => {
  await migrate(database.pool, { directory });
  await rm(join(directory, '0002_payments.sql'));
  await expect(migrate(database.pool, { directory })).rejects.toThrow(
    'The database is newer than this version of Spor: it has migration 2 "payments"',
  );
});

test('Migrations with a gap, a double number or a bad name are refused before anything runs', async () => {
  await rename(join(directory, '0002_payments.sql'), join(directory, '0003_payments.sql'));
  await expect(migrate(database.pool, { directory })).rejects.toThrow(
    'Migration 0003_payments.sql is out of line: number 0002 comes next.',
  );
  await rename(join(directory, '0003_payments.sql'), join(directory, '0001_payments.sql'));
  await expect(migrate(database.pool, { directory })).rejects.toThrow('is out of line');
  await rename(join(directory, '0001_payments.sql'), join(directory, '2-payments.sql'));
  await expect(migrate(database.pool, { directory })).rejects.toThrow(
    'Migration 2-payments.sql must be named like 0001_bills.sql.',
  );
  expect(await tables()).toEqual([]);
});

test("Spor's own migrations apply to an empty database", async () => {
  const own = await readMigrations(MIGRATIONS_DIRECTORY);
  expect(await migrate(database.pool)).toEqual({ applied: own.map(({ file }) => file) });
});

/** As an earlier version left it. */
async function migrateUpTo(last: number): Promise<void> {
  const before = join(directory, 'before');
  await mkdir(before);
  for (const { file, number } of await readMigrations(MIGRATIONS_DIRECTORY))
    if (number <= last) await copyFile(join(MIGRATIONS_DIRECTORY, file), join(before, file));
  await migrate(database.pool, { directory: before });
}

test('The statistics of companies that there were are gone, and do not come again', async () => {
  await migrateUpTo(16);
  const analyzed = async () => {
    await database.pool.query('analyze companies, activity');
    const { rows } = await database.pool.query<{ name: string }>(
      `select tablename as name from pg_stats where attname = 'company_id' order by 1`,
    );
    return rows.map(({ name }) => name);
  };
  await database.pool.query(
    `with made as (
       insert into companies (company_id, name, base_currency, created_at)
       select gen_random_uuid(), 'Prøve ' || n, 'DKK', now() from generate_series(1, 20) n
       returning company_id
     )
     insert into activity (company_id, bill_id, activity_id, at, actor, kind)
     select company_id, gen_random_uuid(), gen_random_uuid(), now(), 'Bogholderen', 'added' from made`,
  );
  expect(await analyzed()).toEqual(['activity', 'companies']);
  await migrate(database.pool);
  expect(await analyzed()).toEqual([]);
});

test('What was being synced again by a cause goes on as a run', async () => {
  await migrateUpTo(15);
  const [companyId, id, connectionId] = [1, 2, 3].map(
    (n) => `01932d2a-0000-7000-8000-00000000000${n}`,
  );
  await database.pool.query(
    `insert into cause_runs (company_id, run_id, connection_id, failure_code, actor, state, bills, bills_looked_at, created_at)
     values ($1, $2, $3, 'period-locked', 'Bogholderen', 'running', 300, 100, '2026-11-24T10:00:00Z')`,
    [companyId, id, connectionId],
  );
  await migrate(database.pool);
  const of = { by: 'failure', failure: 'period-locked' } as const;
  const selected = {
    companyId: companyId!,
    connectionId: connectionId!,
    posting: null,
    link: false,
    recreate: false,
    of,
  };
  const run = await findRunning(database.pool, selected);
  expect(run).toMatchObject({
    id,
    connectionId,
    posting: null,
    link: false,
    recreate: false,
    of,
    bills: 300,
    billsLookedAt: 100,
  });
  const again = { ...selected, id: companyId!, actor: 'Revisor', bills: 1, createdAt: new Date() };
  expect(await insertResyncRun(database.pool, again)).toBe(false);
});

test('Connections that there were have their books; of two with the same, the first', async () => {
  await migrateUpTo(20);
  const tryton = { baseUrl: 'https://erp.example/', database: 'firma' };
  const settings = [
    ['journal', { folder: '/regnskab/' }],
    ['journal', { folder: '/regnskab' }],
    ['tryton', tryton],
    ['tryton', { ...tryton, company: 'Nord' }],
    ['sandbox', { baseUrl: 'https://sandbox.example' }],
  ] as const;
  for (const [index, [connector, given]] of settings.entries()) {
    await database.pool.query(
      `insert into connections (
         company_id, connection_id, connector, name, enabled, settings, rules, created_at, changed_at
       )
       values ($1, $1, $2, 'x', true, $3, '{}', now(), now())`,
      [`01932d2a-0000-7000-8000-00000000000${index}`, connector, JSON.stringify(given)],
    );
  }
  await migrate(database.pool);
  const { rows } = await database.pool.query<{ books: string | null }>(
    'select books from connections order by connection_id',
  );
  expect(rows.map(({ books }) => books)).toEqual([
    '/regnskab',
    null,
    'https://erp.example/firma',
    'https://erp.example/firma/Nord',
    null,
  ]);
});
