import { beforeEach, describe, expect, test } from 'vitest';
import { inOneDatabase, pool } from '../../test/support/one-database.ts';
import type { Bill } from '../core/bill.ts';
import { type Closing, writeLog } from './attempt-log.ts';
import type { HeldLane, LaneKey } from './lanes.ts';
import { transaction } from './pool.ts';
import { claimable } from './claimable.ts';
import type { Posting } from './postings.ts';
import {
  clock,
  hold,
  IN_STEP,
  later,
  makeAttempt,
  makeBill,
  makeLane,
  makePosting,
  onOwnClock,
  openingOf,
} from './test-lane.ts';

onOwnClock();
inOneDatabase();

let lane: LaneKey;
let held: HeldLane;
let bill: Bill;
beforeEach(async () => {
  lane = await makeLane(pool);
  held = await hold(pool, lane);
  bill = await makeBill(pool, lane);
});

const claim = (limit = 10) => claimable(pool, lane, clock.at, limit);
const claimed = async () => (await claim()).map(({ id }) => id);
const attempt = (of: Posting, given: Partial<Closing> = {}, wrote = true) =>
  makeAttempt(pool, held, bill, of, given, wrote);

describe('what is next', () => {
  test('First what a person asked for, then what changed, then bulk; each by when it was due', async () => {
    const due = async (priority: number, ms: number) =>
      (
        await makePosting(pool, lane, await makeBill(pool, lane), {
          priority,
          dueAt: later(ms),
        })
      ).id;
    const bulk = await due(2, -9_000);
    const second = await due(1, -1_000);
    const first = await due(1, -2_000);
    const manual = await due(0, -10);
    await due(0, 10);
    expect(await claimed()).toEqual([manual, first, second, bulk]);
    expect((await claim(2)).map(({ id }) => id)).toEqual([manual, first]);
  });

  test('Not what is under way already, nor what belongs to another connection', async () => {
    const other = await makeLane(pool);
    await makePosting(pool, other, await makeBill(pool, other));
    const posting = await makePosting(pool, lane, bill);
    await transaction(pool, (db) =>
      writeLog(
        db,
        { openings: [openingOf(held, bill, posting)], writes: [], closings: [] },
        clock.at,
      ),
    );
    await makePosting(pool, lane, bill, { id: posting.id, wishNumber: 2 });
    expect(await claimed()).toEqual([]);
  });

  test('With the bill as it is now, not as it was when the wish was made', async () => {
    await makePosting(pool, lane, bill);
    await pool.query(
      `update bills set document = document || '{"note":"nu"}' where company_id = $1`,
      [lane.companyId],
    );
    expect((await claim())[0]!.bill.note).toBe('nu');
  });
});

describe('What attempts with lost answers may have written is remembered', () => {
  const lost = async () => (await claim())[0]?.lostFields;
  const known = () => ({ ...IN_STEP, inStepAt: clock.at, retryAt: clock.at });
  const uncertain = () => ({ ...known(), state: 'uncertain' as const, mustLook: true });

  test('Until it is in step again', async () => {
    const posting = await makePosting(pool, lane, bill);
    expect(await lost()).toBeNull();
    await attempt(posting, { outcome: 'uncertain', known: uncertain() });
    // Looked only, while the first could still arrive.
    await attempt(posting, { outcome: 'uncertain', known: uncertain() }, false);
    await attempt(posting, { outcome: 'failed', known: uncertain() });
    await attempt(posting, { outcome: 'uncertain', known: uncertain() });
    expect(await lost()).toHaveLength(2);
    await attempt(posting, { known: known() });
    expect(await lost()).toBeNull();
    await attempt(posting, { outcome: 'uncertain', known: uncertain() });
    expect(await lost()).toHaveLength(1);
  });

  test('Also when it was brought in step by a worker whose clock is ahead', async () => {
    const posting = await makePosting(pool, lane, bill);
    clock.at = later(1_000);
    await attempt(posting, { known: known() });
    clock.at = later(-500);
    await attempt(posting, {
      outcome: 'uncertain',
      known: { ...uncertain(), inStepAt: later(500) },
    });
    expect(await lost()).toHaveLength(1);
  });
});
