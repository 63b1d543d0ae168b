/**
 * The embedded PostgreSQL with real processes: services are started, killed with `kill -9`, and
 * started again. Runs as any user.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import {
  account,
  eachInItsOwnFolder,
  ends,
  folder,
  isAlive,
  killHard,
  notes,
  parentOf,
  query,
  refusal,
  serverPid,
  start,
  startService,
  started,
  write,
} from '../../test/support/embedded-server.ts';
import { asAccount } from './embedded-postgres-account.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';

eachInItsOwnFolder();

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
    port: 14_329,
  });
  started.push(postgres);
  expect(await query(postgres.url, 'show listen_addresses')).toEqual(['127.0.0.1']);
  const address = new URL(postgres.url);
  address.search = '';
  address.hostname = '127.0.0.1';
  expect(await query(address.href, 'select 1')).toEqual([1]);
});
