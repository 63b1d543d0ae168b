/**
 * The one PostgreSQL of a test run, started before the first test and gone after the last. It holds
 * a template with all migrations applied, from which each test file copies a database of its own.
 *
 * With `DATABASE_URL` the same suite runs on that server instead (PostgreSQL 15 to 18); its user
 * must be allowed to create databases, and nothing but databases named `spor_test_…` is touched.
 * The run's own server doesn't wait for the disk: a test about durability starts another.
 */
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../src/store/embedded-postgres.ts';
import { migrate } from '../../src/store/migrate.ts';
import { openPool, type Pool } from '../../src/store/pool.ts';

export interface TestServer {
  /** The address of the server with one of its databases, to connect to for making others. */
  readonly url: string;
  readonly template: string;
  /** What the names of this run's databases begin with. */
  readonly prefix: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    testServer: TestServer;
  }
}

interface Shared {
  users: number;
  readonly started: Promise<{ server: TestServer; stop: () => Promise<void> }>;
}

/** Two Vitest projects use the server; each loads this file afresh, so they meet here. */
const meeting = globalThis as { [key: symbol]: Shared | undefined };
const PLACE = Symbol.for('spor.test-server');

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const shared = (meeting[PLACE] ??= { users: 0, started: start() });
  shared.users += 1;
  const { server, stop } = await shared.started;
  project.provide('testServer', server);
  return async () => {
    shared.users -= 1;
    if (shared.users > 0) return;
    meeting[PLACE] = undefined;
    await stop();
  };
}

/** The same server with another database. */
export function withDatabase(url: string, database: string): string {
  const address = new URL(url);
  address.pathname = `/${database}`;
  return address.href;
}

async function start(): Promise<{ server: TestServer; stop: () => Promise<void> }> {
  const { url, stop: stopServer } = await startOrUseGiven();
  const prefix = `spor_test_${process.pid}_${Date.now().toString(36)}`;
  const server = { url, prefix, template: `${prefix}_template` };
  const admin = await openPool(url, { applicationName: 'spor tests', max: 1 });
  await admin.query(`create database ${server.template}`);
  const pool = await openPool(withDatabase(url, server.template), {
    applicationName: 'spor tests',
    max: 1,
  });
  await migrate(pool);
  await pool.end();
  const stop = async () => {
    await dropAll(admin, prefix);
    await admin.end();
    await stopServer();
  };
  return { server, stop };
}

async function startOrUseGiven(): Promise<{ url: string; stop: () => Promise<void> }> {
  const given = process.env['DATABASE_URL'];
  if (given) return { url: given, stop: async () => undefined };
  await removeLeftovers();
  const folder = await mkdtemp(join(tmpdir(), `spor-test-${process.pid}-`));
  // As root, the server runs as another user, who must get to its files.
  await chmod(folder, 0o711);
  const postgres = await startEmbeddedPostgres({
    dataDir: folder,
    log: () => undefined,
    settings: { fsync: 'off', synchronous_commit: 'off', max_connections: '200' },
  });
  const stop = async () => {
    await postgres.stop();
    await rm(folder, { recursive: true });
  };
  return { url: postgres.url, stop };
}

async function dropAll(admin: Pool, prefix: string): Promise<void> {
  const { rows } = await admin.query<{ name: string }>(
    'select datname as name from pg_database where starts_with(datname, $1)',
    [prefix],
  );
  for (const { name } of rows) await admin.query(`drop database if exists ${name} with (force)`);
}

/** Folders of runs that were killed. */
async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = Number(/^spor-test-(\d+)-/.exec(name)?.[1]);
    if (!pid || isAlive(pid)) continue;
    await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM';
  }
}
