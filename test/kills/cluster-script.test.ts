/** `script/cluster`: what it starts, that it stops all of it in order, and that nothing outlives it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { until } from '../support/cluster.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'spor-cluster-script-'));
await chmod(folder, 0o711);
const begun: ChildProcess[] = [];
afterAll(async () => {
  for (const child of begun) if (child.exitCode === null) child.kill('SIGTERM');
  await rm(folder, { recursive: true, force: true });
});

interface Told {
  readonly told: string;
  readonly name?: string;
  readonly pid?: number;
  readonly url?: string;
}

async function cluster() {
  const { DATABASE_URL: _, ...env } = process.env;
  const child = spawn(
    process.execPath,
    [join(ROOT, 'script/lib/cluster.ts'), '2', '--port', '0', '--data', folder, '--json'],
    { env, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  begun.push(child);
  const told: Told[] = [];
  const exited = once(child, 'close');
  const up = new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      told.push(JSON.parse(line) as Told);
      if (told.at(-1)!.told === 'up') resolve();
    });
  });
  await Promise.race([up, exited.then(() => Promise.reject(new Error('it did not start')))]);
  const members = told.filter((each) => each.told === 'member');
  return { child, told, exited, members, pids: members.map(({ pid }) => pid!) };
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('Killed, it leaves nothing behind; started again, it works, and Ctrl-C ends all of it', async () => {
  const first = await cluster();
  expect(
    first.members.map(({ name }) => String(name)).toSorted((a, b) => a.localeCompare(b)),
  ).toEqual(['api 1', 'api 2', 'worker 1', 'worker 2']);
  first.child.kill('SIGKILL');
  await until(
    async () => first.pids.filter(isAlive),
    (alive) => alive.length === 0,
  );
  const second = await cluster();
  for (const { url } of second.members.filter((each) => each.url !== undefined)) {
    const answer = await fetch(`${url}/v1/companies`);
    expect(await answer.json()).toMatchObject({ items: [] });
  }
  second.child.kill('SIGINT');
  expect(await second.exited).toEqual([0, null]);
  expect(second.pids.filter(isAlive)).toEqual([]);
  expect(second.told.slice(-2)).toEqual([{ told: 'stopping' }, { told: 'stopped' }]);
});
