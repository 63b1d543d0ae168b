import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Exchange } from './attempt.ts';
import { type Announced, sayAll, sayOnce } from './logged-exchange.ts';

const of = (said: Announced): Exchange => ({
  kind: 'http',
  method: said.method,
  target: said.target,
  requestHeaders: {},
  requestBody: said.body,
  requestSha256: null,
  startedAt: '2026-11-25T10:00:00.000Z',
  durationMs: 4,
  status: 201,
  answerHeaders: {},
  answerBody: '{"id":1}',
  error: null,
});
const post = (body: string | null): Announced => ({ method: 'POST', target: '/invoices', body });

test('What a write announced is not said again by its exchange', () => {
  const looked = of({ method: 'GET', target: '/invoices?reference=1', body: null });
  const [first, second] = sayOnce([looked, of(post('{"a":1}'))], [post('{"a":1}')]);
  expect(first).toEqual(looked);
  expect(second).toMatchObject({ requestBody: null, write: 1 });
});

test('A body that no write announced stays', () => {
  const search = of({ method: 'POST', target: '/search', body: '{"a":1}' });
  expect(sayOnce([search], [post('{"a":1}'), post(null)])).toEqual([search]);
});

test('Whatever was sent, and however often, it is read as it was', () => {
  const said = fc.record({
    method: fc.constantFrom('GET', 'POST'),
    target: fc.constantFrom('/a', '/b'),
    body: fc.option(fc.constantFrom('1', '2')),
  });
  fc.assert(
    fc.property(
      fc.array(said, { maxLength: 6 }),
      fc.array(said, { maxLength: 6 }),
      (sent, wrote) => {
        const exchanges = sent.map(of);
        const kept = sayOnce(exchanges, wrote);
        expect(sayAll(kept, wrote)).toEqual(exchanges);
        const named = kept.flatMap(({ write }) => write ?? []);
        expect(new Set(named).size).toBe(named.length);
      },
    ),
  );
});
