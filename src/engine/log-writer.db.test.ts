import { afterEach, beforeEach, expect, test } from 'vitest';
import { inOneDatabase, pool } from '../../test/support/one-database.ts';
import { systemTimers } from '../core/clock.ts';
import type { HeldLane, LaneKey } from '../store/lanes.ts';
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
} from '../store/test-lane.ts';
import { createLogWriter, LaneLost, type LogWriter } from './log-writer.ts';
import { postgresStore } from './postgres-store.ts';

onOwnClock();
inOneDatabase();

let key: LaneKey;
let lane: HeldLane;
let log: LogWriter;
beforeEach(async () => {
  key = await makeLane(pool);
  lane = await hold(pool, key);
  log = createLogWriter({ store: postgresStore(pool), clock, timers: systemTimers });
});
afterEach(() =>
  pool.query(`drop function if exists fail_closing cascade; drop sequence if exists failures`),
);

/** The first so many results are refused by the database, with this code. */
async function failClosings(times: number, code: string): Promise<void> {
  await pool.query(`
    create sequence failures;
    create function fail_closing() returns trigger language plpgsql as $$
    begin
      if nextval('failures') <= ${times} then raise exception 'refused' using errcode = '${code}'; end if;
      return new;
    end $$;
    create trigger fail_closing before insert on attempt_results
    for each row execute function fail_closing()`);
}
async function opening() {
  const bill = await makeBill(pool, key);
  return openingOf(lane, bill, await makePosting(pool, key, bill));
}
async function countOf(table: string): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `select count(*) from ${table} where company_id = $1`,
    [key.companyId],
  );
  return rows[0]!.count;
}

test('Many attempts are opened and closed in few transactions, each told of its own', async () => {
  const openings = await Promise.all(Array.from({ length: 40 }, opening));
  const overtaken = openings[7]!;
  await pool.query(`update postings set wish_number = 2 where posting_id = $1`, [
    overtaken.postingId,
  ]);
  const opened = await Promise.all(openings.map((each) => log.open(each)));
  expect(opened.map((isOpened, index) => (isOpened ? -1 : index)).filter((i) => i >= 0)).toEqual([
    7,
  ]);
  await Promise.all(
    openings.filter((each) => each !== overtaken).map((each) => log.close(closingOf(each))),
  );
  expect(await countOf('attempt_results')).toBe(39);
  const { rows } = await pool.query<{ transactions: number }>(
    `select count(distinct xmin::text) as transactions from attempt_results where company_id = $1`,
    [key.companyId],
  );
  expect(rows[0]!.transactions).toBeLessThan(10);
});

// Used to be told as a failure of every attempt in the batch, and their lanes were given up.
test('When the database gives one up that waited in a ring, the batch is written again', async () => {
  const openings = await Promise.all(Array.from({ length: 5 }, opening));
  await Promise.all(openings.map((each) => log.open(each)));
  await failClosings(2, '40P01');
  await Promise.all(openings.map((each) => log.close(closingOf(each))));
  expect(await countOf('attempt_results')).toBe(5);
});

test('When the database fails otherwise, whoever waits for it is told, and nothing is half written', async () => {
  const openings = await Promise.all(Array.from({ length: 5 }, opening));
  await Promise.all(openings.map((each) => log.open(each)));
  await failClosings(1, '53100');
  const results = await Promise.allSettled(openings.map((each) => log.close(closingOf(each))));
  expect(results.map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => 'rejected'));
  expect(await countOf('attempt_results')).toBe(0);
  // The pen writes on.
  await Promise.all(openings.map((each) => log.close(closingOf(each))));
  expect(await countOf('attempt_results')).toBe(5);
});

test('What can not be written is refused alone, and the others in the batch are written', async () => {
  const openings = await Promise.all(Array.from({ length: 7 }, opening));
  await Promise.all(openings.map((each) => log.open(each)));
  const results = await Promise.allSettled(
    openings.map((each, index) =>
      // More than the column holds.
      log.close(closingOf(each, index === 2 ? { known: { ...IN_STEP, failures: 3e9 } } : {})),
    ),
  );
  expect(results.map(({ status }) => status)).toEqual(
    openings.map((_, index) => (index === 2 ? 'rejected' : 'fulfilled')),
  );
  expect(await countOf('attempt_results')).toBe(6);
});

test('Who lost the lane is told so, and the others in the batch are not', async () => {
  const lost = await opening();
  const other = await makeLane(pool);
  const otherLane = await hold(pool, other);
  const bill = await makeBill(pool, other);
  const held = openingOf(otherLane, bill, await makePosting(pool, other, bill));
  await pool.query(`update lanes set fence = fence + 1 where connection_id = $1`, [
    key.connectionId,
  ]);
  const [a, b] = await Promise.allSettled([log.open(lost), log.open(held)]);
  expect(a).toMatchObject({ status: 'rejected', reason: expect.any(LaneLost) as LaneLost });
  expect(b).toEqual({ status: 'fulfilled', value: expect.stringMatching(/^[0-9a-f]{64}$/) });
});
