/**
 * Failures of the connection pause the lane, once, and mark no bill as failed; what the accounting
 * system asks us to wait is waited; what passes is tried again.
 */
import { expect, test } from 'vitest';
import { type Books, openBooks } from '../../test/support/books.ts';
import { inOneWorld, world } from '../../test/support/one-world.ts';
import { pauseForAnHour } from '../../test/support/long-pause.ts';

inOneWorld();

const paused = (books: Books, code?: string) =>
  world.until(
    () => books.lane(),
    ({ state, pausedUntil, failure }) =>
      state === 'paused' && pausedUntil !== null && (!code || failure?.code === code),
  );
/** No probe of its own for the time being. */
const untilAsked = async (books: Books, code: string) => {
  await paused(books, code);
  await pauseForAnHour(world, books.connection.id);
};
async function attemptsOf(books: Books): Promise<{ bill: string; outcome: string; at: Date }[]> {
  const { rows } = await world.database.pool.query<{ bill: string; outcome: string; at: Date }>(
    `select a.bill ->> 'number' as bill, r.outcome, r.closed_at as at
     from attempts a join attempt_results r on r.company_id = a.company_id and r.attempt_id = a.attempt_id
     where a.company_id = $1 order by r.chain_number`,
    [books.companyId],
  );
  return rows;
}

test.concurrent('Signed out: many bills wait, one attempt tells it, and all go in order when the settings are mended', async () => {
  const books = await openBooks(world, { settings: { concurrent: 1, clientSecret: 'forkert' } });
  const numbers = Array.from({ length: 20 }, (_, index) => `F-${2001 + index}`);
  await books.editConnection({ enabled: false });
  const ids: string[] = [];
  for (const number of numbers) ids.push((await books.addBill({ number })).id);
  await books.editConnection({ enabled: true });
  await untilAsked(books, 'signed-out');
  for (const id of ids) {
    expect(await books.invoice(id)).toMatchObject({ state: 'waiting' });
  }
  // A probe is one attempt more, not twenty.
  for (let probe = 0; probe < 2; probe++) {
    const attempts = await attemptsOf(books);
    await books.tryNow();
    await world.until(
      () => attemptsOf(books),
      (now) => now.length > attempts.length,
    );
    await untilAsked(books, 'signed-out');
    expect(await attemptsOf(books)).toHaveLength(attempts.length + 1);
  }
  // Each probe was another bill, so that one bill alone could not hold up the rest for ever.
  const tried = new Set((await attemptsOf(books)).map(({ bill }) => bill));
  expect(tried.size).toBeLessThan(numbers.length);

  const { clientId, clientSecret, url: baseUrl } = books.system;
  await books.editConnection({
    settings: { baseUrl, clientId, clientSecret, concurrent: 1 },
  });
  for (const id of ids) await books.reach(id, 'in-step');
  const created = (await attemptsOf(books)).filter(({ outcome }) => outcome === 'created');
  const untried = created.map(({ bill }) => bill).filter((bill) => !tried.has(bill));
  expect(created).toHaveLength(numbers.length);
  expect(untried).toEqual(numbers.filter((number) => !tried.has(number)));
  expect(await books.lane()).toMatchObject({ state: 'open', failure: null });
}, 60_000);

// Used to pause anew when the attempt under way failed, as if nobody had asked.
test.concurrent('Asked to try now while it is trying, it tries once more at once', async () => {
  const books = await openBooks(world, { settings: { concurrent: 1, clientSecret: 'forkert' } });
  await books.addBill();
  await untilAsked(books, 'signed-out');
  const signIns = () => books.system.received.filter(({ path }) => path === '/token').length;
  const before = signIns();
  books.system.faults.next({ kind: 'delay', on: 'token', delayMs: 2_000 });
  await books.tryNow();
  await world.until(
    async () => signIns(),
    (count) => count > before,
  );
  // What the person mended meanwhile, the request under way may not have met.
  await books.tryNow();
  await world.until(
    () => attemptsOf(books),
    ({ length }) => length === 3,
  );
  await paused(books, 'signed-out');
  // Of the three, the pause after the last is the second: the one that was under way paused nothing.
  const { rows } = await world.database.pool.query(
    'select pause_count as count from lanes where company_id = $1',
    [books.companyId],
  );
  expect(rows).toEqual([{ count: 2 }]);
}, 60_000);

test.concurrent('An accounting system that is down pauses the lane; when it is back, one attempt probes first', async () => {
  const books = await openBooks(world, { settings: { concurrent: 4 } });
  const first = await books.addBill();
  await books.reach(first.id, 'in-step');
  const baseUrl = 'http://127.0.0.1:9';
  const { clientId, clientSecret, url } = books.system;
  await books.editConnection({ settings: { baseUrl, clientId, clientSecret } });
  const bills = await Promise.all(Array.from({ length: 8 }, () => books.addBill()));
  await paused(books, 'target-unreachable');
  // At most as many as were under way at once.
  const failed = (await attemptsOf(books)).filter(({ outcome }) => outcome === 'failed');
  expect(failed.length).toBeLessThanOrEqual(4);
  await books.editConnection({ settings: { baseUrl: url, clientId, clientSecret } });
  for (const { id } of bills) await books.reach(id, 'in-step');
  expect(books.system.books.counts()).toMatchObject({ invoices: 9, duplicates: [] });
}, 60_000);

