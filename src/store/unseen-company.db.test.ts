/**
 * A company that came after the tables were last analyzed, such as a customer who moves in with thousands of
 * bills: what is asked of it reads what it answers, not all that the company has.
 */
import { beforeAll, expect, test } from 'vitest';
import { inOneDatabase, pool } from '../../test/support/one-database.ts';
import type { Bill } from '../core/bill.ts';
import { listAttempts, listOrphans } from './attempt-reading.ts';
import { writeLog } from './attempt-log.ts';
import { type BillSync, listBills } from './bill-list.ts';
import { claimable } from './claimable.ts';
import { lockBillsAfter } from './bills.ts';
import { type HeldLane, type LaneKey, nextDueInLane, releaseLane } from './lanes.ts';
import { type Queryable, transaction } from './pool.ts';
import { lockPostings, lockPostingsOf } from './postings.ts';
import { wakeAside } from './standing-aside.ts';
import {
  clock,
  hold,
  ids,
  later,
  makeBill,
  makeLane,
  makePosting,
  onOwnClock,
  openingOf,
} from './test-lane.ts';

onOwnClock();
inOneDatabase();

/** Enough for a two-hundredth of a table to be more than a page. */
const MANY = 6_000;
let lane: LaneKey;
let held: HeldLane;
let bill: Bill;

/** A company of one bill, due, with one attempt: so many of each. */
async function moveIn(): Promise<void> {
  lane = await makeLane(pool);
  bill = await makeBill(pool, lane);
  const posting = await makePosting(pool, lane, bill);
  held = await hold(pool, lane);
  const opening = openingOf(held, bill, posting);
  await writeLog(pool, { openings: [opening], writes: [], closings: [] }, clock.at);
  await pool.query(
    `with ended as (
       delete from open_attempts where company_id = $1
     ), made as materialized (
       select n, gen_random_uuid() as bill_id from generate_series(2, $2::int) n
     ), more_bills as (
       insert into bills
       select copy.*
       from made, bills b, jsonb_populate_record(b, jsonb_build_object(
         'bill_id', made.bill_id, 'bill_key', made.bill_id, 'number', made.bill_id
       )) as copy
       where b.company_id = $1
     ), more_postings as (
       insert into postings
       select copy.*
       from made, postings p, jsonb_populate_record(p, jsonb_build_object(
         'bill_id', made.bill_id, 'posting_id', gen_random_uuid()
       )) as copy
       where p.company_id = $1
     )
     insert into attempts
     select copy.*
     from made, attempts a, jsonb_populate_record(a, jsonb_build_object(
       'bill_id', made.bill_id, 'attempt_id', $3 || right(gen_random_uuid()::text, 28)
     )) as copy
     where a.company_id = $1`,
    [lane.companyId, MANY, ids.next().slice(0, 8)],
  );
}

beforeAll(async () => {
  await moveIn();
  await pool.query('analyze');
  await moveIn();
});

/** The rows of tables that are read for it. */
function rowsRead(asked: (db: Queryable) => Promise<unknown>): Promise<number> {
  return transaction(pool, async (db) => {
    const read = async () => {
      const { rows } = await db.query<{ read: number }>(
        `select sum(seq_tup_read + idx_tup_fetch)::int as read from pg_stat_xact_user_tables`,
      );
      return rows[0]!.read;
    };
    const before = await read();
    await asked(db);
    return (await read()) - before;
  });
}

const page = {
  before: null,
  limit: 20,
  search: null,
  duplicatesOnly: false,
  failure: null,
  connectionId: null,
};

const bills = (db: Queryable, sync: BillSync | null) =>
  listBills(db, { companyId: lane.companyId, ...page, sync });

type Asked = (db: Queryable) => Promise<unknown>;
test.each<[what: string, most: number, asked: Asked]>([
  ['What a lane may attempt next', 150, (db) => claimable(db, lane, later(1_000), 16)],
  ['When a lane has more to do', 5, (db) => nextDueInLane(db, lane)],
  ['A lane is given back', 10, (db) => releaseLane(db, held)],
  ['What stood aside', 5, (db) => wakeAside(db, lane, clock.at)],
  ['What was left open', 5, (db) => listOrphans(db, lane, 100)],
  ["A bill's postings, locked", 10, (db) => lockPostings(db, lane.companyId, bill.id)],
  ["A bill's attempts", 10, (db) => listAttempts(db, { ...lane, ...page, billId: bill.id })],
  ['A page of bills', 100, (db) => bills(db, null)],
  ['A page of bills in a state that none has', 10, (db) => bills(db, 'failed')],
  [
    'A page of bills to be planned anew',
    250,
    async (db) => {
      const planned = await lockBillsAfter(db, lane.companyId, lane.companyId, 50);
      const billIds = planned.map(({ id }) => id);
      return lockPostingsOf(db, lane.companyId, billIds);
    },
  ],
])('%s', async (_what, most, asked) => {
  expect(await rowsRead(asked)).toBeLessThanOrEqual(most);
});

test('What a lane may attempt next, where each of a few bills is on many other connections', async () => {
  await pool.query(
    `delete from bills where bill_id not in (
       select bill_id from bills where company_id = $1 order by bill_id limit 100
     )`,
    [lane.companyId],
  );
  await pool.query(
    `update postings p
     set bill_id = kept.bill_id, connection_id = gen_random_uuid()
     from (
       select bill_id, row_number() over () as place from bills where company_id = $1
     ) kept,
     (
       select posting_id, row_number() over () as place
       from postings
       where company_id = $1 and bill_id not in (select bill_id from bills where company_id = $1)
     ) other
     where p.company_id = $1 and p.posting_id = other.posting_id and kept.place = 1 + other.place % 100`,
    [lane.companyId],
  );
  await pool.query('vacuum full analyze bills, postings');
  const asked: Asked = async (db) =>
    expect(await claimable(db, lane, later(1_000), 16)).toHaveLength(16);
  expect(await rowsRead(asked)).toBeLessThanOrEqual(250);
});

test('No table, and no month of the log, has statistics of the company', async () => {
  const { rows } = await pool.query(
    `select attrelid::regclass::text as name
     from pg_attribute a
     join pg_class c on c.oid = a.attrelid
     where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
       and a.attname = 'company_id' and coalesce(a.attstattarget, -1) <> 0`,
  );
  expect(rows).toEqual([]);
});
