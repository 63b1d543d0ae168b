/**
 * Starting and ending the service as a person does: one command, one address, Ctrl-C. What goes
 * wrong at the start ends with exit code 1 and exactly one line that says why.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';

const spor = fileURLToPath(new URL('../../bin/spor', import.meta.url));

let folder: string;
const running = new Set<ChildProcess>();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), `spor-test-${process.pid}-`));
  await chmod(folder, 0o711);
});

afterEach(async () => {
  for (const service of running) await end(service, 'SIGTERM');
  await rm(folder, { recursive: true });
});

const serve = (args: string[], databaseUrl?: string): ChildProcess => {
  const { DATABASE_URL: _, ...env } = process.env;
  const service = spawn(spor, ['serve', '--no-sample', ...args], {
    env: { ...env, ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(service);
  service.stdout?.resume();
  service.once('exit', () => running.delete(service));
  return service;
};

const end = async (service: ChildProcess, signal: NodeJS.Signals): Promise<number | null> => {
  const exited = once(service, 'close') as Promise<[number | null]>;
  service.kill(signal);
  return (await exited)[0];
};

/** The one line with which a service that can't start ends. */
const refusal = async (args: string[], databaseUrl?: string): Promise<string> => {
  const service = serve(args, databaseUrl);
  let said = '';
  service.stderr?.on('data', (chunk: Buffer) => (said += String(chunk)));
  const [code] = (await once(service, 'close')) as [number];
  expect(code).toBe(1);
  expect(said).toMatch(/^spor: [^\n]+\n$/);
  return said;
};

const listening = async (port: number): Promise<Server> => {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
};

const freePort = async (): Promise<number> => {
  const server = await listening(0);
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

const answers = async (service: ChildProcess, port: number): Promise<void> => {
  while (service.exitCode === null) {
    const signal = AbortSignal.timeout(1_000);
    const answer = await fetch(`http://127.0.0.1:${port}/v1/health`, { signal }).catch(() => null);
    await answer?.body?.cancel();
    if (answer?.ok) return;
    await pause(50);
  }
  throw new Error(`The service ended with exit code ${service.exitCode} before it answered.`);
};

test('One command starts the service, Ctrl-C ends it in good order, and it starts again', async () => {
  for (const round of [1, 2]) {
    const port = await freePort();
    const service = serve(['--port', String(port), '--data', join(folder, 'data')]);
    await answers(service, port);
    expect(await end(service, 'SIGINT'), `round ${round}`).toBe(0);
  }
});

test('With --json it tells a machine where it is, one object a line', async () => {
  const service = serve(['--port', '0', '--json', '--data', join(folder, 'data')]);
  let said = '';
  service.stdout?.on('data', (chunk: Buffer) => (said += String(chunk)));
  while (!said.includes('"up"')) await pause(50);
  const { url } = said
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { told: string; url: string })
    .find(({ told }) => told === 'up')!;
  expect((await fetch(`${url}/v1/health`)).status).toBe(200);
  expect(await end(service, 'SIGTERM')).toBe(0);
  expect(said).toContain('{"told":"stopped"}');
});

test('A service that was killed starts again on the same port and data', async () => {
  const port = await freePort();
  const args = ['--port', String(port), '--data', join(folder, 'data')];
  const killed = serve(args);
  await answers(killed, port);
  await end(killed, 'SIGKILL');
  await answers(serve(args), port);
});

test('A port that is taken is named, and no database is left running', async () => {
  const other = await listening(0);
  const { port } = other.address() as AddressInfo;
  const data = join(folder, 'data');
  expect(await refusal(['--port', String(port), '--data', data])).toContain(String(port));
  other.close();
  const service = serve(['--port', String(port), '--data', data]);
  await answers(service, port);
});

test('A data folder that is in use by another service is named', async () => {
  const port = await freePort();
  const data = join(folder, 'data');
  await answers(serve(['--port', String(port), '--data', data]), port);
  expect(await refusal(['--port', String(await freePort()), '--data', data])).toContain(data);
});

test("A data folder that can't be written is named", async () => {
  await writeFile(join(folder, 'a-file'), 'kept');
  const data = join(folder, 'a-file/data');
  expect(await refusal(['--port', String(await freePort()), '--data', data])).toContain(data);
  expect(await readFile(join(folder, 'a-file'), 'utf8')).toBe('kept');
});

test('A wrong DATABASE_URL is told without its password', async () => {
  const args = ['--port', String(await freePort()), '--data', join(folder, 'data')];
  const nobodyThere = await refusal(args, 'postgres://spor:hemmelig@127.0.0.1:1/spor');
  expect(nobodyThere).toContain('127.0.0.1:1');
  expect(nobodyThere).not.toContain('hemmelig');
  const noAddress = await refusal(args, 'hemmelig');
  expect(noAddress).toContain('DATABASE_URL');
  expect(noAddress).not.toContain('hemmelig');
  const missing = new URL(inject('testServer').url);
  missing.pathname = '/no_such_database';
  expect(await refusal(args, missing.href)).toContain('no_such_database');
});
