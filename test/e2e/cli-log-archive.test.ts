/** Old months leave the log by the command line: written out whole, or not at all. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { writeLog } from '../../src/store/attempt-log.ts';
import type { LaneKey } from '../../src/store/lanes.ts';
import { ensurePartitions } from '../../src/store/partitions.ts';
import {
  clock,
  closingOf,
  hold,
  makeBill,
  makeLane,
  makePosting,
  onOwnClock,
  openingOf,
} from '../../src/store/test-lane.ts';

onOwnClock();

const SPOR = fileURLToPath(new URL('../../bin/spor', import.meta.url));
const TABLES = ['attempts', 'attempt_writes', 'attempt_results'] as const;

/** Too much to be written into 1 KiB, compressed or not. */
const LARGE = Array.from({ length: 60 }, (_, index) =>
  createHash('sha256').update(`${index}`).digest('hex'),
).join(' ');

let database: TestDatabase;
let folder: string;
let lane: LaneKey;
/** Ids never go back in time, so each test has a year of its own. */
let year = 2014;

beforeEach(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), `spor-test-${process.pid}-`));
  year += 1;
  clock.at = new Date(`${year}-01-01T00:00:00Z`);
  lane = await makeLane(database.pool);
});
afterEach(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

const spor = (args: readonly string[], command = SPOR) =>
  new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const env = { ...process.env, DATABASE_URL: database.url, SPOR_DATA: join(folder, 'data') };
    execFile(command, args, { env }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
  });
const archive = (...more: string[]) => spor(['log', 'archive', '--before', `${year}-02`, ...more]);

/** An attempt that wrote something and was answered. */
async function attempt(at: string): Promise<string> {
  const { pool } = database;
  clock.at = new Date(at);
  await ensurePartitions(pool, clock.at);
  const bill = await makeBill(pool, lane, { note: 'Æblegrød, "citeret"\nog på to linjer' });
  const held = await hold(pool, lane);
  const opening = openingOf(held, bill, await makePosting(pool, lane, bill));
  const { attemptId } = opening;
  const write = {
    lane: held,
    attemptId,
    number: 1,
    sentAt: clock.at,
    method: 'POST',
    target: '/i',
  };
  const writes = [{ ...write, body: LARGE, sha256: 'ab'.repeat(32) }];
  const closings = [closingOf(opening)];
  await writeLog(pool, { openings: [opening], writes, closings }, clock.at);
  return attemptId;
}

/** Two attempts of January, one of February. */
async function twoMonths(): Promise<void> {
  await attempt(`${year}-01-10T10:00:00Z`);
  await attempt(`${year}-01-20T10:00:00.123Z`);
  await attempt(`${year}-02-10T10:00:00Z`);
}

const rowsOf = async (table: string): Promise<string[]> => {
  const { rows } = await database.pool.query<{ text: string }>(
    `select row_to_json(t)::text as text from ${table} t order by attempt_id`,
  );
  return rows.map(({ text }) => text);
};
const inFile = async (table: string): Promise<string[]> => {
  const bytes = await readFile(join(folder, 'to', `${table}-${year}-01.ndjson.gz`));
  return gunzipSync(bytes).toString('utf8').trimEnd().split('\n');
};

test('A month is written out row by row, leaves, is noted, and the rest is proved', async () => {
  await twoMonths();
  const before = await Promise.all(TABLES.map(rowsOf));
  const { code, out, err } = await archive(
    '--to',
    join(folder, 'to'),
    '--yes',
    '--person',
    'Driften',
  );
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain(`${year}-01  2 attempts`);
  expect(out).toContain(`${year}-01 left.`);
  const written = await Promise.all(TABLES.map(inFile));
  expect(written).toEqual(before.map((rows) => rows.slice(0, 2)));
  expect(await Promise.all(TABLES.map(rowsOf))).toEqual(before.map((rows) => rows.slice(2)));
  expect(await spor(['verify'])).toMatchObject({
    code: 0,
    out: 'Prøve ApS: the log is as it was written.\n',
  });
  const log = await readFile(join(folder, 'data', 'spor.log'), 'utf8');
  expect(JSON.parse(log)).toMatchObject({
    msg: 'a month left the integration log',
    month: `${year}-01`,
    attempts: 2,
    actor: 'Driften',
    archivedTo: join(folder, 'to'),
  });
});

test('A dry run says what would leave, and nothing leaves', async () => {
  await twoMonths();
  const { code, out } = await archive('--to', join(folder, 'to'), '--dry-run', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    months: [{ month: `${year}-01`, attempts: 2, open: 0, needed: 0 }],
    left: [],
  });
  expect(await rowsOf('attempts')).toHaveLength(3);
  expect(await readdir(folder)).toEqual([]);
});

test('A file that is there is not overwritten, and its month stays', async () => {
  await twoMonths();
  const path = join(folder, `attempt_results-${year}-01.ndjson.gz`);
  await writeFile(path, 'older');
  const { code, err } = await archive('--to', folder, '--yes');
  expect(code).toBe(1);
  expect(err).toContain(`${path} is there already, and nothing is overwritten`);
  expect(await readFile(path, 'utf8')).toBe('older');
  expect(await rowsOf('attempts')).toHaveLength(3);
});

test('When the files cannot be written to their end, the month stays and no half of it is left', async () => {
  await twoMonths();
  const to = join(folder, 'to');
  const args = `log archive --before ${year}-02 --to ${to} --yes`;
  // As on a full disk: no file may grow beyond 1 KiB.
  const { code, err } = await spor(['-c', `ulimit -f 1 && exec '${SPOR}' ${args}`], 'bash');
  expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining('EFBIG') });
  expect(await readdir(to)).toEqual([]);
  expect(await rowsOf('attempts')).toHaveLength(3);
  expect((await archive('--to', to, '--yes')).code).toBe(0);
});

test('A month that is not over is refused', async () => {
  await twoMonths();
  const next = new Date();
  next.setUTCMonth(next.getUTCMonth() + 1, 1);
  const month = next.toISOString().slice(0, 7);
  const { code, err } = await spor(['log', 'archive', '--before', month, '--yes']);
  expect({ code, err }).toEqual({ code: 1, err: 'spor: Only months that are over can leave.\n' });
  expect(await rowsOf('attempts')).toHaveLength(3);
});

test('Where nobody can be asked, nothing leaves unless --yes is said', async () => {
  expect(await archive('--json')).toMatchObject({ code: 2, out: '' });
});
