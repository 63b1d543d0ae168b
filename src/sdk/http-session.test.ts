import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { SyncFailure } from '../core/failure.ts';
import { failureOf, endAnsweringServers, json, page, serve } from './testing/answering-server.ts';
import { createRecordingCall } from './testing/recording-call.ts';

afterEach(endAnsweringServers);

const anything = z.looseObject({});
const write = { method: 'POST', path: '/things', json: { a: 1 }, write: true } as const;
const read = { method: 'GET', path: '/things', write: false, answer: anything } as const;

describe('a write', () => {
  test('is announced before it leaves, with the hash of the bytes that arrive', async () => {
    const { session, seen } = await serve((_, __, response) => json(response, 201, { id: 1 }));
    let seenWhenAnnounced = -1;
    const call = createRecordingCall({
      beforeWrite: async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        seenWhenAnnounced = seen.length;
      },
    });
    await session.request(call, {
      ...write,
      json: { note: 'æ😀', password: 'hush' },
      answer: z.object({ id: z.number() }),
      idempotencyKey: 'key-1',
    });
    expect(seenWhenAnnounced).toBe(0);
    expect(seen[0]!.url).toBe('/api/things');
    expect(seen[0]!.headers['idempotency-key']).toBe('key-1');
    expect(seen[0]!.headers['content-length']).toBe(String(seen[0]!.body.length));
    const sha256 = createHash('sha256').update(seen[0]!.body).digest('hex');
    expect(call.intents).toMatchObject([
      { method: 'POST', sha256, body: '{"note":"æ😀","password":"[redacted]"}' },
    ]);
    expect(call.exchanges).toMatchObject([
      { requestSha256: sha256, status: 201, answerBody: '{"id":1}', error: null },
    ]);
  });

  test('does not leave when it may not', async () => {
    const { session, seen } = await serve((_, __, response) => json(response, 201, {}));
    const call = createRecordingCall();
    const refusal = new SyncFailure('interrupted', { originalMessage: 'the lane was lost' });
    call.refuseWrites(refusal);
    await expect(session.request(call, write)).rejects.toBe(refusal);
    expect(seen).toHaveLength(0);
    expect(call.exchanges).toHaveLength(0);
  });

  test('that was called off before it left is certain', async () => {
    const { session, seen } = await serve((_, __, response) => json(response, 201, {}));
    const call = createRecordingCall({ beforeWrite: () => call.abort() });
    const failure = await failureOf(session.request(call, write));
    expect(failure).toMatchObject({ uncertain: false, details: { code: 'interrupted' } });
    expect(seen).toHaveLength(0);
  });

  test('that was called off on its way is uncertain', async () => {
    const { session } = await serve(() => call.abort());
    const call = createRecordingCall();
    const failure = await failureOf(session.request(call, write));
    expect(failure).toMatchObject({ uncertain: true, details: { code: 'interrupted' } });
  });

  test('that waits for a free connection and is called off never leaves', async () => {
    const held: ServerResponse[] = [];
    const { session, seen } = await serve(
      (request, _, response) =>
        request.url === '/api/first' ? void held.push(response) : json(response, 200, {}),
      { connections: 1 },
    );
    const first = session.request(createRecordingCall(), {
      ...write,
      path: '/first',
      answer: anything,
    });
    await vi.waitFor(() => expect(held).toHaveLength(1), { timeout: 10_000 });
    const call = createRecordingCall();
    const second = failureOf(session.request(call, { ...write, path: '/second' }));
    await vi.waitFor(() => expect(call.intents).toHaveLength(1), { timeout: 10_000 });
    call.abort();
    expect(await second).toMatchObject({ uncertain: false, details: { code: 'interrupted' } });
    json(held[0]!, 201, {});
    expect((await first).status).toBe(201);
    // What stood in the queue would have left before it.
    await session.request(createRecordingCall(), { ...read, path: '/third' });
    expect(seen.map((request) => request.url)).toEqual(['/api/first', '/api/third']);
  });
});

