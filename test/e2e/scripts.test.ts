/**
 * The doors in `script/`, tried as a person at a terminal would. Installing itself is not tried
 * here (it would install into the checkout under test); that a fresh clone starts is what the
 * continuous integration's first minute shows.
 */
import { execFile } from 'node:child_process';
import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  realpath,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const checkout = fileURLToPath(new URL('../..', import.meta.url));

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const run = (
  file: string,
  args: string[],
  options: { cwd?: string; path?: string } = {},
): Promise<Run> =>
  new Promise((resolve) => {
    const env = { ...process.env, PATH: options.path ?? process.env['PATH'] };
    execFile(file, args, { cwd: options.cwd ?? checkout, env }, (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, out, err });
    });
  });

let folder: string;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), `spor-test-${process.pid}-`)));
});
afterEach(() => rm(folder, { recursive: true }));

/** A checkout with the real scripts, in which the service only says how it was called. */
const smallCheckout = async (): Promise<string> => {
  const root = join(folder, 'checkout');
  for (const part of ['script', 'bin', 'package-lock.json']) {
    await cp(join(checkout, part), join(root, part), { recursive: true });
  }
  await mkdir(join(root, 'node_modules/.bin'), { recursive: true });
  await symlink(process.execPath, join(root, 'node_modules/.bin/node'));
  await cp(join(root, 'package-lock.json'), join(root, 'node_modules/.spor-lock'));
  await mkdir(join(root, 'src/cli'), { recursive: true });
  await writeFile(
    join(root, 'src/cli/main.ts'),
    'console.log(JSON.stringify({ pid: process.pid, args: process.argv.slice(2) }));',
  );
  return root;
};

describe.each(['script/start', 'script/test', 'script/check', 'script/tryton', '.ci/run'])(
  '%s',
  (script) => {
    test('explains itself with --help and does nothing else', async () => {
      const { code, out, err } = await run(join(checkout, script), ['--help'], { cwd: folder });
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toMatch(/^Usage: script\//);
    });
  },
);

test.each(['script/test', 'script/check'])(
  '%s refuses an option it does not know',
  async (script) => {
    const { code, out, err } = await run(join(checkout, script), ['--fast']);
    expect({ code, out, err }).toEqual({
      code: 1,
      out: '',
      err: `spor: ${script} knows no option --fast; see ${script} --help.\n`,
    });
  },
);

test('script/start hands its options on, with the data folder as seen from where one stands', async () => {
  const root = await smallCheckout();
  const start = async (...args: string[]): Promise<unknown> => {
    const { out } = await run(join(root, 'script/start'), args, { cwd: folder });
    return (JSON.parse(out) as { args: unknown }).args;
  };
  expect(await start()).toEqual(['serve']);
  expect(await start('--port', '5000', '--no-sample')).toEqual([
    'serve',
    '--port',
    '5000',
    '--no-sample',
  ]);
  const data = ['serve', '--data', join(folder, 'my data')];
  expect(await start('--data', 'my data')).toEqual(data);
  expect(await start('--data=my data')).toEqual(data);
  expect(await start(`--data=${folder}/my data`)).toEqual(data);
});

test('script/start without a folder after --data says so', async () => {
  const root = await smallCheckout();
  const { code, err } = await run(join(root, 'script/start'), ['--data']);
  expect({ code, err }).toEqual({ code: 1, err: 'spor: --data needs a folder.\n' });
});

describe('On a machine that is not ready', () => {
  /** A search path with the shell's usual companions, but no Node and no npm. */
  const bareTools = async (): Promise<string> => {
    const tools = join(folder, 'tools');
    await mkdir(tools);
    for (const tool of ['bash', 'cat', 'cmp', 'dirname', 'id', 'readlink']) {
      const found = await run('/bin/sh', ['-c', `command -v ${tool}`]);
      await symlink(found.out.trim(), join(tools, tool));
    }
    return tools;
  };

  test('script/start says in one line that Node is missing, or too old, or without npm', async () => {
    const root = await smallCheckout();
    await rm(join(root, 'node_modules'), { recursive: true });
    const path = await bareTools();
    const start = async () => {
      const { code, out, err } = await run(join(root, 'script/start'), [], { path });
      expect({ code, out }).toEqual({ code: 1, out: '' });
      return err;
    };
    expect(await start()).toBe(
      'spor: Node is not installed: Spor needs Node 20 or newer, with npm.\n',
    );
    const node = join(path, 'node');
    await writeFile(node, '#!/bin/sh\necho v18.20.0\n');
    await chmod(node, 0o755);
    expect(await start()).toBe('spor: Node 18.20.0 is too old: Spor needs Node 20 or newer.\n');
    await writeFile(node, '#!/bin/sh\necho v20.20.2\n');
    expect(await start()).toBe('spor: npm is not installed: Spor needs it beside Node.\n');
  });

  test('script/start does not install through a link into the packages of another checkout', async () => {
    const root = await smallCheckout();
    const others = join(folder, 'others');
    await rename(join(root, 'node_modules'), others);
    await symlink(others, join(root, 'node_modules'));
    await writeFile(join(others, '.spor-lock'), 'of another version');
    const { code, out, err } = await run(join(root, 'script/start'), []);
    expect({ code, out, err }).toEqual({
      code: 1,
      out: '',
      err: `spor: node_modules is a link to ${others}, whose packages are not the ones wanted here: remove the link, then try again.\n`,
    });
    expect(await readdir(others)).toContain('.spor-lock');
  });

  test('bin/spor says that Spor is not installed there', async () => {
    const root = await smallCheckout();
    await rm(join(root, 'node_modules'), { recursive: true });
    const { code, err } = await run(join(root, 'bin/spor'), ['log']);
    expect({ code, err }).toEqual({
      code: 1,
      err: `spor: Spor is not installed in ${root}: run script/start there first.\n`,
    });
  });
});

test('bin/spor finds its checkout through symbolic links, and keeps the arguments as they are', async () => {
  const root = await smallCheckout();
  await symlink(join(root, 'bin/spor'), join(folder, 'first'));
  await symlink('first', join(folder, 'second'));
  const { out } = await run(join(folder, 'second'), ['log', 'a b', '']);
  expect((JSON.parse(out) as { args: unknown }).args).toEqual(['log', 'a b', '']);
});
