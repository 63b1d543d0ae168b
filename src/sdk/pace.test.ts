import { beforeEach, describe, expect, test } from 'vitest';
import type { Timers } from '../core/clock.ts';
import { createPace, type MinutePace, type TakenPlaces } from './pace.ts';

/** Time that passes when told to, and does what was to be done meanwhile, in order. */
let now: number;
let planned: { at: number; work: () => void }[];
const timers: Timers = {
  elapsedMs: () => now,
  after(ms, work) {
    const plan = { at: now + ms, work };
    planned.push(plan);
    return () => void planned.splice(planned.indexOf(plan) >>> 0, 1);
  },
  soon: async () => {},
};
async function pass(ms: number): Promise<void> {
  const until = now + ms;
  for (;;) {
    await Promise.resolve();
    const next = planned.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
    if (!next) break;
    planned.splice(planned.indexOf(next), 1);
    now = next.at;
    next.work();
  }
  now = until;
}
const { signal } = new AbortController();

/** Requests as they leave; each is answered after `answerMs`. */
let left: number[];
function send(pace: MinutePace, count: number, answerMs = 100): void {
  for (let each = 0; each < count; each += 1) {
    void pace.turn(signal).then((giveBack) => {
      left.push(now);
      timers.after(answerMs, giveBack);
    });
  }
}
/** The most the system could count in any of its minutes, wherever between leaving and answer it counts. */
function mostInAMinute(answerMs: number): number {
  return Math.max(
    ...left.map(
      (at) => left.filter((other) => other >= at && other - at <= 60_000 - answerMs).length,
    ),
  );
}

beforeEach(() => {
  now = 0;
  planned = [];
  left = [];
});

test('Never more than allowed in any minute, and hardly less', async () => {
  const pace = createPace({ most: 60, minuteMs: 60_000 }, timers);
  send(pace, 600);
  await pass(600_000);
  expect(mostInAMinute(0)).toBe(60);
  expect(left.length).toBeGreaterThanOrEqual(589);
});

test('A place is taken from the moment the request leaves until a minute after its answer', async () => {
  const pace = createPace({ most: 1, minuteMs: 60_000 }, timers);
  send(pace, 2, 5_000);
  await pass(64_999);
  expect(left).toEqual([0]);
  await pass(1);
  expect(left).toEqual([0, 65_000]);
});

test('Who waits and gives up takes no place', async () => {
  const pace = createPace({ most: 1, minuteMs: 60_000 }, timers);
  send(pace, 1, 0);
  const giving = new AbortController();
  const gaveUp = pace.turn(giving.signal);
  send(pace, 1, 0);
  await pass(1_000);
  giving.abort(new Error('enough'));
  await expect(gaveUp).rejects.toThrow('enough');
  await pass(60_000);
  expect(left).toEqual([0, 60_000]);
});

describe('how long until a place is free', () => {
  test('Not at all, while there is one', () => {
    expect(createPace({ most: 1, minuteMs: 60_000 }, timers).restMs()).toBe(0);
  });

  test('Those who wait already come first', async () => {
    const pace = createPace({ most: 2, minuteMs: 60_000 }, timers);
    send(pace, 1, 0);
    await pass(10_000);
    send(pace, 2, 0);
    await pass(0);
    expect(pace.restMs()).toBe(60_000);
  });
});

test('What can wait leaves half of all places to others', async () => {
  const pace = createPace({ most: 4, minuteMs: 60_000 }, timers);
  send(pace, 1, 0);
  await pass(10_000);
  expect(pace.spareRestMs()).toBe(0);
  send(pace, 1, 0);
  await pass(0);
  expect(pace.spareRestMs()).toBe(50_000);
  expect(pace.restMs()).toBe(0);
});

test('When the limit changes, those who wait go by the new one', async () => {
  const pace = createPace({ most: 1, minuteMs: 60_000 }, timers);
  send(pace, 4, 0);
  await pass(10_000);
  pace.change({ most: 3, minuteMs: 60_000 });
  await pass(0);
  expect(left).toEqual([0, 10_000, 10_000]);
});

describe('handed on', () => {
  test('The next one counts what the one before sent', async () => {
    const first = createPace({ most: 60, minuteMs: 60_000 }, timers);
    send(first, 40);
    await pass(30_000);
    const second = createPace({ most: 60, minuteMs: 60_000 }, timers, first.taken());
    send(second, 60);
    await pass(20_000);
    expect(left).toHaveLength(60);
    await pass(11_000);
    expect(left).toHaveLength(100);
    expect(mostInAMinute(0)).toBe(60);
  });

  test('A request under way counts as sent just now', async () => {
    const pace = createPace({ most: 60, minuteMs: 60_000 }, timers);
    send(pace, 1, 10_000);
    await pass(1_000);
    expect(pace.taken()).toEqual([[60_000, 1]]);
  });

  test('However many there were, it is told in few words', async () => {
    const pace = createPace({ most: 10_000, minuteMs: 60_000 }, timers);
    for (let second = 0; second < 60; second += 1) {
      send(pace, 100, 1);
      await pass(1_000);
    }
    const taken = pace.taken();
    expect(taken.length).toBeLessThanOrEqual(121);
    expect(taken.reduce((sum, [, count]) => sum + count, 0)).toBe(6_000);
  });

  // Each time used to put it off by up to half a second.
  test('However often it is handed on, no place is free later for it', async () => {
    const limit = { most: 10_000, minuteMs: 60_000 };
    let pace = createPace(limit, timers);
    for (let count = 0; count < 1_000; count += 1) {
      send(pace, 1, 1);
      await pass(37);
    }
    const first = pace.taken();
    for (let count = 0; count < 50; count += 1) {
      pace = createPace(limit, timers, pace.taken());
      await pass(10);
    }
    // As the clock tells it to the next: to the millisecond and its fractions.
    const freeIn = (taken: TakenPlaces, laterMs: number) =>
      taken.map(([inMs, count]) => [Math.round(inMs + laterMs), count]);
    expect(freeIn(pace.taken(), 500)).toEqual(freeIn(first, 0));
  });
});