describe('the words of the system', () => {
  const wordsOf = async (answer: (response: ServerResponse) => void, options = {}) => {
    const { session } = await serve((_, __, response) => answer(response), options);
    const call = createRecordingCall();
    const failure = await failureOf(session.request(call, { ...read }));
    return { failure, call };
  };

  test('are kept, from the usual places', async () => {
    const words = async (body: unknown) =>
      (await wordsOf((response) => json(response, 400, body))).failure.details.originalMessage;
    expect(await words({ error: { code: 'x', message: 'Period is locked' } })).toBe(
      'HTTP 400: Period is locked',
    );
    expect(await words({ Message: 'Locked' })).toBe('HTTP 400: Locked');
    expect(await words({ errors: [{ detail: 'Locked' }] })).toBe('HTTP 400: Locked');
    expect(await words({ odd: 1 })).toBe('HTTP 400: {"odd":1}');
    const { failure } = await wordsOf(page(502));
    expect(failure.details.originalMessage).toBe('HTTP 502: Bad gateway Oh no');
  });

  test('lose the secrets they repeat, in the failure and in the log', async () => {
    const { failure, call } = await wordsOf((response) =>
      json(response, 400, { message: 'wrong secret tops3cret' }, { 'x-echo': 'tops3cret' }),
    );
    expect(JSON.stringify([failure.details, failure.stack, call.exchanges])).not.toContain(
      'tops3cret',
    );
  });

  test('are read first by the connector, that may know better', async () => {
    const { failure } = await wordsOf(
      (response) => json(response, 500, { error: { code: 'period-locked' } }),
      {
        classify: (_: number, body: unknown) =>
          JSON.stringify(body).includes('period-locked') ? new SyncFailure('period-locked') : null,
      },
    );
    expect(failure.details.code).toBe('period-locked');
  });

  test('name the place where an answer is not as agreed', async () => {
    const { session } = await serve((_, __, response) => json(response, 200, { a: { b: 'x' } }));
    const failure = await failureOf(
      session.request(createRecordingCall(), {
        ...read,
        answer: z.object({ a: z.object({ b: z.number() }) }),
      }),
    );
    expect(failure.details.originalMessage).toContain('a.b: ');
  });
});

describe('access tokens', () => {
  const tokenWorld = async (options: { lasts?: number; refuseAll?: boolean } = {}) => {
    let valid = 0;
    let granted = 0;
    const world = await serve(
      (request, _, response) => {
        if (request.url === '/api/token') {
          valid = ++granted;
          setTimeout(() => json(response, 200, { access_token: `token-nr-${valid}` }), 30);
        } else if (
          request.headers.authorization === `Bearer token-nr-${valid}` &&
          !options.refuseAll
        )
          json(response, 200, {});
        else json(response, 401, {});
      },
      {
        obtainToken: async (session, call) => {
          const answer = await session.request(call, {
            method: 'POST',
            path: '/token',
            form: { client_secret: 'tops3cret' },
            write: false,
            signedIn: false,
            answer: z.object({ access_token: z.string() }),
          });
          const expiresAt =
            options.lasts === undefined ? null : new Date(Date.now() + options.lasts);
          return { value: answer.body.access_token, expiresAt };
        },
      },
    );
    return { ...world, expire: () => (valid = -1), granted: () => granted };
  };

  test('are fetched once for many requests at once, and again once when they expired', async () => {
    const { session, expire, granted } = await tokenWorld();
    const many = () =>
      Promise.all(Array.from({ length: 12 }, () => session.request(createRecordingCall(), read)));
    await many();
    expect(granted()).toBe(1);
    expire();
    await many();
    expect(granted()).toBe(2);
  });

  test('that are refused though new mean "signed out", after one refresh', async () => {
    const { session, granted, seen } = await tokenWorld({ refuseAll: true });
    const call = createRecordingCall();
    const failure = await failureOf(session.request(call, write));
    expect(failure).toMatchObject({ uncertain: false, details: { code: 'signed-out' } });
    expect(granted()).toBe(2);
    expect(seen.filter((request) => request.url === '/api/things')).toHaveLength(2);
    expect(call.intents).toHaveLength(2);
    expect(JSON.stringify(call.exchanges)).not.toMatch(/token-nr|tops3cret/);
  });

  test('that are about to run out are renewed before they do', async () => {
    const { session, granted } = await tokenWorld({ lasts: 5000 });
    await session.request(createRecordingCall(), read);
    await session.request(createRecordingCall(), read);
    expect(granted()).toBe(2);
  });

  test('come also when the one who fetched them was called off', async () => {
    const { session, granted } = await tokenWorld();
    const first = createRecordingCall();
    const off = failureOf(session.request(first, read));
    const other = session.request(createRecordingCall(), read);
    first.abort();
    expect((await off).details.code).toBe('interrupted');
    expect((await other).status).toBe(200);
    expect(granted()).toBeGreaterThanOrEqual(1);
  });
});

