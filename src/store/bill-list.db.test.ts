/** The list of bills by state: each filter shows exactly the bills that the whole list says are so. */
import { beforeAll, expect, test } from 'vitest';
import { inOneDatabase, pool } from '../../test/support/one-database.ts';
import type { Bill } from '../core/bill.ts';
import type { PostingState } from '../core/posting-state.ts';
import { writeLog } from './attempt-log.ts';
import { type BillListQuery, type BillSync, listBills, readOverview } from './bill-list.ts';
import type { HeldLane, LaneKey } from './lanes.ts';
import {
  clock,
  hold,
  makeBill,
  makeLane,
  makePosting,
  onOwnClock,
  openingOf,
} from './test-lane.ts';

onOwnClock();
inOneDatabase();

const STATES = ['failed', 'uncertain', 'retrying', 'waiting', 'in-step', 'removed', 'off'] as const;
const SYNCS: readonly BillSync[] = [...STATES, 'syncing', 'none'];

let lanes: LaneKey[];
let held: HeldLane;

/** Bills with none, one or two postings, each pair of states; some with an attempt under way. */
beforeAll(async () => {
  const first = await makeLane(pool);
  const second = await makeLane(pool, first.companyId);
  lanes = [first, second];
  held = await hold(pool, first);
  await makeBill(pool, first);
  for (const one of STATES) {
    const bill = await makeBill(pool, first);
    await posting(bill, 0, one);
    await beginAttempt(await makeBill(pool, first), one);
    for (const two of STATES) {
      const both = await makeBill(pool, first);
      await posting(both, 0, one);
      await posting(both, 1, two);
    }
  }
  // Another company's are nobody else's.
  const other = await makeLane(pool);
  await makePosting(pool, other, await makeBill(pool, other));
});

function posting(bill: Bill, lane: number, state: PostingState) {
  return makePosting(pool, lanes[lane]!, bill, { state, wantedRevision: bill.revision });
}

async function beginAttempt(bill: Bill, state: PostingState): Promise<void> {
  const opening = openingOf(held, bill, await posting(bill, 0, state));
  await writeLog(pool, { openings: [opening], writes: [], closings: [] }, clock.at);
}

const list = (given: Partial<BillListQuery>) =>
  listBills(pool, {
    companyId: lanes[0]!.companyId,
    before: null,
    limit: 1_000,
    search: null,
    sync: null,
    duplicatesOnly: false,
    failure: null,
    connectionId: null,
    ...given,
  });

test.each(SYNCS)('%s: those, newest first, and a page after the other', async (sync) => {
  const expected = (await list({})).filter((bill) => bill.sync === sync).map(({ id }) => id);
  expect(expected.length).toBeGreaterThan(0);
  expect((await list({ sync })).map(({ id }) => id)).toEqual(expected);
  const paged: string[] = [];
  for (let before: string | null = null; ; before = paged.at(-1)!) {
    const page = await list({ sync, before, limit: 3 });
    if (page.length === 0) break;
    paged.push(...page.map(({ id }) => id));
  }
  expect(paged).toEqual(expected);
});

test('The counts are those of the list', async () => {
  const all = await list({});
  const { bills, bySync } = await readOverview(pool, lanes[0]!.companyId);
  const counted = SYNCS.map((sync) => [sync, all.filter((bill) => bill.sync === sync).length]);
  expect({ bills, bySync }).toEqual({ bills: all.length, bySync: Object.fromEntries(counted) });
});
