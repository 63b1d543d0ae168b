/**
 * The embedded PostgreSQL with real processes: services are started, killed with `kill -9`, and
 * started again. Runs as any user; what only root can show (the server under another user) and what
 * only another user can show are skipped elsewhere.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  chown,
  cp,
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  readlink,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { asAccount, canEnter, serverAccount } from './embedded-postgres-account.ts';
import { findBinaries } from './embedded-postgres-binaries.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts';
import { StartError } from './start-error.ts';

const SERVICE = fileURLToPath(new URL('../../test/support/embedded-service.ts', import.meta.url));
const isRoot = process.getuid?.() === 0;
/** The unprivileged user, when we are root. */
const account = await serverAccount('/no/cluster/yet');
/** As another user we can only run what lies where that user may go. */
const othersCanRunUs = isRoot && (await canEnter(dirname(SERVICE), account));

/** A database made once, of which each test gets a copy: making one takes the longest. */
let prepared: string;
/** The test's own folder, with a database that is not running. */
let folder: string;
const started: { stop(): Promise<void> }[] = [];

const newFolder = async (): Promise<string> => {
  const made = await mkdtemp(join(tmpdir(), `spor-test-${process.pid}-`));
  await chmod(made, 0o755);
  return made;
};

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

const start = async (dataDir = folder): Promise<EmbeddedPostgres> => {
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
const startService = async (
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

const killHard = async (service: ChildProcess): Promise<void> => {
  const exited = once(service, 'exit');
  service.kill('SIGKILL');
  await exited;
};

const query = async (url: string, sql: string): Promise<unknown[]> => {
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

const write = async (url: string, text: string): Promise<void> => {
  await query(url, 'create table if not exists notes (text text)');
  await query(url, `insert into notes values ('${text}')`);
};
const notes = (url: string) => query(url, 'select text from notes order by text');

const serverPid = async (): Promise<number> =>
  Number((await readFile(join(folder, 'cluster/postmaster.pid'), 'utf8')).split('\n')[0]);

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

const ends = async (pid: number): Promise<boolean> => {
  for (let tries = 0; tries < 500; tries += 1) {
    if (!isAlive(pid)) return true;
    await pause(20);
  }
  return false;
};

const parentOf = async (pid: number): Promise<number> =>
  Number((await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ')[1]);

const refusal = async (starting: Promise<unknown>): Promise<string> => {
  const error: unknown = await starting.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(StartError);
  return (error as StartError).message;
};

test('The first start makes a database that only its owner can reach, and what was saved is there at the next', async () => {
  const data = join(folder, 'new/data');
  const first = await start(data);
  await write(first.url, 'kept');
  expect(await query(first.url, 'show fsync')).toEqual(['on']);
  expect(await query(first.url, 'show listen_addresses')).toEqual(['']);
  expect(await query(first.url, `select lower('ÆØÅ') || upper('é')`)).toEqual(['æøåÉ']);
  const cluster = await stat(join(data, 'cluster'));
  expect(cluster.mode & 0o777).toBe(0o700);
  expect(cluster.uid).toBe(account?.uid ?? process.getuid?.());
  expect((await stat(join(data, 'cluster/spor.password'))).mode & 0o777).toBe(0o600);
  const address = new URL(first.url);
  address.password = 'wrong';
  await expect(query(address.href, 'select 1')).rejects.toThrow('password authentication failed');
  await first.stop();

  const second = await start(data);
  expect(second.foundLeftBehind).toBe(false);
  expect(await notes(second.url)).toEqual(['kept']);
});

test('Killing the service ends its server, and what was saved is there when it starts again', async () => {
  const service = await startService();
  await write(service.url, 'before the kill');
  const pid = await serverPid();
  await killHard(service.process);
  expect(await ends(pid)).toBe(true);
  const again = await start();
  expect(again.foundLeftBehind).toBe(false);
  expect(await notes(again.url)).toEqual(['before the kill']);
});

test('A start right after a kill, with a connection still open, waits for the old server and goes on', async () => {
  const service = await startService();
  await write(service.url, 'before the kill');
  const open = new Client({ connectionString: service.url });
  open.on('error', () => undefined);
  await open.connect();
  await killHard(service.process);
  const again = await startService();
  await write(again.url, 'after the kill');
  expect(await notes(again.url)).toEqual(['after the kill', 'before the kill']);
  await open.end();
});

test.runIf(process.platform === 'linux')(
  'A server whose service and watchdog were both killed is found and ended by the next start',
  async () => {
    const service = await startService();
    await write(service.url, 'before the kill');
    const pid = await serverPid();
    const watchdog = await parentOf(pid);
    // The watchdog's listener would still end the server: it goes first.
    const children = await readFile(`/proc/${watchdog}/task/${watchdog}/children`, 'utf8');
    for (const child of children.trim().split(' ').map(Number)) {
      if (child !== pid) process.kill(child, 'SIGKILL');
    }
    process.kill(watchdog, 'SIGKILL');
    await killHard(service.process);
    await pause(200);
    expect(isAlive(pid)).toBe(true);

    const again = await start();
    expect(again.foundLeftBehind).toBe(true);
    expect(isAlive(pid)).toBe(false);
    expect(await notes(again.url)).toEqual(['before the kill']);
  },
);

test('When everything is killed at once, the next start recovers all that was saved', async () => {
  const service = await startService();
  await write(service.url, 'first');
  await Promise.all([1, 2, 3, 4].map((each) => write(service.url, `row ${each}`)));
  const pid = await serverPid();
  process.kill(pid, 'SIGKILL');
  await killHard(service.process);
  const again = await start();
  expect(await notes(again.url)).toEqual(['first', 'row 1', 'row 2', 'row 3', 'row 4']);
});

test('A service whose server is killed under it is told', async () => {
  const postgres = await start();
  process.kill(await serverPid(), 'SIGKILL');
  await postgres.lost;
  await postgres.stop();
});

test("A leftover process id that is somebody else's by now does not block the start", async () => {
  const first = await start();
  const pidFile = await readFile(join(folder, 'cluster/postmaster.pid'), 'utf8');
  await first.stop();
  const stranger = spawn('sleep', ['60'], asAccount(account));
  try {
    await once(stranger, 'spawn');
    const stale = pidFile.replace(/^\d+/, String(stranger.pid));
    await writeFile(join(folder, 'cluster/postmaster.pid'), stale);
    const again = await start();
    expect(again.foundLeftBehind).toBe(false);
    expect(await query(again.url, 'select 1')).toEqual([1]);
    expect(isAlive(stranger.pid ?? 0)).toBe(true);
  } finally {
    stranger.kill();
  }
});

test('A second service in the same folder is refused in one sentence, and the first goes on', async () => {
  const first = await startService();
  const sentence = `The data in ${folder} is already in use by another Spor (process ${first.process.pid}): stop that one first, or choose another folder with --data.`;
  expect(await refusal(start())).toBe(sentence);
  expect((await startService()).refused).toBe(sentence);
  expect(await query(first.url, 'select 1')).toEqual([1]);
});

test("A folder that can't be made or written is refused in one sentence", async () => {
  await writeFile(join(folder, 'a-file'), '');
  expect(await refusal(start(join(folder, 'a-file/data')))).toMatch(
    /^The folder .*\/a-file\/data can't be written by user \S+: choose another with --data\.$/,
  );
});

test('A start interrupted while it made the database begins afresh', async () => {
  const data = join(folder, 'new');
  await mkdir(join(data, 'cluster.new/base'), { recursive: true });
  await writeFile(join(data, 'cluster.new/PG_VERSION'), '18\n');
  expect(await query((await start(data)).url, 'select 1')).toEqual([1]);
});

test('A database of another PostgreSQL version, or remains of one, are left alone and named', async () => {
  const data = join(folder, 'other');
  await mkdir(join(data, 'cluster'), { recursive: true });
  if (account) await chown(join(data, 'cluster'), account.uid, account.gid);
  expect(await refusal(start(data))).toMatch(/cluster is there but holds no database/);
  await writeFile(join(data, 'cluster/PG_VERSION'), '17\n');
  expect(await refusal(start(data))).toMatch(
    /was made by PostgreSQL 17 and this Spor brings PostgreSQL 18/,
  );
});

test('A folder too deep for a socket works all the same', async () => {
  const deep = join(folder, 'a-long-name-of-forty-characters-12345678/'.repeat(3));
  const postgres = await start(deep);
  expect(await query(postgres.url, 'select 1')).toEqual([1]);
  const socket = new URL(postgres.url).searchParams.get('host') ?? '';
  expect(socket).toMatch(/^\/tmp\/spor-\d+-[0-9a-f]{12}$/);
  await postgres.stop();
  await expect(stat(socket)).rejects.toThrow('ENOENT');
});

test('With a port, the server answers on this machine alone', async () => {
  const postgres = await startEmbeddedPostgres({
    dataDir: folder,
    log: () => undefined,
    port: 54_329,
  });
  started.push(postgres);
  expect(await query(postgres.url, 'show listen_addresses')).toEqual(['127.0.0.1']);
  const address = new URL(postgres.url);
  address.search = '';
  address.hostname = '127.0.0.1';
  expect(await query(address.href, 'select 1')).toEqual([1]);
});

describe.runIf(isRoot)('As root', () => {
  test("data in a folder that others can't enter is kept where the server's user can", async () => {
    const closed = join(folder, 'closed');
    await mkdir(closed, { mode: 0o700 });
    const first = await start(join(closed, 'data'));
    await write(first.url, 'kept');
    await first.stop();
    expect(await readlink(join(closed, 'data/cluster'))).toMatch(/\/shared\/cluster-[0-9a-f]{12}$/);
    expect(await notes((await start(join(closed, 'data'))).url)).toEqual(['kept']);
  });

  test("programs in a folder that others can't enter are copied once, links and all", async () => {
    const closed = join(folder, 'closed');
    await mkdir(closed, { mode: 0o700 });
    const { postgres } = await findBinaries(null);
    // As npm unpacks the package where install scripts are not allowed: without its links.
    await cp(join(dirname(postgres), '../..'), closed, {
      recursive: true,
      filter: async (path) => !(await lstat(path)).isSymbolicLink(),
    });
    await chmod(closed, 0o700);
    const shared = join(folder, 'shared');
    const copied = await findBinaries(account, shared, closed);
    expect(copied.postgres.startsWith(shared)).toBe(true);
    const { mtimeMs } = await stat(copied.postgres);
    expect(await findBinaries(account, shared, closed)).toEqual(copied);
    expect((await stat(copied.postgres)).mtimeMs).toBe(mtimeMs);
  });

  test.runIf(othersCanRunUs)(
    "another user's service keeps its own data, which root may start too and a third may not",
    async () => {
      if (account === null) throw new Error('root has an account for the server');
      await chown(folder, account.uid, account.gid);
      const service = await startService(folder, asAccount(account));
      expect(service.uid).toBe(account.uid);
      await write(service.url, 'kept');
      await started.pop()?.stop();

      const asRoot = await start();
      expect(await notes(asRoot.url)).toEqual(['kept']);
      await asRoot.stop();
      expect(await notes((await startService(folder, asAccount(account))).url)).toEqual(['kept']);
      await started.pop()?.stop();

      const third = { ...asAccount(account), uid: 1, gid: 1 };
      await chmod(folder, 0o777);
      expect((await startService(folder, third)).refused).toMatch(
        /^The database in .* belongs to user \w+: start Spor as that user or as root/,
      );
      await chmod(folder, 0o755);
      expect((await startService(folder, third)).refused).toMatch(
        /^The folder .* can't be written by user \w+: choose another with --data\.$/,
      );
    },
  );
});
