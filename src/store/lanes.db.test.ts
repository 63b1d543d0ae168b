import { beforeEach, describe, expect, test } from 'vitest';
import { inOneDatabase, pool } from '../../test/support/one-database.ts';
import type { AttemptFailure } from '../core/attempt.ts';
import {
  dueLanes,
  type HeldLane,
  type LaneKey,
  nextDueAt,
  nextDueInLane,
  readLane,
  releaseLane,
  renewLeases,
  takeLane,
  wakeLane,
} from './lanes.ts';
import { endPause, pauseLane, tryNow } from './lane-pauses.ts';
import { type Pool, transaction } from './pool.ts';
import { type LogBatch, writeLog } from './attempt-log.ts';
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
  await pool.query('update lanes set next_due_at = null');
  lane = await makeLane(pool);
});

const release = (held: HeldLane) => transaction(pool, (db) => releaseLane(db, held));
async function nextOf({ companyId, connectionId }: LaneKey): Promise<Date | null> {
  const { rows } = await pool.query<{ next: Date | null }>(
    `select next_due_at as next from lanes where company_id = $1 and connection_id = $2`,
    [companyId, connectionId],
  );
  return rows[0]!.next;
}
const SIGNED_OUT: AttemptFailure = {
  code: 'signed-out',
  originalMessage: null,
  subject: null,
  retryAfterMs: null,
  conflicts: [],
};

describe('taking', () => {
  test('What was used of the limit is told to the next holder; of one that died nobody knows', async () => {
    const lane = await makeLane(pool);
    const first = (await takeLane(pool, lane, 'a', clock.at, later(1_000)))!;
    expect(first.pace).toEqual([]);
    const used = [[clock.at.getTime() + 60_000, 40]] as const;
    await transaction(pool, (db) => releaseLane(db, first, used));
    const second = (await takeLane(pool, lane, 'b', clock.at, later(1_000)))!;
    expect(second.pace).toEqual(used);
    const third = (await takeLane(pool, lane, 'c', later(1_000), later(2_000)))!;
    expect(third).toMatchObject({ fence: second.fence + 1, pace: null });
  });

  test('Many take a lane at once, one gets it', async () => {
    const takers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        takeLane(pool, lane, `worker ${index}`, clock.at, later(60_000)),
      ),
    );
    expect(takers.filter((taken) => taken !== null)).toHaveLength(1);
  });

  test('Each taking has a greater fence', async () => {
    const first = await hold(pool, lane, 'a', 1_000);
    expect(await takeLane(pool, lane, 'b', later(999), later(5_000))).toBeNull();
    const second = await takeLane(pool, lane, 'b', later(1_000), later(5_000));
    expect(second!.fence).toBe(first.fence + 1);
  });

  test('Who held it before may take it again at once, under a new fence', async () => {
    const first = await hold(pool, lane, 'a');
    expect((await hold(pool, lane, 'a')).fence).toBe(first.fence + 1);
  });
});

describe('keeping', () => {
  test('A lease is lengthened by its owner as long as it lasts', async () => {
    const owner = ids.next();
    const held = await hold(pool, lane, owner, 1_000);
    expect(await renewLeases(pool, [lane], owner, later(500), later(2_000))).toMatchObject([
      { fence: held.fence, ...lane },
    ]);
    expect(await takeLane(pool, lane, 'b', later(1_500), later(5_000))).toBeNull();
    expect(await renewLeases(pool, [lane], owner, later(2_001), later(9_000))).toEqual([]);
  });

  // Used to be lengthened for as long as its worker lived, and nobody worked it.
  test('A lane its owner does not know of is not lengthened, and passes on', async () => {
    const owner = ids.next();
    await hold(pool, lane, owner, 1_000);
    const other = await makeLane(pool);
    await hold(pool, other, owner, 1_000);
    expect(await renewLeases(pool, [other], owner, later(500), later(2_000))).toMatchObject([
      other,
    ]);
    expect(await takeLane(pool, lane, 'b', later(1_000), later(5_000))).not.toBeNull();
  });

  test('What was taken by another is not lengthened', async () => {
    const owner = ids.next();
    await hold(pool, lane, owner, 1_000);
    await takeLane(pool, lane, 'b', later(1_000), later(60_000));
    expect(await renewLeases(pool, [lane], owner, later(1_100), later(2_000))).toEqual([]);
  });
});

