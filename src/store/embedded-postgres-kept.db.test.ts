/** The embedded PostgreSQL ends by itself, and is there again: real processes, killed and kept from starting. */
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  eachInItsOwnFolder,
  folder,
  isAlive,
  notes,
  query,
  serverPid,
  started,
  write,
} from '../../test/support/embedded-server.ts';
import { keepEmbeddedPostgres } from './embedded-postgres-kept.ts';

eachInItsOwnFolder();

async function keep() {
  const told: string[] = [];
  const postgres = await keepEmbeddedPostgres({
    dataDir: folder,
    log: () => {},
    sharedFolder: join(folder, 'shared'),
    trouble: (text) => void told.push(text),
  });
  started.push(postgres);
  return { postgres, told };
}

const tells = (told: readonly string[], count: number) =>
  expect.poll(() => told.length, { timeout: 30_000 }).toBe(count);

const ENDED = 'PostgreSQL ended by itself. Spor starts it again; nothing saved is lost.';
const RUNS = 'PostgreSQL runs again.';

test('A server that is killed runs again at the same address, with all that was saved', async () => {
  const { postgres, told } = await keep();
  await write(postgres.url, 'before');
  for (let time = 1; time <= 2; time += 1) {
    process.kill(await serverPid(), 'SIGKILL');
    await tells(told, 2 * time);
    expect(told.slice(-2)).toEqual([ENDED, RUNS]);
    expect(await notes(postgres.url)).toEqual(['before']);
  }
});

test('While it can not be started the reason is told once, and it is tried until it can', async () => {
  const { postgres, told } = await keep();
  const control = (await query(postgres.url, 'show data_directory'))[0] as string;
  const [here, away] = ['global/pg_control', 'global/away'].map((name) => join(control, name));
  await rename(here!, away!);
  process.kill(await serverPid(), 'SIGKILL');
  await tells(told, 2);
  expect(told[1]).toMatch(/^PostgreSQL did not start: .*Spor tries again until it can\.$/s);
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  await rename(away!, here!);
  await tells(told, 3);
  expect(told[2]).toBe(RUNS);
  expect(await query(postgres.url, 'select 1')).toEqual([1]);
});

test('Stopped while it is tried in vain, it leaves no server behind', async () => {
  const { postgres, told } = await keep();
  const pid = await serverPid();
  const [data] = (await query(postgres.url, 'show data_directory')) as string[];
  await rename(join(data!, 'global/pg_control'), join(data!, 'global/away'));
  process.kill(pid, 'SIGKILL');
  await tells(told, 2);
  await postgres.stop();
  expect(isAlive(pid)).toBe(false);
  await expect(query(postgres.url, 'select 1')).rejects.toThrow();
});
