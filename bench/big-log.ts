/**
 * The log at ten million attempts of half a year, against one of a hundred thousand beside it, looked
 * at in turn: a bill's newest 50 attempts, and a company's failures by cause over 30 days, in a company
 * that is the same in both, in one that holds half of the log but fails no more often, and in one that
 * fails the more the more it does. Then one month leaves.
 */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monthFiles, writeMonth } from '../src/cli/archive-files.ts';
import { listAttempts } from '../src/store/attempt-reading.ts';
import { dropMonth, listMonthsBefore } from '../src/store/departing-months.ts';
import { monthOf } from '../src/store/partitions.ts';
import { FAILURE_CAUSES, listFailureCauses } from '../src/store/failures-by-cause.ts';
import { migrate } from '../src/store/migrate.ts';
import { lowestId } from '../src/store/partitions.ts';
import { openPool, type Pool } from '../src/store/pool.ts';
import {
  BILLS,
  COMPANIES,
  fillLarge,
  fillSmall,
  GROWS,
  HALF,
  type Name,
  SAME,
} from './big-companies.ts';
import { median, ms, percentile, print } from './figures.ts';
import { fillQuickly, idOf, makeMonths } from './fill-big-log.ts';
import { bytesOfLog, engineBytesPerAttempt } from './log-bytes.ts';
import { openPlace } from './place.ts';

const SMALL = 100_000;
const LARGE = Number(process.env['BENCH_ATTEMPTS'] ?? 10_000_000);
const ENGINE_ATTEMPTS = 2_000;
const LOOKS = 300;
const DAYS_30_MS = 30 * 86_400_000;
const TITLES: Readonly<Record<Name, string>> = {
  [SAME]: 'a company that is the same in both',
  [HALF]: 'a company that holds half of the larger log, and fails no more often',
  [GROWS]: 'a company that fails the more the more it does',
};

interface Logs {
  readonly small: Pool;
  readonly large: Pool;
}

const place = await openPlace();
const folder = await mkdtemp(join(tmpdir(), 'spor-bench-archive-'));
const small = await smallBeside(place.context.pool);
try {
  const { pool: large } = place.context;
  const withExchanges = await engineBytesPerAttempt(place, ENGINE_ATTEMPTS);
  const now = new Date();
  for (const pool of [small, large]) {
    await makeMonths(pool, now);
    await fillQuickly(pool, () => fillSmall(pool, SMALL, now));
  }
  const bytesBefore = await bytesOfLog(large);
  const startedMs = performance.now();
  await fillQuickly(large, () => fillLarge(large, { from: SMALL, to: LARGE }, now));
  const minutes = (performance.now() - startedMs) / 60_000;
  const bytes = ((await bytesOfLog(large)) - bytesBefore) / (LARGE - SMALL);
  const rows: [string, string][] = [];
  for (const name of COMPANIES) rows.push(...(await measure({ small, large }, name, now)));
  print(`The log at ${LARGE} attempts against at ${SMALL} (filled in ${minutes.toFixed(1)} min)`, [
    ...rows,
    ['bytes an attempt and one write, without bodies, with indexes', String(Math.round(bytes))],
    ['bytes an attempt as in `attempts` (2 KB of exchange), with indexes', String(withExchanges)],
  ]);
  print('One month leaves', await archiveOne(large, now));
} finally {
  await small.end();
  await rm(folder, { recursive: true, force: true });
  await place.stop();
}

async function smallBeside(pool: Pool): Promise<Pool> {
  await pool.query('create database small_log');
  const url = new URL(place.databaseUrl);
  url.pathname = '/small_log';
  const beside = await openPool(url.href, { applicationName: 'spor bench', max: 4 });
  await migrate(beside);
  return beside;
}