test('"not there" is believed only as the connector reads it, from JSON', async () => {
  const { session } = await serve((_, __, response) =>
    json(response, 404, { error: { code: 'not-found' } }),
  );
  const absent = (status: number, body: unknown) =>
    status === 404 && JSON.stringify(body).includes('not-found');
  expect(await session.lookUp(createRecordingCall(), { ...read, absent })).toBeNull();
});

test.each<[string, (response: ServerResponse) => void]>([
  ['a page', page(200)],
  ['an empty success', (response) => void response.end()],
  ['JSON nobody asked for', (response) => json(response, 200, {})],
])('%s is no answer to a write that expects none', async (_, answer) => {
  const { session } = await serve((_request, _body, response) => answer(response));
  const failure = await failureOf(session.request(createRecordingCall(), write));
  expect(failure).toMatchObject({ uncertain: true, details: { code: 'answer-unreadable' } });
});

test('204 is the answer to a write that expects none', async () => {
  const { session } = await serve((_, __, response) => void response.writeHead(204).end());
  const answer = await session.request(createRecordingCall(), write);
  expect(answer).toMatchObject({ status: 204, body: undefined });
});

describe('a worker that was stopped after its write was let through', () => {
  const lost = new Error('the lease has run out');

  test('sends nothing on the connection that was made meanwhile', async () => {
    const { session, seen } = await serve((_, __, response) => json(response, 201, {}));
    const call = createRecordingCall();
    const sending = failureOf(session.request(call, write));
    // Announced and let through, but the connection is still being made.
    while (call.intents.length === 0) await Promise.resolve();
    call.loseLane(lost);
    expect(await sending).toMatchObject({ uncertain: false, details: { code: 'interrupted' } });
    expect(seen).toHaveLength(0);
  });

  test('breaks a long body off, so that it is not carried out', async () => {
    let arrived = 0;
    const call = createRecordingCall();
    const { session, seen } = await serve((_, __, response) => json(response, 201, {}), {
      onBytes: (bytes) => {
        arrived += bytes;
        call.loseLane(lost);
      },
      timeoutMs: 20_000,
    });
    const bytes = new Uint8Array(64 * 1024 * 1024);
    const body = { bytes, mediaType: 'application/pdf' };
    const failure = await failureOf(
      session.request(call, { method: 'POST', path: '/files', body, write: true }),
    );
    expect(failure).toMatchObject({ uncertain: true });
    expect(arrived).toBeLessThan(bytes.byteLength);
    expect(seen).toHaveLength(0);
  });

  test('whose lease lasts sends a long body whole', async () => {
    const { session, seen } = await serve((_, __, response) => json(response, 201, {}), {
      timeoutMs: 20_000,
    });
    const bytes = Buffer.alloc(300_001, 'bilag');
    const body = { bytes, mediaType: 'application/pdf' };
    await session.request(createRecordingCall(), {
      method: 'POST',
      path: '/files',
      body,
      write: true,
      answer: anything,
    });
    expect(seen[0]!.body.equals(bytes)).toBe(true);
    expect(seen[0]!.headers['content-length']).toBe('300001');
  });
});
