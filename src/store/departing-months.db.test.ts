/** Old months leave the log whole, and what is kept is still proved. */
import { afterAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { type Closing, type Known, type Opening, writeLog } from './attempt-log.ts';
import { departedMonthOf, listDepartedMonths } from './departed-attempts.ts';
import { dropMonth, listMonthsBefore, MonthStays } from './departing-months.ts';
import type { LaneKey } from './lanes.ts';
import { readMonthRows } from './month-rows.ts';
import { ensurePartitions } from './partitions.ts';
import type { Pool } from './pool.ts';
import {
  clock,
  closingOf,
  hold,
  IN_STEP,
  later,
  makeBill,
  makeLane,
  makePosting,
  onOwnClock,
  openingOf,
  readPosting,
} from './test-lane.ts';
import { verifyChain } from './verify-chain.ts';

onOwnClock();

let database: TestDatabase | undefined;
let pool: Pool;
let lane: LaneKey;
/** Ids never go back in time, so each test has a year of its own. */
let year = 2026;
const FORTNIGHT_MS = 14 * 86_400_000;
const UNCERTAIN: Known = {
  ...IN_STEP,
  state: 'uncertain',
  mustLook: true,
  remoteId: null,
  inStepAt: null,
  retryAt: null,
};
const BY = { actor: 'Driften', archivedTo: null, attempts: 3 };

const opened = async (at: string): Promise<Opening> => {
  clock.at = new Date(at);
  await ensurePartitions(pool, clock.at);
  const bill = await makeBill(pool, lane);
  const opening = openingOf(
    await hold(pool, lane, 'me', 1),
    bill,
    await makePosting(pool, lane, bill),
  );
  await writeLog(pool, { openings: [opening], writes: [], closings: [] }, clock.at);
  return opening;
};
const closed = async (
  opening: Opening,
  at: string,
  given: Partial<Closing> = {},
): Promise<Opening> => {
  clock.at = new Date(at);
  const held = await hold(pool, lane, 'me', 1);
  await writeLog(
    pool,
    { openings: [], writes: [], closings: [closingOf({ ...opening, lane: held }, given)] },
    clock.at,
  );
  return opening;
};
const done = async (at: string) => closed(await opened(at), at);

beforeEach(async () => {
  await database?.drop();
  database = await createTestDatabase();
  ({ pool } = database);
  year += 1;
  clock.at = new Date(`${year}-01-01T00:00:00Z`);
  lane = await makeLane(pool);
});
afterAll(() => database?.drop());

/** Numbers 1, 2 and 4 are January's, 3 and 5 February's: the edge is interleaved. */
async function twoMonths(): Promise<Opening[]> {
  const first = [await done(`${year}-01-10T10:00:00Z`), await done(`${year}-01-20T10:00:00Z`)];
  const over = await opened(`${year}-01-31T23:59:59Z`);
  const third = await done(`${year}-02-01T00:00:01Z`);
  await closed(over, `${year}-02-01T00:00:02Z`);
  return [...first, third, over, await done(`${year}-02-10T10:00:00Z`)];
}

const leave = () => dropMonth(pool, `${year}-01`, { ...BY, now: clock.at });

test('A month leaves whole, is noted, and the rest is proved though its numbers were interleaved', async () => {
  await twoMonths();
  expect(await listMonthsBefore(pool, `${year}-02`)).toMatchObject([
    { month: `${year}-01`, attempts: 3, open: 0 },
  ]);
  await leave();
  expect(await verifyChain(pool, lane.companyId)).toBeNull();
  const { rows } = await pool.query(`select month, actor, attempts from departed_months`);
  expect(rows).toEqual([{ month: `${year}-01`, actor: 'Driften', attempts: 3 }]);
  expect(await listMonthsBefore(pool, `${year}-02`)).toEqual([]);
  await done(`${year}-02-11T10:00:00Z`);
  expect(await verifyChain(pool, lane.companyId)).toBeNull();
});

test('What was taken out of the kept months is still found', async () => {
  const attempts = await twoMonths();
  await leave();
  await pool.query('alter table attempt_results disable trigger user');
  await pool.query('delete from attempt_results where attempt_id = $1', [attempts[2]!.attemptId]);
  expect(await verifyChain(pool, lane.companyId)).toMatchObject({ reason: 'missing' });
});

test('A month with an attempt that was never closed stays', async () => {
  await done(`${year}-01-10T10:00:00Z`);
  await opened(`${year}-01-20T10:00:00Z`);
  await expect(leave()).rejects.toThrow(MonthStays);
  expect(await listMonthsBefore(pool, `${year}-02`)).toMatchObject([{ attempts: 2, open: 1 }]);
});

test('A month stays while an attempt of it may explain what is there, and leaves when the posting is in step', async () => {
  const at = `${year}-01-20T10:00:00Z`;
  const opening = await opened(at);
  await closed(opening, at, { outcome: 'uncertain', known: UNCERTAIN });
  await expect(
    dropMonth(pool, `${year}-01`, { ...BY, attempts: 1, now: later(FORTNIGHT_MS) }),
  ).rejects.toThrow(`${year}-01 stays: 1 of its attempts ended uncertain`);
  clock.at = new Date(`${year}-02-01T10:00:00Z`);
  await ensurePartitions(pool, clock.at);
  const held = await hold(pool, lane, 'me', 1);
  const posting = await readPosting(pool, opening.bill, opening.postingId);
  const again = openingOf(held, opening.bill, posting);
  const closing = closingOf(again, { known: { ...IN_STEP, inStepAt: clock.at } });
  await writeLog(pool, { openings: [again], writes: [], closings: [closing] }, clock.at);
  await dropMonth(pool, `${year}-01`, { ...BY, attempts: 1, now: clock.at });
  expect(await readPosting(pool, opening.bill, opening.postingId)).toMatchObject({
    state: 'in-step',
  });
});

test('A month that is not over stays, whoever asks', async () => {
  await done(`${year}-01-10T10:00:00Z`);
  await expect(
    dropMonth(pool, `${year}-01`, { ...BY, attempts: 1, now: clock.at }),
  ).rejects.toThrow(`${year}-01 stays: it is not over.`);
  await expect(
    dropMonth(pool, `${year}-02`, { ...BY, attempts: 0, now: clock.at }),
  ).rejects.toThrow(MonthStays);
});

test('Of a bill it is still known how many attempts left, and when', async () => {
  const [first, , third] = await twoMonths();
  await leave();
  const of = { companyId: lane.companyId, connectionId: null };
  expect(await listDepartedMonths(pool, { ...of, billId: first!.billId })).toEqual([
    { month: `${year}-01`, attempts: 1, leftAt: clock.at, archivedTo: null },
  ]);
  expect(await listDepartedMonths(pool, { ...of, billId: third!.billId })).toEqual([]);
  expect(await departedMonthOf(pool, lane.companyId, first!.attemptId)).toMatchObject({
    month: `${year}-01`,
  });
  expect(await departedMonthOf(pool, lane.companyId, third!.attemptId)).toBeNull();
});

test('Every row of a month can be read before it leaves', async () => {
  const attempts = await twoMonths();
  const read: string[] = [];
  for await (const rows of readMonthRows(pool, 'attempts', `${year}-01`)) read.push(...rows);
  const ids = read.map((text) => (JSON.parse(text) as { attempt_id: string }).attempt_id);
  expect(ids).toEqual([attempts[0], attempts[1], attempts[3]].map((each) => each!.attemptId));
});
