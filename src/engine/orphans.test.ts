/** Attempts that their worker left open: what is known of the posting when they are closed. */
import { expect, test } from 'vitest';
import type { Orphan } from '../store/attempt-reading.ts';
import type { WorkerContext } from './engine.ts';
import type { LogWriter } from './log-writer.ts';
import { closeOrphans } from './orphans.ts';
import { NEVER_ATTEMPTED } from './plan.ts';

const NOW = new Date('2026-11-25T08:00:00Z');
const LANE = {
  companyId: 'company',
  connectionId: 'connection',
  fence: 7,
  pausedUntil: null,
  pauseCount: 0,
};

test("A worker's death is no failure of the bill: tried again at once, later tries wait no longer for it", async () => {
  const orphan: Orphan = {
    ...NEVER_ATTEMPTED,
    attemptId: 'attempt',
    postingId: 'posting',
    billId: 'bill',
    openedAt: NOW,
    wrote: true,
    failures: 3,
  };
  const batches = [[orphan], []];
  const closed: Parameters<LogWriter['close']>[0][] = [];
  const context = {
    store: { listOrphans: async () => batches.shift()! },
    clock: { now: () => NOW },
    random: () => 0.5,
  } as unknown as WorkerContext;
  const log = {
    close: async (closing: (typeof closed)[number]) => void closed.push(closing),
  } as unknown as LogWriter;
  expect(await closeOrphans(context, log, LANE)).toBe(1);
  expect(closed).toMatchObject([
    { outcome: 'uncertain', known: { mustLook: true, retryAt: NOW, failures: 3 } },
  ]);
});
