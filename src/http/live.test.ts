import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LiveNotice } from '../store/notices.ts';
import { liveResponse, type LiveHub } from './live.ts';

/** A hub whose notices are said by the test. */
const openHub = () => {
  const hearers = new Set<(notice: LiveNotice) => void>();
  const hub: LiveHub = {
    subscribe(_companyId, hear) {
      hearers.add(hear);
      return () => hearers.delete(hear);
    },
    stop: async () => {},
  };
  return { hub, hearers, say: (notice: LiveNotice) => hearers.forEach((hear) => hear(notice)) };
};

const reader = (response: Response) => {
  const stream = response.body!.getReader();
  return {
    next: async () => new TextDecoder().decode((await stream.read()).value),
    cancel: () => stream.cancel(),
    isDone: async () => (await stream.read()).done,
  };
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('A page hears at once that the line stands, then every change, and a ping every 15 seconds', async () => {
  const { hub, say } = openHub();
  const events = reader(liveResponse(hub, 'c', new AbortController().signal));
  expect(await events.next()).toBe('event: ping\ndata: {}\n\n');
  say({ companyId: 'c', billId: 'b', connectionId: null });
  expect(await events.next()).toBe('event: change\ndata: {"billId":"b","connectionId":null}\n\n');
  await vi.advanceTimersByTimeAsync(15_000);
  expect(await events.next()).toBe('event: ping\ndata: {}\n\n');
});

test('Nothing is kept for a page that has gone, however it went', async () => {
  const { hub, hearers } = openHub();
  const cancelled = reader(liveResponse(hub, 'c', new AbortController().signal));
  const leaving = new AbortController();
  const aborted = reader(liveResponse(hub, 'c', leaving.signal));
  await aborted.next();
  expect(hearers.size).toBe(2);
  await cancelled.cancel();
  leaving.abort();
  expect(hearers.size).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
  expect(await aborted.isDone()).toBe(true);
  const gone = AbortSignal.abort();
  expect(await reader(liveResponse(hub, 'c', gone)).isDone()).toBe(true);
  expect(hearers.size).toBe(0);
});

test('A page that does not read is not remembered for: it is told once to look at everything', async () => {
  const { hub, say } = openHub();
  const events = reader(liveResponse(hub, 'c', new AbortController().signal));
  for (let count = 0; count < 10_000; count++)
    say({ companyId: 'c', billId: `b${count}`, connectionId: null });
  let heard = 0;
  let last = '';
  while (!last.includes('"billId":null')) {
    last = await events.next();
    heard += 1;
    if (heard > 1_000) break;
  }
  expect(last).toBe('event: change\ndata: {"billId":null,"connectionId":null}\n\n');
  say({ companyId: 'c', billId: 'later', connectionId: null });
  expect(await events.next()).toContain('"later"');
});
