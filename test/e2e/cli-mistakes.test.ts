/** What a person gets wrong is told in one line, and makes and loses nothing. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWorld, type World } from '../support/world.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

let world: World;
let folder: string;
beforeAll(async () => {
  world = await startWorld();
  folder = await mkdtemp(join(tmpdir(), `spor-test-${process.pid}-`));
});
afterAll(async () => {
  await world.stop();
  await rm(folder, { recursive: true });
});

const refused = async (command: string, args: readonly string[], given: NodeJS.ProcessEnv = {}) => {
  const { DATABASE_URL: _, ...ours } = process.env;
  const env = { ...ours, SPOR_URL: world.service.url, ...given };
  const run = await new Promise<{ code: unknown; err: string }>((resolve) =>
    execFile(join(ROOT, command), args, { env }, (error, _out, err) =>
      resolve({ code: error?.code ?? 0, err }),
    ),
  );
  expect(run.err).toMatch(/^spor: [^\n]+\n$/);
  return run;
};

test.each([['verify'], ['restored'], ['log', 'archive', '--before', '2025-01', '--yes']])(
  'spor %s makes no database where there is none',
  async (...args) => {
    const run = await refused('bin/spor', [...args, '--data', join(folder, 'wrong')]);
    expect(run.code).toBe(1);
    expect(run.err).toContain(`There is no database in ${join(folder, 'wrong')}`);
    expect(await readdir(folder)).not.toContain('wrong');
  },
);

test('A level of the log that there is not', async () => {
  const run = await refused('bin/spor', ['serve', '--data', folder], { SPOR_LOG_LEVEL: 'loud' });
  expect(run).toMatchObject({ code: 1 });
  expect(run.err).toContain('SPOR_LOG_LEVEL is "loud", but must be one of trace, debug,');
});

test('A place where no CSV can be written is told before the work; a file keeps what is in it', async () => {
  const nowhere = join(folder, 'nowhere', 'rows.csv');
  const run = await refused('bin/spor', ['reconcile', '--csv', nowhere]);
  expect(run.code).toBe(1);
  expect(run.err).toContain(`${nowhere} can't be written`);
  const kept = join(folder, 'kept.csv');
  await writeFile(kept, 'sidste måned');
  await refused('bin/spor', [
    'reconcile',
    '--csv',
    kept,
    '--from',
    '2026-02-01',
    '--to',
    '2026-01-01',
  ]);
  expect(await readFile(kept, 'utf8')).toBe('sidste måned');
});

test.each(['script/simulate', 'script/campaign'])('%s does not know an option', async (script) => {
  const run = await refused(script, ['--nope']);
  expect(run.code).toBe(2);
  expect(run.err).toContain(`See ${script} --help.`);
});
