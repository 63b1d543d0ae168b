/**
 * The breaker as seen from outside: whatever is wrong with the accounting system as a whole pauses the
 * connection once. One line of the integration log per probe, one warning when it begins, one line when
 * it is over, no bill failed; and then all of them in order.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pino } from 'pino';
import { type Books, closeBooks, openBooks, startAnother } from '../../test/support/books.ts';
import { startWorld, type World } from '../../test/support/world.ts';
import { startSandboxSystem } from '../sdk/testing/sandbox-system.ts';

interface Line {
  readonly level: number;
  readonly msg: string;
  readonly connectionId?: string;
}

let world: World;
let service: Awaited<ReturnType<typeof startAnother>>;
const log: Line[] = [];
const logger = pino({}, { write: (line: string) => void log.push(JSON.parse(line) as Line) });

beforeAll(async () => {
  world = await startWorld();
  await world.service.stop();
  // Patient: a busy machine is slow to answer, and these tests count attempts.
  service = await startAnother(world, { timeoutMs: 30_000 }, logger);
});
afterAll(async () => {
  await service.stop();
  await closeBooks();
  await world.stop();
});

const BILLS = 30;

/** Thirty bills that are due at once, in the order of their numbers. */
async function thirtyDue(books: Books): Promise<string[]> {
  await books.editConnection({ enabled: false });
  const ids: string[] = [];
  for (let bill = 1; bill <= BILLS; bill++)
    ids.push((await books.addBill({ number: `F-${String(bill).padStart(2, '0')}` })).id);
  await books.editConnection({ enabled: true });
  return ids;
}

async function outcomes(books: Books): Promise<{ number: string; outcome: string }[]> {
  const { rows } = await world.database.pool.query<{ number: string; outcome: string }>(
    `select a.bill ->> 'number' as number, r.outcome
     from attempts a
     join attempt_results r on r.company_id = a.company_id and r.attempt_id = a.attempt_id
     where a.company_id = $1
     order by r.chain_number`,
    [books.companyId],
  );
  return rows;
}

/** Waits for the pause after so many probes: an attempt each, and no bill is failed. */
async function pausedAfter(books: Books, probes: number): Promise<void> {
  await world.until(
    async () => {
      const { rows } = await world.database.pool.query<{ count: number }>(
        'select pause_count as count from lanes where company_id = $1',
        [books.companyId],
      );
      return rows[0]!.count;
    },
    (count) => count === probes,
    30_000,
  );
  expect((await outcomes(books)).map(({ outcome }) => outcome)).toEqual(
    Array.from({ length: probes }, () => 'failed'),
  );
  const { rows } = await world.database.pool.query(
    'select state, count(*) from postings where company_id = $1 group by 1',
    [books.companyId],
  );
  expect(rows).toEqual([{ state: 'waiting', count: BILLS }]);
}

async function allInOrder(books: Books, ids: readonly string[]): Promise<void> {
  for (const id of ids) await books.reach(id, 'in-step');
  const all = await outcomes(books);
  const probed = new Set(
    all.filter(({ outcome }) => outcome === 'failed').map((each) => each.number),
  );
  const created = all.filter(({ outcome }) => outcome === 'created').map(({ number }) => number);
  const untried = created.filter((number) => !probed.has(number));
  expect(created).toHaveLength(BILLS);
  expect(untried).toEqual([...untried].sort());
  expect(books.system.books.counts().duplicates).toEqual([]);
  const told = log.filter(({ connectionId }) => connectionId === books.connection.id);
  expect(told.map(({ level, msg }) => [level, msg])).toEqual([
    [40, 'the connection is paused'],
    [30, 'the accounting system answers again; the connection goes on'],
  ]);
}

test('Down: the connection is paused once, and goes on by itself', async () => {
  const books = await openBooks(world, { url: service.url, settings: { concurrent: 1 } });
  const { port } = new URL(books.system.url);
  await books.system.close();
  const ids = await thirtyDue(books);
  await pausedAfter(books, 1);
  await books.tryNow();
  await pausedAfter(books, 2);
  const system = await startSandboxSystem({ port: Number(port) });
  try {
    await allInOrder({ ...books, system }, ids);
  } finally {
    await system.close();
  }
}, 120_000);

test('Signed out: the connection is paused once, and goes on at sign-in', async () => {
  const settings = { concurrent: 1, clientSecret: 'forkert' };
  const books = await openBooks(world, { url: service.url, settings });
  const ids = await thirtyDue(books);
  await pausedAfter(books, 1);
  await books.tryNow();
  await pausedAfter(books, 2);
  const { clientId, clientSecret, url: baseUrl } = books.system;
  // What is written may arrive late here; an attempt overtaken by the new settings used to count as lost,
  // and made every bill of its supplier wait, each wait beginning the next.
  await books.editConnection({ settings: { baseUrl, clientId, clientSecret, concurrent: 1 } });
  await allInOrder(books, ids);
}, 120_000);

test('A limit that is reached: the connection is paused once, and goes on by itself when it may', async () => {
  const books = await openBooks(world, { url: service.url, settings: { concurrent: 1 } });
  books.system.faults.next({ kind: 'rate-limited', retryAfter: 1, times: 2 });
  const ids = await thirtyDue(books);
  await pausedAfter(books, 1);
  await books.tryNow();
  await pausedAfter(books, 2);
  await allInOrder(books, ids);
}, 120_000);
