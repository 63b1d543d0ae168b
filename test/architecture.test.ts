/**
 * The house's floors, bottom to top: an arrow goes only down. Reads the imports of every file and
 * names whoever breaks the rule.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { OUTCOMES } from '../src/core/attempt.ts';

const SOURCE = fileURLToPath(new URL('../src/', import.meta.url));

/** Each floor with the floors it may stand on; never itself's upper neighbours, never a sibling not named. */
const FLOORS: Readonly<Record<string, readonly string[]>> = {
  core: [],
  messages: ['core'],
  sdk: ['core', 'messages'],
  contract: ['core', 'messages'],
  store: ['core', 'messages'],
  intake: ['core', 'messages'],
  connectors: ['core', 'messages', 'sdk'],
  engine: ['core', 'messages', 'sdk', 'store'],
  client: ['core', 'messages', 'contract'],
  http: ['core', 'messages', 'sdk', 'contract', 'store', 'intake', 'engine'],
  web: ['core', 'messages', 'contract', 'client'],
  service: [
    'core',
    'messages',
    'sdk',
    'contract',
    'store',
    'intake',
    'connectors',
    'engine',
    'client',
    'http',
  ],
  cli: ['core', 'messages', 'contract', 'store', 'client', 'service'],
};

interface Arrow {
  readonly from: string;
  readonly to: string;
  /** The module named, when it is none of ours. */
  readonly outside: string | null;
}

const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file))
  .map((file) => file.split(sep).join('/'));
const arrows = files.flatMap((file) => importsOf(file));

test('every folder of src is a floor of the house', () => {
  const folders = [...new Set(files.map((file) => floorOf(file)))].sort();
  expect(folders).toEqual(Object.keys(FLOORS).sort());
});

test('an arrow goes only down', () => {
  const wrong = arrows.filter(({ from, to, outside }) => {
    const a = floorOf(from);
    const b = floorOf(to);
    return outside === null && a !== b && !FLOORS[a]?.includes(b);
  });
  expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
});

test('the core and the contract do no I/O and read no clock', () => {
  const isPure = (file: string) => ['core', 'contract'].includes(floorOf(file)) && !isTest(file);
  const io = arrows.filter(({ from, outside }) => isPure(from) && outside?.startsWith('node:'));
  expect(io.map(({ from, outside }) => `${from} imports ${outside}`)).toEqual([]);
  const clocks = files
    .filter((file) => floorOf(file) === 'core' && !isTest(file) && file !== 'core/clock.ts')
    .filter((file) => /\bDate\.now\(|\bnew Date\(\)|Math\.random\(/.test(read(file)));
  expect(clocks).toEqual([]);
});

test('SQL is written in the store and nowhere else', () => {
  const others = files.filter((file) => !['store'].includes(floorOf(file)) && !isTest(file));
  const sql = /`\s*(select|insert into|update|delete from|with)\s[^`]*\b(from|set|values|into)\b/i;
  expect(others.filter((file) => sql.test(read(file)))).toEqual([]);
});

test('a connector imports no other connector', () => {
  const wrong = arrows.filter(({ from, to, outside }) => {
    const [, mine] = from.split('/');
    const [floor, theirs] = to.split('/');
    return (
      outside === null &&
      floorOf(from) === 'connectors' &&
      floor === 'connectors' &&
      mine !== theirs
    );
  });
  expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
});

test('what tests need is imported by tests alone', () => {
  const wrong = arrows.filter(
    ({ from, to, outside }) =>
      outside === null &&
      to.startsWith('sdk/testing/') &&
      !from.startsWith('sdk/testing/') &&
      !isTest(from),
  );
  expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
});

test('no file is longer than 300 lines, no test than 450', () => {
  const long = files
    .map((file) => [file, read(file).split('\n').length - 1] as const)
    .filter(([file, lines]) => lines > (isTest(file) ? 450 : 300))
    .map(([file, lines]) => `${file}: ${lines}`);
  expect(long).toEqual([]);
});

test('what is simulated stays out of what is run', () => {
  const wrong = arrows.filter(({ outside }) => outside?.includes('simulation/'));
  expect(wrong.map(({ from }) => from)).toEqual([]);
});

test('no file or folder has a name that says nothing', () => {
  const empty = /(^|[/.-])(utils?|helpers?|common|misc|manager|shared)([/.-]|$)/i;
  expect(files.filter((file) => empty.test(file))).toEqual([]);
});

test('the invariants are called alike in the engine and in ARCHITECTURE.md, and so are the outcomes', () => {
  const document = readFileSync(join(SOURCE, '..', 'ARCHITECTURE.md'), 'utf8');
  const told = [...document.matchAll(/^\| (\d+) +\| \*\*(.+?)\.\*\*/gm)];
  const cited = [...read('engine/engine.ts').matchAll(/^ \* +(\d+)\. (.+)$/gm)];
  const each = (found: RegExpExecArray[]) => found.map(([, number, title]) => `${number} ${title}`);
  expect(each(cited)).toEqual(each(told));
  expect(cited).toHaveLength(10);
  const [outcomes = ''] = /^\| outcome .*$/m.exec(document) ?? [];
  expect([...outcomes.matchAll(/`([a-z]+)`/g)].map(([, name]) => name)).toEqual(OUTCOMES);
});

function floorOf(file: string): string {
  return file.split('/')[0]!;
}

function isTest(file: string): boolean {
  return /\.test\.tsx?$|(^|\/)test-|generated-|\/testing\//.test(file);
}

function read(file: string): string {
  return readFileSync(join(SOURCE, file), 'utf8');
}

function importsOf(file: string): Arrow[] {
  const named = read(file).matchAll(/(?:\bfrom\s+|\bimport\s*\(?\s*)['"]([^'"]+)['"]/g);
  return [...named].map(([, specifier = '']) => {
    if (!specifier.startsWith('.')) return { from: file, to: file, outside: specifier };
    const to = relative(SOURCE, resolve(SOURCE, dirname(file), specifier));
    // What lies outside src (a test's support) is nobody's floor.
    return {
      from: file,
      to: to.split(sep).join('/'),
      outside: to.startsWith('..') ? specifier : null,
    };
  });
}
