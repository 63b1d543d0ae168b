/** Invariant 4: the sweep proves that no wish is forgotten, and mends it where one was. */
import { beforeEach, describe, expect, test } from 'vitest';
import { inOneDatabase, pool } from '../../test/support/one-database.ts';
import { writeLog } from './attempt-log.ts';
import { saveBill } from './bills.ts';
import { dueLanes, type LaneKey, takeLane, wakeLane } from './lanes.ts';
import { transaction } from './pool.ts';
import { stepAside, wakeForgottenAside } from './standing-aside.ts';
import { addMissingPostings, wakeSleepingLanes } from './sweeping.ts';
import {
  clock,
  closingOf,
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

let lane: LaneKey;
beforeEach(async () => {
  // Each test has the sweep to itself: it looks at everybody's lanes.
  await pool.query(`truncate lanes, postings, connections, bills`);
  lane = await makeLane(pool);
});

const isDue = async (at = clock.at) => (await dueLanes(pool, at, 10)).length === 1;

describe('sleeping lanes', () => {
  test('One that sleeps over due work is woken', async () => {
    await makePosting(pool, lane, await makeBill(pool, lane));
    expect(await isDue()).toBe(false);
    expect(await wakeSleepingLanes(pool, clock.at)).toBe(1);
    expect(await isDue()).toBe(true);
    expect(await wakeSleepingLanes(pool, clock.at)).toBe(0);
  });

  test('One that would wake too late is woken earlier', async () => {
    await makePosting(pool, lane, await makeBill(pool, lane), { dueAt: later(5_000) });
    await wakeLane(pool, lane, later(60_000));
    expect(await wakeSleepingLanes(pool, clock.at)).toBe(1);
    expect(await isDue(later(5_000))).toBe(true);
  });

  test('One that somebody holds is left to its holder', async () => {
    await makePosting(pool, lane, await makeBill(pool, lane));
    await hold(pool, lane, 'a', 1_000);
    expect(await wakeSleepingLanes(pool, clock.at)).toBe(0);
    expect(await wakeSleepingLanes(pool, later(1_000))).toBe(1);
  });

  test('One whose dead holder left an attempt open is woken, though nothing is due', async () => {
    const held = await hold(pool, lane, 'a', 1_000);
    const bill = await makeBill(pool, lane);
    const opening = openingOf(held, bill, await makePosting(pool, lane, bill));
    await transaction(pool, (db) =>
      writeLog(db, { openings: [opening], writes: [], closings: [] }, clock.at),
    );
    expect(await wakeSleepingLanes(pool, later(2_000))).toBe(1);
    expect(await isDue(later(2_000))).toBe(true);
  });
});

describe('forgotten payments', () => {
  const setUp = async () => {
    const bill = await makeBill(pool, lane);
    const invoice = await makePosting(pool, lane, bill);
    const kind = 'supplier-payment' as const;
    const payment = await makePosting(pool, lane, bill, { kind, paymentId: ids.next() });
    await stepAside(pool, lane.companyId, [payment.id]);
    return { bill, invoice };
  };

  test('One that waits for an invoice which is there is woken', async () => {
    const { bill, invoice } = await setUp();
    expect(await wakeForgottenAside(pool, clock.at)).toBe(0);
    const held = await hold(pool, lane, 'a', 1_000);
    const opening = openingOf(held, bill, invoice);
    await transaction(pool, (db) =>
      writeLog(db, { openings: [opening], writes: [], closings: [closingOf(opening)] }, clock.at),
    );
    // While somebody works the lane, it is that worker's business.
    expect(await wakeForgottenAside(pool, clock.at)).toBe(0);
    expect(await wakeForgottenAside(pool, later(1_000))).toBe(1);
    expect(await wakeForgottenAside(pool, later(1_000))).toBe(0);
  });

  test('One that waits for an invoice that will not come is woken', async () => {
    const { bill, invoice } = await setUp();
    const off = { code: 'kind-off' } as const;
    await makePosting(pool, lane, bill, { id: invoice.id, off, dueAt: null, state: 'off' });
    expect(await wakeForgottenAside(pool, clock.at)).toBe(1);
  });
});

describe('missing postings', () => {
  const isPlannedAnew = async () => {
    const { rows } = await pool.query<{ again: boolean }>(
      `select replan_after is not null as again from connections where connection_id = $1`,
      [lane.connectionId],
    );
    return rows[0]!.again;
  };

  test('A connection with a bill it has no posting for is planned anew', async () => {
    const bill = await makeBill(pool, lane);
    expect(await addMissingPostings(pool)).toBe(1);
    expect(await isPlannedAnew()).toBe(true);
    await pool.query(`update connections set replan_after = null`);
    await makePosting(pool, lane, bill);
    expect(await addMissingPostings(pool)).toBe(0);
  });

  test('A payment posting alone does not stand for the invoice', async () => {
    const kind = 'supplier-payment' as const;
    await makePosting(pool, lane, await makeBill(pool, lane), { kind, paymentId: ids.next() });
    expect(await addMissingPostings(pool)).toBe(1);
  });

  // Used to be planned anew at every deep sweep, for ever.
  test('A bill that was cancelled before it had a posting needs none', async () => {
    const bill = await makeBill(pool, lane);
    await saveBill(pool, { ...bill, status: 'cancelled' });
    expect(await addMissingPostings(pool)).toBe(0);
    expect(await isPlannedAnew()).toBe(false);
  });
});

test('Taking a lane the sweep woke works as any other', async () => {
  await makePosting(pool, lane, await makeBill(pool, lane));
  await wakeSleepingLanes(pool, clock.at);
  const [due] = await dueLanes(pool, clock.at, 10);
  expect(await takeLane(pool, due!, 'a', clock.at, later(1_000))).not.toBeNull();
});