describe('giving back', () => {
  test('A lane is due when its first posting is', async () => {
    const held = await hold(pool, lane);
    await makePosting(pool, lane, await makeBill(pool, lane), { dueAt: later(9_000) });
    await makePosting(pool, lane, await makeBill(pool, lane), { dueAt: later(4_000) });
    await makePosting(pool, lane, await makeBill(pool, lane), { dueAt: null });
    await release(held);
    expect(await nextOf(lane)).toEqual(later(4_000));
    expect(await nextDueInLane(pool, lane)).toEqual(later(4_000));
  });

  test('Without work it is not due, and with a pause not before its end', async () => {
    await wakeLane(pool, lane, clock.at);
    await release(await hold(pool, lane));
    expect(await nextOf(lane)).toBeNull();

    await makePosting(pool, lane, await makeBill(pool, lane));
    const held = await hold(pool, lane);
    const pause = { until: later(30_000), failure: SIGNED_OUT, count: 1, after: null };
    await pauseLane(pool, held, { ...pause, connectionChangedAt: clock.at });
    await release(held);
    expect(await nextOf(lane)).toEqual(later(30_000));
  });

  test('Who no longer holds it gives nothing back', async () => {
    const old = await hold(pool, lane, 'a', 1_000);
    const held = await takeLane(pool, lane, 'b', later(1_000), later(60_000));
    await release(old);
    expect(await takeLane(pool, lane, 'c', later(2_000), later(60_000))).toBeNull();
    await release(held!);
    expect(await takeLane(pool, lane, 'c', later(2_000), later(60_000))).not.toBeNull();
  });

  test('A wish that is committed while the lane is given back wakes it', async () => {
    const held = await hold(pool, lane);
    const bill = await makeBill(pool, lane);
    // The giver looks before the wish is there, and must not write after it.
    await Promise.all([
      transaction(pool, async (db) => {
        await makePosting(db as unknown as Pool, lane, bill);
        await wakeLane(db, lane, clock.at);
        await new Promise((resolve) => setTimeout(resolve, 150));
      }),
      new Promise((resolve) => setTimeout(resolve, 50)).then(() => release(held)),
    ]);
    expect(await nextOf(lane)).toEqual(clock.at);
  });
});

describe('who is due', () => {
  test('Lanes with due work nobody holds, the longest waiting first', async () => {
    const [second, future, held] = [
      await makeLane(pool),
      await makeLane(pool),
      await makeLane(pool),
    ];
    await wakeLane(pool, lane, later(-1_000));
    await wakeLane(pool, second, later(-2_000));
    await wakeLane(pool, future, later(7_000));
    await wakeLane(pool, held, later(-9_000));
    await hold(pool, held);
    expect(await dueLanes(pool, clock.at, 10)).toEqual([second, lane]);
    expect(await dueLanes(pool, clock.at, 1)).toEqual([second]);
    expect(await nextDueAt(pool, clock.at)).toEqual(later(7_000));
  });

  test('On a connection that is off nothing is due but to close what was left open', async () => {
    const bill = await makeBill(pool, lane);
    const posting = await makePosting(pool, lane, bill);
    await pool.query(`update connections set enabled = false where connection_id = $1`, [
      lane.connectionId,
    ]);
    const first = await hold(pool, lane);
    await release(first);
    expect(await nextOf(lane)).toEqual(clock.at);
    expect(await dueLanes(pool, clock.at, 10)).toEqual([]);
    const second = await hold(pool, lane);
    await writeLog(
      pool,
      { openings: [openingOf(second, bill, posting)], writes: [], closings: [] },
      clock.at,
    );
    await release(second);
    expect(await dueLanes(pool, clock.at, 10)).toEqual([lane]);
  });

  test('A wake-up only ever makes a lane due earlier', async () => {
    await wakeLane(pool, lane, later(5_000));
    await wakeLane(pool, lane, later(9_000));
    expect(await nextOf(lane)).toEqual(later(5_000));
    await wakeLane(pool, lane, later(1_000));
    expect(await nextOf(lane)).toEqual(later(1_000));
  });
});

