/** What the session makes of every way in which a server can fail to answer. */
import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../core/clock.ts';
import { UNPACED } from './pace.ts';
import { createHttpSession } from './http-session.ts';
import { failureOf, endAnsweringServers, json, page, serve } from './testing/answering-server.ts';
import { createRecordingCall } from './testing/recording-call.ts';

afterEach(endAnsweringServers);

const anything = z.looseObject({});
const write = { method: 'POST', path: '/things', json: { a: 1 }, write: true } as const;
const read = { method: 'GET', path: '/things', write: false, answer: anything } as const;

type Expected = [code: string, uncertainAfterWrite: boolean];

const troubles: [name: string, answer: (response: ServerResponse) => void, expected: Expected][] = [
  ['no answer at all', () => {}, ['answer-lost', true]],
  ['a dropped connection', (response) => response.destroy(), ['answer-lost', true]],
  [
    'an answer that breaks off',
    (response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"a"');
      setTimeout(() => response.destroy(), 10);
    },
    ['answer-lost', true],
  ],
  [
    'an answer that trickles for ever',
    (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(timer));
    },
    ['answer-lost', true],
  ],
  [
    'an answer that is too large',
    (response) => {
      response.writeHead(200, {});
      for (let n = 0; n < 40; n++) response.write('x'.repeat(1000));
      response.end();
    },
    ['answer-unreadable', true],
  ],
  [
    'an answer that says it will be too large',
    (response) => {
      response.writeHead(200, { 'content-length': '99999999' });
      response.write('x');
    },
    ['answer-unreadable', true],
  ],
  ['an HTML page with 200', page(200), ['answer-unreadable', true]],
  ['an empty 200', (response) => void response.end(), ['answer-unreadable', true]],
  ['cut JSON', (response) => void response.end('{"a": [1,'), ['answer-unreadable', true]],
  ['JSON of another shape', (response) => json(response, 200, [1]), ['answer-unreadable', true]],
  ['an HTML page with 502', page(502), ['answer-lost', true]],
  ['a 500', (response) => json(response, 500, { message: 'oops' }), ['target-error', true]],
  [
    'a redirect',
    (response) => json(response, 302, {}, { location: 'https://elsewhere.example/' }),
    ['settings-wrong', true],
  ],
  ['a 503 without a time', (response) => json(response, 503, {}), ['target-error', true]],
  [
    'a 503 with a time',
    (response) => json(response, 503, {}, { 'retry-after': '3' }),
    ['target-busy', true],
  ],
  ['a 401', (response) => json(response, 401, {}), ['signed-out', false]],
  ['a 403 page', page(403), ['access-denied', false]],
  ['a 404 page', page(404), ['answer-unreadable', false]],
  ['a 412', (response) => json(response, 412, {}), ['version-stale', false]],
  ['a 422', (response) => json(response, 422, { message: 'no' }), ['rejected', false]],
  ['a 429 page', page(429), ['rate-limited', false]],
];

/** Ended by nothing but our own patience; the others may take as long as a busy machine does. */
const ENDLESS = new Set(['no answer at all', 'an answer that trickles for ever']);

describe.each(troubles)('%s', (name, answer, [code, uncertain]) => {
  const options = { answerBytesAtMost: 20_000, timeoutMs: ENDLESS.has(name) ? 2_000 : 10_000 };

  test(`on a read is ${code}, and certain`, async () => {
    const { session } = await serve((_, __, response) => answer(response), options);
    const call = createRecordingCall();
    const failure = await failureOf(session.request(call, read));
    expect(failure).toMatchObject({ uncertain: false, details: { code } });
    expect(call.exchanges).toHaveLength(1);
    expect(call.intents).toHaveLength(0);
  });

  test(`on a look-up never reads as "not there"`, async () => {
    const { session } = await serve((_, __, response) => answer(response), options);
    const failure = await failureOf(
      session.lookUp(createRecordingCall(), { ...read, absent: (status) => status === 404 }),
    );
    expect(failure.details.code).toBe(code);
  });

  test(`on a write is ${code}, ${uncertain ? 'uncertain' : 'and certain'}`, async () => {
    const { session } = await serve((_, __, response) => answer(response), options);
    const call = createRecordingCall();
    const failure = await failureOf(session.request(call, { ...write, answer: anything }));
    expect(failure).toMatchObject({ uncertain, details: { code } });
    expect(call.exchanges).toHaveLength(1);
  });
});

describe('a system that cannot be reached', () => {
  test('is unreachable and the write certainly did not arrive', async () => {
    const { session, stop } = await serve(() => {});
    await stop();
    const call = createRecordingCall();
    const failure = await failureOf(session.request(call, write));
    expect(failure).toMatchObject({ uncertain: false, details: { code: 'target-unreachable' } });
    expect(call.exchanges).toMatchObject([{ status: null, error: 'ECONNREFUSED' }]);
  });

  test('is unreachable when its name is unknown', async () => {
    const session = createHttpSession({
      baseUrl: 'http://nowhere.invalid',
      timeoutMs: 3000,
      clock: systemClock,
      pace: UNPACED,
      secrets: [],
    });
    const failure = await failureOf(session.request(createRecordingCall(), write));
    expect(failure).toMatchObject({ uncertain: false, details: { code: 'target-unreachable' } });
    await session.close();
  });

  test('is a wrong setting when the address is none', () => {
    for (const baseUrl of ['nowhere', 'ftp://x.example', 'javascript:alert(1)']) {
      expect(() =>
        createHttpSession({
          baseUrl,
          timeoutMs: 1,
          clock: systemClock,
          pace: UNPACED,
          secrets: [],
        }),
      ).toThrow(/settings-wrong/);
    }
  });
});

describe('how long to wait', () => {
  const now = new Date('2026-01-31T12:00:00Z');
  const wait = async (headers: Record<string, string>) => {
    const { session } = await serve((_, __, response) => json(response, 429, {}, headers), {
      clock: { now: () => now },
    });
    return (await failureOf(session.request(createRecordingCall(), read))).details.retryAfterMs;
  };

  test('is read from seconds and from dates, by their clock or ours, and is bounded', async () => {
    expect(await wait({ 'retry-after': '7' })).toBe(7000);
    expect(await wait({ 'retry-after': '0.5' })).toBe(500);
    expect(await wait({ 'retry-after': '999999999' })).toBe(86_400_000);
    expect(await wait({ 'retry-after': 'soon' })).toBeNull();
    expect(await wait({})).toBeNull();
    const date = 'Sat, 31 Jan 2026 12:00:30 GMT';
    expect(await wait({ 'retry-after': date, date: 'Sat, 31 Jan 2026 12:00:10 GMT' })).toBe(20_000);
    expect(await wait({ 'retry-after': date, date: '-' })).toBe(30_000);
    expect(await wait({ 'retry-after': date, date: 'Sat, 31 Jan 2026 13:00:00 GMT' })).toBe(0);
  });
});