async function measure(logs: Logs, name: Name, now: Date): Promise<[string, string][]> {
  const companyId = idOf(name);
  const since = new Date(now.getTime() - DAYS_30_MS);
  const ofBill = async (pool: Pool, index: number) => {
    const billId = idOf(`${name}${index % BILLS}`);
    const lines = await listAttempts(pool, logOf(companyId, billId));
    if (lines.length !== 50) throw new Error(`There are ${lines.length} attempts, not 50.`);
  };
  // Each look is at another bill; only then is anything of it in memory.
  const first = await looks(logs, ofBill);
  const again = await looks(logs, ofBill);
  const causes = await looks(logs, (pool) =>
    listFailureCauses(pool, { companyId, connectionId: null, since }),
  );
  const of = { companyId, since };
  const read = { small: await readBy(logs.small, of), large: await readBy(logs.large, of) };
  return [
    [TITLES[name], ''],
    ["  a bill's newest 50 attempts, looked at before", inTurn(again)],
    ['    looked at for the first time', inTurn(first)],
    ['  failures by cause, 30 days', inTurn(causes)],
    ['    of so many failures', `${read.small.failures} → ${read.large.failures}`],
    ['    pages of 8 KiB read for it', `${read.small.pages} → ${read.large.pages}`],
  ];
}

function logOf(companyId: string, billId: string) {
  return { companyId, billId, connectionId: null, before: null, limit: 50 };
}

type Took = Readonly<Record<keyof Logs, readonly number[]>>;

/** In turn, so that whatever else the machine does slows both. */
async function looks(
  { small, large }: Logs,
  look: (pool: Pool, index: number) => Promise<unknown>,
): Promise<Took> {
  const took = { small: [] as number[], large: [] as number[] };
  for (let index = 0; index < LOOKS; index += 1) {
    const smallMs = await timed(() => look(small, index));
    const largeMs = await timed(() => look(large, index));
    took.small.push(smallMs);
    took.large.push(largeMs);
  }
  return took;
}

function inTurn({ small, large }: Took): string {
  const [a, b] = [median(small), median(large)];
  const [worstA, worstB] = [percentile(small, 0.99), percentile(large, 0.99)];
  return `p50 ${ms(a)} → ${ms(b)}, ${(b / a).toFixed(2)} times   p99 ${ms(worstA)} → ${ms(worstB)}`;
}

/** What the question reads, from memory or disk. */
async function readBy(
  pool: Pool,
  { companyId, since }: { companyId: string; since: Date },
): Promise<{ failures: number; pages: number }> {
  const found = await listFailureCauses(pool, { companyId, connectionId: null, since });
  const { rows } = await pool.query<{ 'QUERY PLAN': string }>(
    `explain (analyze, buffers) ${FAILURE_CAUSES}`,
    [companyId, lowestId(since), null],
  );
  const plan = rows.map((row) => row['QUERY PLAN']);
  if (process.env['BENCH_PLANS']) console.log(plan.join('\n'));
  // The first line of buffers is of the whole.
  const buffers = plan.find((line) => line.includes('Buffers:')) ?? '';
  const pages = [...buffers.matchAll(/(?:hit|read)=(\d+)/g)];
  return {
    failures: found.reduce((sum, { attempts }) => sum + attempts, 0),
    pages: pages.reduce((sum, [, count]) => sum + Number(count), 0),
  };
}

/** The oldest month: written out, then dropped, while somebody goes on reading a bill's log. */
async function archiveOne(pool: Pool, now: Date): Promise<[string, string][]> {
  const [month] = await listMonthsBefore(pool, monthOf(now));
  if (!month) throw new Error('There is no month that is over.');
  const writtenMs = await timed(() => writeMonth(pool, month.month, folder));
  const sizes = await Promise.all(monthFiles(folder, month.month).map((path) => stat(path)));
  const size = sizes.reduce((sum, file) => sum + file.size, 0);
  let isOver = false;
  const leaving = timed(() =>
    dropMonth(pool, month.month, {
      actor: 'bench',
      now,
      archivedTo: folder,
      attempts: month.attempts,
    }),
  ).finally(() => {
    isOver = true;
  });
  const waits: number[] = [];
  while (!isOver)
    waits.push(await timed(() => listAttempts(pool, logOf(idOf(SAME), idOf(`${SAME}1`)))));
  const leftMs = await leaving;
  return [
    [month.month, `${month.attempts} attempts, ${(month.bytes / 1e9).toFixed(2)} GB`],
    ['written out', `${(writtenMs / 1000).toFixed(1)} s, ${(size / 1e6).toFixed(0)} MB`],
    ['left, its chain and its bills noted', `${(leftMs / 1000).toFixed(1)} s`],
    ["a bill's log meanwhile", `p50 ${ms(median(waits))}, longest ${ms(Math.max(...waits))}`],
  ];
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}
