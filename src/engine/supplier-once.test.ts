/** Invariant 5, once per supplier: while one is being made, and after an answer about it was lost. */
import { pino } from 'pino';
import { beforeEach, expect, test } from 'vitest';
import { systemTimers } from '../core/clock.ts';
import { SyncFailure } from '../core/failure.ts';
import { DEFAULT_RULES } from '../core/rules.ts';
import { sampleBill } from '../core/test-bill.ts';
import type { Connector } from '../sdk/connector.ts';
import type { Connection } from '../store/connections.ts';
import type { DuePosting } from '../store/claimable.ts';
import type { WorkerContext } from './engine.ts';
import type { LaneSession } from './lane-session.ts';
import type { LogWriter } from './log-writer.ts';
import { planBill } from './plan.ts';
import { syncPosting } from './sync-posting.ts';
import { createLedger } from './test-ledger.ts';
import { createWorkerSessions } from './worker-sessions.ts';

const LANE = { companyId: 'c', connectionId: 'x', fence: 1, pausedUntil: null, pauseCount: 0 };
const hold = { lane: LANE, signal: new AbortController().signal, assertHeld() {} };
const log: LogWriter = { open: async () => 'a', write: async () => 'b', close: async () => {} };

let now: Date;
let connection: Connection;
/** What the accounting system has, and how it answers the next time one is made. */
let suppliers: string[];
let answer: () => Promise<void>;
beforeEach(() => {
  now = new Date('2026-11-24T10:00:00Z');
  connection = {
    id: 'x',
    companyId: 'c',
    connector: 'ledger',
    enabled: true,
    rules: { ...DEFAULT_RULES, defaultAccount: '5010' },
    changedAt: now,
  } as Connection;
  suppliers = [];
  answer = async () => {};
});

function openWorker() {
  const remembered = new Map<string, string>();
  const connector = {
    settings: { safeParse: () => ({ success: true, data: {} }) },
    limits: () => ({ concurrent: 2, perMinute: null, arrivesWithinMs: 60_000 }),
    open: () => ({
      ...createLedger(),
      async ensureSupplier(
        call: Parameters<LaneSession['session']['check']>[0],
        _: unknown,
        key: string,
      ) {
        if (suppliers.includes(key)) return key;
        await call.write({ method: 'POST', target: '/suppliers', body: null, sha256: null });
        await answer();
        suppliers.push(key);
        return key;
      },
    }),
  } as unknown as Connector;
  let made = 0;
  const context = {
    clock: { now: () => now },
    timers: systemTimers,
    ids: { next: () => `id-${++made}` },
    random: () => 0.5,
    logger: pino({ level: 'silent' }),
    connectors: new Map([['ledger', connector]]),
    timing: { timeoutMs: 1_000 },
    store: {
      findConnection: async () => connection,
      findCompany: async () => ({ id: 'c', name: 'Prøve ApS', baseCurrency: 'DKK' }),
      findRemoteSupplier: async (_: unknown, key: string) => remembered.get(key) ?? null,
      keepRemoteSupplier: async (_: unknown, key: string, id: string) =>
        void remembered.set(key, id),
      lostSupplierWriteAt: async () => null,
    },
  } as unknown as WorkerContext;
  const sessions = createWorkerSessions(context);
  sessions.beginWork({ ...LANE, pace: [] });
  return {
    /** One attempt at a bill of the same supplier: its outcome. */
    async attempt(): Promise<string | undefined> {
      const asking = { trigger: 'change', changes: [], actor: null, requestId: null, now } as const;
      const bill = sampleBill();
      const [wish] = planBill(bill, connection, [], asking, () => context.ids.next());
      const due = { ...wish!, lastAttemptId: null, invoice: null, lostFields: null, bill };
      const session = (await sessions.get(LANE))!;
      const made = await syncPosting(context, log, hold, session, due as unknown as DuePosting);
      await made.closed;
      return made.ending?.outcome;
    },
  };
}

// Used to be waited for anew at each attempt, for ever.
test('A supplier whose answer was lost is waited for once, and then made', async () => {
  const worker = openWorker();
  answer = async () => {
    throw new SyncFailure('answer-lost', { uncertain: true });
  };
  expect(await worker.attempt()).toBe('uncertain');
  answer = async () => {};
  for (let waited = 0; waited < 3; waited += 1) {
    now = new Date(now.getTime() + 15_000);
    expect(await worker.attempt()).toBe('uncertain');
  }
  now = new Date(now.getTime() + 15_000);
  expect(await worker.attempt()).toBe('created');
});

// Used to be made twice: a session of other settings knew nothing of what its predecessor was about.
test('A supplier that is being made when the rules are changed is made once', async () => {
  const worker = openWorker();
  const { promise, resolve } = Promise.withResolvers<void>();
  answer = () => promise;
  const first = worker.attempt();
  await systemTimers.soon();
  connection = { ...connection, changedAt: new Date(now.getTime() + 1) };
  const second = worker.attempt();
  await systemTimers.soon();
  resolve();
  expect(await Promise.all([first, second])).toEqual(['created', 'created']);
  expect(suppliers).toHaveLength(1);
});
