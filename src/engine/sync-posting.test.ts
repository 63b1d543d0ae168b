/** Invariants 1 and 2 at the moment of sending: what must be so before a write may leave. */
import { pino } from 'pino';
import { beforeEach, expect, test } from 'vitest';
import { systemTimers } from '../core/clock.ts';
import { DEFAULT_RULES } from '../core/rules.ts';
import { sampleBill } from '../core/test-bill.ts';
import type { AttemptHashes } from '../store/attempt-log.ts';
import type { DuePosting } from '../store/claimable.ts';
import type { EngineContext } from './engine.ts';
import type { LaneSession } from './lane-session.ts';
import { LaneLost, type LogWriter } from './log-writer.ts';
import { planBill } from './plan.ts';
import { type LaneHold, syncPosting } from './sync-posting.ts';
import { createLedger, type Ledger } from './test-ledger.ts';

const now = new Date('2026-11-24T10:00:00Z');
const bill = sampleBill();
const rules = { ...DEFAULT_RULES, defaultAccount: '5010' };

let ledger: Ledger;
/** What the log was told, in order, and when it was done with it. */
let story: string[];
/** How long the log takes to make something durable. */
let slowMs: { opening: number; write: number };
/** What the attempt says the log holds of it. */
let hashes: AttemptHashes | null;
let isOpened: boolean;
let isHeld: () => boolean;
/** By how much the clock has gone on. */
let laterMs: number;
beforeEach(() => {
  ledger = createLedger();
  story = [];
  slowMs = { opening: 0, write: 0 };
  isOpened = true;
  laterMs = 0;
  isHeld = () => true;
});

const rest = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const durable: LogWriter = {
  async open() {
    await rest(slowMs.opening);
    story.push('opened');
    return isOpened ? 'of the opening' : null;
  },
  async write({ number }) {
    await rest(slowMs.write);
    story.push(`write ${number} is durable`);
    return `of write ${number}`;
  },
  async close({ outcome, hashes: said }) {
    hashes = said;
    story.push(`closed: ${outcome}`);
  },
};

let log: { -readonly [Name in keyof LogWriter]: LogWriter[Name] };
beforeEach(() => {
  log = { ...durable };
});

async function attempt(given: Partial<DuePosting> = {}) {
  let made = 0;
  const ids = { next: () => `id-${++made}` };
  const asking = {
    trigger: 'change',
    changes: [],
    actor: null,
    requestId: null,
    now,
  } as const;
  const [wish] = planBill(bill, { id: 'c', enabled: true, rules }, [], asking, ids.next);
  const due = {
    ...wish!,
    failures: 0,
    mustLook: false,
    lostWriteAt: null,
    generation: 0,
    remoteId: null,
    confirmedFields: null,
    keptFields: {},
    lostFields: null,
    lastAttemptId: null,
    requestIds: [],
    asked: false,
    invoice: null,
    bill,
    ...given,
  } as unknown as DuePosting;
  const context = {
    clock: { now: () => new Date(now.getTime() + laterMs) },
    timers: systemTimers,
    ids,
    random: () => 0.5,
    logger: pino({ level: 'silent' }),
  } as unknown as EngineContext;
  const hold: LaneHold = {
    lane: { companyId: 'c', connectionId: 'c', fence: 1, pausedUntil: null, pauseCount: 0 },
    signal: new AbortController().signal,
    assertHeld() {
      if (!isHeld()) throw new LaneLost('The lease has run out.');
    },
  };
  const limits = { concurrent: 1, perMinute: null, arrivesWithinMs: 0 };
  const work = {
    connection: { rules },
    linked: new Map(),
    limits,
    session: withStory(ledger),
  } as unknown as LaneSession;
  const { ending, closed } = await syncPosting(context, log, hold, work, due);
  await closed;
  return ending;
}

/** Tells of what left, among what the log was told. */
function withStory(given: Ledger): Ledger {
  const push = given.story.push.bind(given.story);
  given.story.push = (...names) => {
    story.push(...names);
    return push(...names);
  };
  return given;
}

test('A write leaves when both the opening and the write are durable, whichever takes longer', async () => {
  for (const slow of [
    { opening: 60, write: 0 },
    { opening: 0, write: 60 },
  ]) {
    story = [];
    ledger = createLedger();
    slowMs = slow;
    await expect(attempt()).resolves.toMatchObject({ outcome: 'created' });
    expect(story.slice(0, 2).sort()).toEqual(['opened', 'write 1 is durable']);
    expect(story.slice(2)).toEqual(['create', 'closed: created']);
  }
});

test('The line that closes an attempt says what the log answered', async () => {
  await attempt();
  expect(hashes).toEqual({ opening: 'of the opening', writes: ['of write 1'] });
});

test('When the log failed on a write, which may be in it all the same, the line does not say', async () => {
  log.write = () => Promise.reject(new Error('Nobody knows.'));
  await attempt();
  expect(story).toEqual(['opened', 'closed: failed']);
  expect(hashes).toBeNull();
});

test('A lease that ends while the log is written stops the write, and nothing more is said', async () => {
  slowMs = { opening: 0, write: 80 };
  const endsAt = performance.now() + 40;
  isHeld = () => performance.now() < endsAt;
  await expect(attempt()).rejects.toThrow(LaneLost);
  await rest(100);
  expect(ledger.records.size).toBe(0);
  expect(story.filter((line) => line === 'create' || line.startsWith('closed'))).toEqual([]);
});

test('A lease that has ended lets no write be announced', async () => {
  isHeld = () => false;
  await expect(attempt()).rejects.toThrow(LaneLost);
  await rest(10);
  expect(story).toEqual(['opened']);
});

test('An attempt that a newer wish overtook sends nothing and leaves no line', async () => {
  isOpened = false;
  await expect(attempt()).resolves.toBeNull();
  expect(ledger.records.size).toBe(0);
  expect(story).not.toContain('create');
  expect(story.some((line) => line.startsWith('closed'))).toBe(false);
});

test('What a bill lacks is told in the log, and nothing is sent', async () => {
  const before = rules.defaultAccount;
  rules.defaultAccount = null as unknown as string;
  try {
    await expect(attempt()).resolves.toMatchObject({
      outcome: 'failed',
      failure: { code: 'account-missing' },
    });
    expect(story).toEqual(['opened', 'closed: failed']);
  } finally {
    rules.defaultAccount = before;
  }
});

test('What was announced may have left at any moment until its answer was given up', async () => {
  const { create } = ledger;
  ledger.create = (call, ...given) => {
    const write: typeof call.write = async (intent) => {
      await call.write(intent);
      laterMs = 9_000;
    };
    return create({ ...call, write }, ...given);
  };
  ledger.lose('before');
  const { known } = (await attempt())!;
  expect(known.lostWriteAt).toEqual(new Date(now.getTime() + 9_000));
});

// Whoever changed a bill or pressed Sync again while the system was down used to make it wait up to an hour.
test('After a new wish the waits begin anew; only trying again by itself makes them longer', async () => {
  ledger.lose('before');
  await expect(attempt({ trigger: 'retry', failures: 9 })).resolves.toMatchObject({
    known: { failures: 10 },
  });
  for (const trigger of ['change', 'manual', 'bulk', 'settings'] as const) {
    ledger.lose('before');
    await expect(attempt({ trigger, failures: 9 })).resolves.toMatchObject({
      known: { failures: 1, retryAt: new Date('2026-11-24T10:00:01.500Z') },
    });
  }
});
