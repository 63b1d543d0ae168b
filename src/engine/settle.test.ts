import { describe, expect, test } from 'vitest';
import { FAILURE_CODES, FAILURES, SyncFailure } from '../core/failure.ts';
import { ChangedInTarget, endBadly, endWell, type KnownBefore, MayStillArrive } from './settle.ts';

const now = new Date('2026-11-24T10:00:00Z');
const before: KnownBefore = {
  failures: 2,
  mustLook: false,
  lostWriteAt: null,
  generation: 1,
  remoteId: 'r-1',
  remoteVersion: '3',
  link: 'http://books.example/r-1',
  confirmedFields: { note: 'a' },
  keptFields: {},
  confirmedRevision: 4,
  inStepAt: new Date('2026-11-20T10:00:00Z'),
};
const ofClass = (kind: string) => FAILURE_CODES.filter((code) => FAILURES[code].class === kind);
const end = (error: unknown, hasWritten = false, given = before) =>
  endBadly(error, given, { lastWriteAt: hasWritten ? now : null, now, random: () => 1 });
const inMs = (at: Date | null) => at && at.getTime() - now.getTime();

test('A success forgets the failures before it, and that anything was uncertain', () => {
  const there = {
    remoteId: 'r-2',
    reference: 'p-1',
    version: '1',
    link: null,
    fields: { note: 'b' },
  };
  const ending = endWell(
    { outcome: 'linked', there, confirmedFields: there.fields, keptFields: {}, generation: 1 },
    before,
    7,
    now,
  );
  expect(ending).toMatchObject({ outcome: 'linked', failure: null, pause: null });
  expect(ending.known).toEqual({
    state: 'in-step',
    retryAt: null,
    failures: 0,
    mustLook: false,
    lostWriteAt: null,
    generation: 1,
    remoteId: 'r-2',
    remoteVersion: '1',
    link: null,
    confirmedFields: { note: 'b' },
    keptFields: {},
    keptBefore: {},
    confirmedRevision: 7,
    inStepAt: now,
  });
});

describe('failures', () => {
  test.each(ofClass('posting'))('%s concerns this bill: it waits for a person', (code) => {
    const ending = end(new SyncFailure(code));
    expect(ending).toMatchObject({ outcome: 'failed', pause: null });
    expect(ending.known).toMatchObject({ state: 'failed', retryAt: null, remoteId: 'r-1' });
  });

  test('What was deleted before we knew of it is known from then on: a change does not make it again', () => {
    const gone = new SyncFailure('deleted-in-target', { remoteId: 'r-9' });
    const { known } = end(gone, true, { ...before, remoteId: null, confirmedFields: null });
    expect(known).toMatchObject({ state: 'failed', remoteId: 'r-9', lostWriteAt: null });
  });

  test.each(ofClass('connection'))(
    '%s concerns the connection: the lane pauses, and the bill is not marked as failed',
    (code) => {
      const ending = end(new SyncFailure(code, { retryAfterMs: 9_000 }));
      expect(ending.pause).toMatchObject({ code, retryAfterMs: 9_000 });
      expect(ending.known).toMatchObject({ state: 'waiting', failures: 2 });
      expect(ending.known.retryAt).toEqual(now);
    },
  );

  test.each(ofClass('transient'))('%s passes: it is tried again with backoff', (code) => {
    const ending = end(new SyncFailure(code));
    expect(ending).toMatchObject({ outcome: 'failed', pause: null });
    expect(ending.known).toMatchObject({ state: 'retrying', failures: 3 });
    expect(inMs(ending.known.retryAt)).toBe(8_000);
  });

  test('A retry is not earlier than the system asked for', () => {
    const ending = end(new SyncFailure('target-busy', { retryAfterMs: 120_000 }));
    expect(inMs(ending.known.retryAt)).toBe(120_000);
  });

  test('A write that may have arrived makes the outcome uncertain, whatever failed', () => {
    for (const code of FAILURE_CODES) {
      const ending = end(new SyncFailure(code, { uncertain: true }));
      expect(ending.outcome).toBe('uncertain');
      expect(ending.known).toMatchObject({ state: 'uncertain', mustLook: true, failures: 3 });
      expect(ending.known.retryAt).not.toBeNull();
      expect(ending.pause !== null).toBe(FAILURES[code].class === 'connection');
    }
  });

  test('An error nobody foresaw is uncertain if a write had left, and told in its words', () => {
    expect(end(new TypeError('x is not a function'), true)).toMatchObject({
      outcome: 'uncertain',
      failure: { code: 'internal', originalMessage: 'TypeError: x is not a function' },
    });
    expect(end('odd', false)).toMatchObject({ outcome: 'failed', failure: { code: 'internal' } });
  });

  test('That it must be looked for is not forgotten by a failure that is certain', () => {
    const ending = end(new SyncFailure('target-unreachable'), false, { ...before, mustLook: true });
    expect(ending.known.mustLook).toBe(true);
  });

  test.each(['answer-lost', 'answer-unreadable', 'interrupted', 'internal'] as const)(
    'A write that ended with %s may still be carried out; when it left is kept',
    (code) => {
      const lost = new SyncFailure(code, { uncertain: true });
      expect(end(lost, true).known.lostWriteAt).toEqual(now);
      expect(end(lost, false).known.lostWriteAt).toBeNull();
      expect(end(new SyncFailure(code), true).known.lostWriteAt).toBeNull();
    },
  );

  test('A write that was answered, if with an error, is carried out by now or never', () => {
    const answered = new SyncFailure('target-error', { uncertain: true });
    expect(end(answered, true).known).toMatchObject({ mustLook: true, lostWriteAt: null });
    const earlier = { ...before, lostWriteAt: new Date(now.getTime() - 5_000) };
    expect(end(answered, false, earlier).known.lostWriteAt).toEqual(earlier.lostWriteAt);
  });

  test('Waiting for a lost write is no failure: it is uncertain, and the next look is when it can come no more', () => {
    const lostWriteAt = new Date(now.getTime() - 20_000);
    const until = new Date(now.getTime() + 40_000);
    const ending = end(new MayStillArrive(until, now), false, { ...before, lostWriteAt });
    expect(ending).toMatchObject({ outcome: 'uncertain', pause: null, waits: true });
    expect(ending.failure).toMatchObject({ code: 'answer-lost', retryAfterMs: 40_000 });
    expect(ending.known).toMatchObject({ failures: 2, retryAt: until, lostWriteAt });
  });

  test('A change made there keeps its three values', () => {
    const conflicts = [{ field: 'note', confirmed: 'a', there: 'b', wanted: 'c' }];
    expect(end(new ChangedInTarget(conflicts)).failure).toMatchObject({
      code: 'changed-in-target',
      subject: 'note',
      conflicts,
    });
  });
});
