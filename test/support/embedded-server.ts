/**
 * For tests of the embedded PostgreSQL: folders with a database in them, services in processes of
 * their own that may be killed, and a way to ask a server something. Everything started is ended
 * after each test.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { asAccount, canEnter, serverAccount } from '../../src/store/embedded-postgres-account.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/store/embedded-postgres.ts';
import { StartError } from '../../src/store/start-error.ts';

const SERVICE = fileURLToPath(new URL('./embedded-service.ts', import.meta.url));
export const isRoot = process.getuid?.() === 0;
/** The unprivileged user, when we are root. */
export const account = await serverAccount('/no/cluster/yet');
/** As another user we can only run what lies where that user may go. */
export const othersCanRunUs = isRoot && (await canEnter(dirname(SERVICE), account));

/** A database made once, of which each test gets a copy: making one takes the longest. */
let prepared: string;
/** The test's own folder, with a database that is not running. */
export let folder: string;
export const started: { stop(): Promise<void> }[] = [];

const newFolder = async (): Promise<string> => {
  const made = await mkdtemp(join(tmpdir(), `spor-test-${process.pid}-`));
  await chmod(made, 0o755);
  return made;
};

/** Said by a file of tests that wants it. */
export function eachInItsOwnFolder(): void {
  beforeAll(async () => {
    prepared = await newFolder();
    const postgres = await startEmbeddedPostgres({ dataDir: prepared, log: () => undefined });
    await postgres.stop();
  });
  afterAll(() => rm(prepared, { recursive: true }));

  beforeEach(async () => {
    folder = await newFolder();
    // With owners and rights, which Node's own copying leaves out.
    await promisify(execFile)('cp', ['-a', `${prepared}/.`, folder]);
  });

  afterEach(async () => {
    for (const each of started.splice(0)) await each.stop();
    await rm(folder, { recursive: true });
  });
}

export const start = async (dataDir = folder): Promise<EmbeddedPostgres> => {
  const postgres = await startEmbeddedPostgres({
    dataDir,
    log: () => undefined,
    sharedFolder: join(folder, 'shared'),
  });
  started.push(postgres);
  return postgres;
};

interface Told {
  readonly url: string;
  readonly foundLeftBehind: boolean;
  readonly uid: number;
  readonly refused?: string;
}

/** A service in a process of its own, which a test may kill. */
export const startService = async (
  dataDir = folder,
  as = asAccount(null),
): Promise<Told & { process: ChildProcess }> => {
  const service = spawn(process.execPath, [SERVICE, dataDir], {
    ...as,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(service, 'exit');
  started.push({
    stop: async () => {
      service.kill('SIGTERM');
      await exited;
    },
  });
  const [line] = (await once(service.stdout, 'data')) as [Buffer];
  return { ...(JSON.parse(String(line)) as Told), process: service };
};

export const killHard = async (service: ChildProcess): Promise<void> => {
  const exited = once(service, 'exit');
  service.kill('SIGKILL');
  await exited;
};

export const query = async (url: string, sql: string): Promise<unknown[]> => {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows.map(
      (row) => Object.values(row)[0],
    );
  } finally {
    await client.end();
  }
};

export const write = async (url: string, text: string): Promise<void> => {
  await query(url, 'create table if not exists notes (text text)');
  await query(url, `insert into notes values ('${text}')`);
};
export const notes = (url: string) => query(url, 'select text from notes order by text');

export const serverPid = async (): Promise<number> =>
  Number((await readFile(join(folder, 'cluster/postmaster.pid'), 'utf8')).split('\n')[0]);

export const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

export const ends = async (pid: number): Promise<boolean> => {
  for (let tries = 0; tries < 2_500; tries += 1) {
    if (!isAlive(pid)) return true;
    await pause(20);
  }
  return false;
};

export const parentOf = async (pid: number): Promise<number> =>
  Number((await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ')[1]);

export const refusal = async (starting: Promise<unknown>): Promise<string> => {
  const error: unknown = await starting.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(StartError);
  return (error as StartError).message;
};