describe('pausing', () => {
  const pause = { until: later(30_000), failure: SIGNED_OUT, count: 3, after: null };

  test('Is for the holder alone, and ends when the system answers', async () => {
    const old = await hold(pool, lane, 'a', 1_000);
    const held = (await takeLane(pool, lane, 'b', later(1_000), later(60_000)))!;
    expect(await pauseLane(pool, old, { ...pause, connectionChangedAt: clock.at })).toBe(false);
    expect(await readLane(pool, lane, clock.at)).toMatchObject({ pausedUntil: null });
    expect(await pauseLane(pool, held, { ...pause, connectionChangedAt: clock.at })).toBe(true);
    expect(await readLane(pool, lane, clock.at)).toMatchObject({
      pausedUntil: later(30_000),
      pauseFailure: SIGNED_OUT,
    });
    await endPause(pool, old);
    expect((await readLane(pool, lane, clock.at))!.pausedUntil).toEqual(later(30_000));
    await endPause(pool, held);
    expect(await readLane(pool, lane, clock.at)).toMatchObject({
      pausedUntil: null,
      pauseFailure: null,
    });
  });

  // The banner used to say that nothing waits while the only posting was being tried.
  test('What is being tried counts as due until its result is known', async () => {
    const held = await hold(pool, lane);
    const bill = await makeBill(pool, lane);
    const opening = openingOf(held, bill, await makePosting(pool, lane, bill));
    const dueAfter = async (batch: Partial<LogBatch>) => {
      await writeLog(pool, { openings: [], writes: [], closings: [], ...batch }, clock.at);
      return (await readLane(pool, lane, clock.at))!.due;
    };
    expect(await dueAfter({ openings: [opening] })).toBe(1);
    expect(await dueAfter({ closings: [closingOf(opening)] })).toBe(0);
  });

  // Used to pause for up to ten minutes although the password had just been mended.
  test('What failed with old settings does not pause a connection that was changed meanwhile', async () => {
    const held = await hold(pool, lane);
    await pool.query(`update connections set changed_at = $2 where connection_id = $1`, [
      lane.connectionId,
      later(1),
    ]);
    expect(await pauseLane(pool, held, { ...pause, connectionChangedAt: clock.at })).toBe(false);
    expect(await pauseLane(pool, held, { ...pause, connectionChangedAt: later(1) })).toBe(true);
  });

  test('A person may let it try now; why it paused is told until it works', async () => {
    const held = await hold(pool, lane);
    await pauseLane(pool, held, { ...pause, connectionChangedAt: clock.at });
    await release(held);
    await tryNow(pool, lane, clock.at);
    expect(await readLane(pool, lane, clock.at)).toMatchObject({
      pausedUntil: null,
      pauseFailure: SIGNED_OUT,
    });
    expect(await dueLanes(pool, clock.at, 10)).toContainEqual(lane);
    // Pressed again and again, it used to make the pauses longer each time.
    expect((await hold(pool, lane)).pauseCount).toBe(1);
  });

  // Used to pause anew, as if nobody had asked.
  test('Asked to try now while it tries, it tries once more before it pauses again', async () => {
    await makePosting(pool, lane, await makeBill(pool, lane));
    const held = await hold(pool, lane);
    await pauseLane(pool, held, { ...pause, connectionChangedAt: clock.at });
    await release(held);
    const probing = (await takeLane(pool, lane, 'a', later(30_000), later(90_000)))!;
    await tryNow(pool, lane, later(31_000));
    const again = { ...pause, until: later(60_000), connectionChangedAt: clock.at };
    expect(await pauseLane(pool, probing, { ...again, after: probing.pausedUntil })).toBe(false);
    await release(probing);
    expect(await dueLanes(pool, later(31_000), 10)).toContainEqual(lane);
    const next = (await takeLane(pool, lane, 'a', later(31_000), later(90_000)))!;
    expect(await pauseLane(pool, next, { ...again, after: next.pausedUntil })).toBe(true);
  });
});
