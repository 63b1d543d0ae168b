/** A company's failures by cause: what one fix would mend, counted by posting. */
import { afterAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import type { AttemptFailure } from '../core/attempt.ts';
import type { Bill } from '../core/bill.ts';
import type { FailureCode } from '../core/failure.ts';
import { type Closing, writeLog } from './attempt-log.ts';
import { listBills } from './bill-list.ts';
import { FAILURE_CAUSES, listFailureCauses } from './failures-by-cause.ts';
import type { HeldLane, LaneKey } from './lanes.ts';
import { ensurePartitions, lowestId } from './partitions.ts';
import { type Pool, transaction } from './pool.ts';
import {
  clock,
  closingOf,
  hold,
  IN_STEP,
  makeBill,
  makeLane,
  makePosting,
  onOwnClock,
  openingOf,
  readPosting,
} from './test-lane.ts';

onOwnClock();

const DAY_MS = 86_400_000;

let database: TestDatabase | undefined;
let pool: Pool;
let lane: LaneKey;
/** Ids never go back in time, so each test has a year of its own. */
let year = 2026;

beforeEach(async () => {
  await database?.drop();
  database = await createTestDatabase();
  ({ pool } = database);
  year += 1;
  clock.at = new Date(`${year}-01-10T10:00:00Z`);
  await ensurePartitions(pool, clock.at);
  lane = await makeLane(pool);
});
afterAll(() => database?.drop());

interface Posted {
  readonly lane: LaneKey;
  readonly bill: Bill;
  readonly postingId: string;
}

const posted = async (of: LaneKey = lane): Promise<Posted> => {
  const bill = await makeBill(pool, of);
  return { lane: of, bill, postingId: (await makePosting(pool, of, bill)).id };
};
const attempt = async ({ lane: of, bill, postingId }: Posted, closing: Partial<Closing>) => {
  clock.at = new Date(clock.at.getTime() + 1_000);
  const held: HeldLane = await hold(pool, of, 'me', 1);
  const opening = openingOf(held, bill, await readPosting(pool, bill, postingId));
  const closings = [closingOf(opening, { ...closing, closedAt: clock.at })];
  await writeLog(pool, { openings: [opening], writes: [], closings }, clock.at);
  return clock.at;
};
const fails = (posting: Posted, code: FailureCode) => {
  const failure: AttemptFailure = {
    code,
    originalMessage: null,
    subject: null,
    retryAfterMs: null,
    conflicts: [],
  };
  const known = { ...IN_STEP, state: 'failed' as const, inStepAt: null };
  return attempt(posting, { outcome: 'failed', failure, known });
};
const succeeds = (posting: Posted) => attempt(posting, {});

const causes = (given: { days?: number; connectionId?: string } = {}) =>
  listFailureCauses(pool, {
    companyId: lane.companyId,
    connectionId: given.connectionId ?? null,
    since: new Date(clock.at.getTime() - (given.days ?? 30) * DAY_MS),
  });

test('A cause is told with its attempts, its postings, and those that fail by it still', async () => {
  const [twice, mended, other] = [await posted(), await posted(), await posted()];
  const firstAt = await fails(twice, 'period-locked');
  await fails(mended, 'period-locked');
  const lastAt = await fails(twice, 'period-locked');
  await succeeds(mended);
  const otherAt = await fails(other, 'account-missing');
  const { connectionId } = lane;
  expect(await causes()).toEqual([
    {
      connectionId,
      code: 'period-locked',
      attempts: 3,
      postings: 2,
      failing: 1,
      failingBills: 1,
      firstAt,
      lastAt,
    },
    {
      connectionId,
      code: 'account-missing',
      attempts: 1,
      postings: 1,
      failing: 1,
      failingBills: 1,
      firstAt: otherAt,
      lastAt: otherAt,
    },
  ]);
});

test('A posting that fails by something else now no longer fails by the first', async () => {
  const posting = await posted();
  await fails(posting, 'period-locked');
  await fails(posting, 'account-missing');
  expect((await causes()).map(({ code, failing }) => [code, failing])).toEqual([
    ['account-missing', 1],
    ['period-locked', 0],
  ]);
});

test('Only the days asked for are counted, of this company, and of one connection when it is named', async () => {
  const old = await posted();
  await fails(old, 'period-locked');
  clock.at = new Date(`${year}-03-10T10:00:00Z`);
  await ensurePartitions(pool, clock.at);
  await fails(await posted(), 'account-missing');
  await fails(await posted(await makeLane(pool)), 'account-missing');
  expect((await causes()).map(({ code, attempts }) => [code, attempts])).toEqual([
    ['account-missing', 1],
  ]);
  expect((await causes({ days: 60 })).map(({ code }) => code)).toHaveLength(2);
  const another = (await makeLane(pool)).connectionId;
  expect(await causes({ connectionId: another })).toEqual([]);
  expect(await causes({ connectionId: lane.connectionId })).toHaveLength(1);
});

test('The bills that fail by a cause are listed, newest first, and no other', async () => {
  const [first, second, mended] = [await posted(), await posted(), await posted()];
  for (const each of [first, second, mended]) await fails(each, 'period-locked');
  await fails(await posted(), 'account-missing');
  await succeeds(mended);
  const list = (connectionId: string | null) =>
    listBills(pool, {
      companyId: lane.companyId,
      before: null,
      limit: 10,
      search: null,
      sync: null,
      duplicatesOnly: false,
      failure: 'period-locked',
      connectionId,
    });
  expect((await list(null)).map(({ id }) => id)).toEqual([second.bill.id, first.bill.id]);
  expect(await list(lane.connectionId)).toHaveLength(2);
  expect(await list((await makeLane(pool)).connectionId)).toEqual([]);
});

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly Plans?: readonly Plan[];
}
const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

test('However many attempts succeed, the failures of those days are all that is read', async () => {
  await fails(await posted(), 'account-missing');
  clock.at = new Date(`${year}-03-10T10:00:00Z`);
  await ensurePartitions(pool, clock.at);
  const good = await posted();
  for (let many = 0; many < 20; many += 1) await succeeds(good);
  for (let few = 0; few < 3; few += 1) await fails(await posted(), 'period-locked');
  const since = new Date(clock.at.getTime() - 9 * DAY_MS);
  const nodes = await transaction(pool, async (db) => {
    // The tables of a test are so small that whoever may, reads them whole.
    await db.query('set local enable_seqscan = off');
    await db.query('set local enable_bitmapscan = off');
    const { rows } = await db.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
      `explain (analyze, format json) ${FAILURE_CAUSES}`,
      [lane.companyId, lowestId(since), null],
    );
    return nodesOf(rows[0]!['QUERY PLAN'][0].Plan);
  });
  const read = (table: string) =>
    nodes
      .filter((node) => node['Relation Name']?.startsWith(`${table}_2`))
      .filter((node) => node['Actual Loops'] > 0 && node['Actual Rows'] > 0)
      .map((node) => [node['Relation Name'], node['Actual Rows'] * node['Actual Loops']]);
  expect(read('attempt_results')).toEqual([[`attempt_results_${year}_03`, 3]]);
  expect(read('attempts')).toEqual([[`attempts_${year}_03`, 3]]);
  const failedIndex = nodes.filter((node) => node['Index Name']?.includes('failure_code'));
  expect(failedIndex.length).toBeGreaterThan(0);
});
