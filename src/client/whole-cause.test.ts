/** From page to page through a cause, against a real server that loses answers. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createClient, Unreachable } from './client.ts';
import { type CauseRun, resyncWholeCause } from './whole-cause.ts';

const ID = '01932d2a-0000-7000-8000-000000000000';
const CAUSE = { companyId: ID, connectionId: ID, failure: 'period-locked' } as const;

interface Asked {
  readonly key: string | undefined;
  readonly cursor: string | null;
}

let closing = () => {};
afterEach(() => closing());

/** A service of three pages; the connection breaks before the answers said to be lost. */
async function servicePages(isLost: (request: number) => boolean) {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (part: Buffer) => (text += part.toString()));
    request.on('end', () => {
      const { cursor = null } = JSON.parse(text) as { cursor?: string };
      asked.push({ key: request.headers['idempotency-key'] as string, cursor });
      if (isLost(asked.length)) {
        request.socket.destroy();
        return;
      }
      const page = Number(cursor ?? 0);
      const next = page < 2 ? String(page + 1) : null;
      const skipped = page === 1 ? [{ billId: ID, code: 'posting-off', reason: 'r' }] : [];
      response.writeHead(202, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ bills: 2, accepted: 1, deleted: 1, skipped, next }));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  closing = () => void server.close();
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let keys = 0;
  const run = resyncWholeCause(createClient({ baseUrl }), CAUSE, () => `key-${(keys += 1)}`);
  return { run, asked };
}

async function toTheEnd(run: AsyncIterable<CauseRun>): Promise<CauseRun[]> {
  const told: CauseRun[] = [];
  for await (const so of run) told.push(so);
  return told;
}

test('Page after page is asked for, and what has come of it is told on the way', async () => {
  const { run, asked } = await servicePages(() => false);
  const told = await toTheEnd(run);
  expect(told.map(({ bills, next }) => [bills, next])).toEqual([
    [2, '1'],
    [4, '2'],
    [6, null],
  ]);
  const skipped = [{ billId: ID, code: 'posting-off', reason: 'r' }];
  expect(told.at(-1)).toEqual({ bills: 6, accepted: 3, deleted: 3, skipped, next: null });
  expect(asked.map(({ cursor }) => cursor)).toEqual([null, '1', '2']);
});

test('A page whose answer was lost is asked for once more, under its own key', async () => {
  const { run, asked } = await servicePages((request) => request === 2);
  const told = await toTheEnd(run);
  expect(told.at(-1)).toMatchObject({ bills: 6 });
  expect(asked).toEqual([
    { key: 'key-1', cursor: null },
    { key: 'key-2', cursor: '1' },
    { key: 'key-2', cursor: '1' },
    { key: 'key-3', cursor: '2' },
  ]);
});

test('When there is no answer at all, it gives up, and what came before was told', async () => {
  const { run } = await servicePages((request) => request > 1);
  expect((await run.next()).value).toMatchObject({ bills: 2 });
  await expect(run.next()).rejects.toThrow(Unreachable);
});

test('Who stops listening stops it', async () => {
  const { run, asked } = await servicePages(() => false);
  for await (const _ of run) break;
  expect(asked).toHaveLength(1);
});