test.concurrent('A rate limit pauses the lane for as long as it says, and nothing is sent meanwhile', async () => {
  const books = await openBooks(world, { settings: { concurrent: 1 } });
  const bill = await books.addBill();
  await books.reach(bill.id, 'in-step');
  books.system.faults.next({ kind: 'rate-limited', retryAfter: 7 });
  await books.edit(bill.id, { note: 'x' });
  const lane = await paused(books, 'rate-limited');
  const [, refused] = await attemptsOf(books);
  const waitMs = Date.parse(lane.pausedUntil!) - refused!.at.getTime();
  expect(waitMs).toBeGreaterThanOrEqual(6_900);
  const requests = books.system.requests;
  await books.edit(bill.id, { note: 'y' });
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  expect(books.system.requests).toBe(requests);
  await books.reach(bill.id, 'in-step');
  expect(Date.now()).toBeGreaterThan(Date.parse(lane.pausedUntil!) - 5);
  expect([...books.system.books.invoices.all()]).toMatchObject([{ memo: 'y' }]);
}, 60_000);

test.concurrent('A busy system concerns the bill it was busy for; it is tried again when it said', async () => {
  const books = await openBooks(world);
  books.system.faults.next({
    kind: 'busy',
    retryAfter: 3,
    on: 'write',
    path: '/supplier-invoices',
  });
  const bill = await books.addBill();
  const other = await books.addBill();
  await books.reach(other.id, 'in-step');
  await books.reach(bill.id, 'in-step');
  const [first, second] = await books.attempts(bill.id);
  const waitedMs = Date.parse(second!.openedAt) - Date.parse(first!.closedAt!);
  expect(waitedMs).toBeGreaterThanOrEqual(2_990);
});

test.concurrent('What passes is tried again, later each time', async () => {
  const books = await openBooks(world);
  const bill = await books.addBill();
  await books.reach(bill.id, 'in-step');
  books.system.faults.next({ kind: 'error-before-commit', on: 'read', times: 2 });
  await books.edit(bill.id, { note: 'x' });
  await books.reach(bill.id, 'in-step');
  const [, ...attempts] = await books.attempts(bill.id);
  expect(attempts.map(({ trigger, outcome }) => [trigger, outcome])).toEqual([
    ['change', 'failed'],
    ['retry', 'failed'],
    ['retry', 'updated'],
  ]);
  const waits = attempts
    .slice(1)
    .map(({ openedAt }, index) => Date.parse(openedAt) - Date.parse(attempts[index]!.openedAt));
  expect(waits[0]).toBeGreaterThanOrEqual(990);
  expect(waits[1]).toBeGreaterThanOrEqual(1_990);
});

test.concurrent('A limit per minute is kept, and the rest waits for its turn', async () => {
  const books = await openBooks(world, { settings: { perMinute: 8, concurrent: 4 } });
  const bills = await Promise.all(Array.from({ length: 12 }, () => books.addBill()));
  await world.until(
    async () => books.system.received.length,
    (count) => count === 8,
  );
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(books.system.received).toHaveLength(8);
  const states = await Promise.all(bills.map(({ id }) => books.invoice(id)));
  // What would have to wait for its first request is not begun.
  expect(states.filter(({ state }) => state === 'syncing').length).toBeLessThanOrEqual(4);
  expect(states.filter(({ state }) => state === 'waiting').length).toBeGreaterThan(0);
});

test.concurrent('A limit of 60 in a minute, 5 at once: a backlog drains to it and is never told to slow down', async () => {
  // A minute of three seconds, or this would take long.
  const minuteMs = 3_000;
  const limits = { perMinute: 60, concurrent: 5 };
  const books = await openBooks(world, {
    system: { ...limits, windowMs: minuteMs },
    settings: { ...limits, minuteMs },
  });
  const bills = [];
  while (bills.length < 200)
    bills.push(...(await Promise.all(Array.from({ length: 20 }, () => books.addBill()))));
  for (const { id } of bills) await books.reach(id, 'in-step');
  expect(books.system.limits.refused).toBe(0);
  expect(books.system.limits.mostAtOnce).toBeLessThanOrEqual(5);
  const lines = await attemptsOf(books);
  expect(lines.map(({ outcome }) => outcome)).toEqual(bills.map(() => 'created'));
}, 60_000);

test.concurrent('Changing the settings while an attempt is under way does not disturb it', async () => {
  const books = await openBooks(world);
  books.system.faults.next({
    kind: 'delay',
    on: 'write',
    path: '/supplier-invoices',
    delayMs: 1_000,
  });
  const bill = await books.addBill();
  await world.until(
    async () => books.system.received.map(({ method, path }) => `${method} ${path}`),
    (requests) => requests.includes('POST /supplier-invoices'),
  );
  await books.editConnection({ rules: { vatCodes: { S25: 'I25' } } });
  await world.until(
    () => books.outcomes(bill.id),
    (outcomes) => outcomes.at(-1) === 'updated',
  );
  expect(await books.outcomes(bill.id)).toEqual(['created', 'updated']);
  expect(await books.lane()).toMatchObject({ state: 'open' });
  expect([...books.system.books.invoices.all()][0]!.lines[0]).toMatchObject({ vatCode: 'I25' });
});
