/** A service that is told to stop ends or hands back what is under way, and another goes on at once. */
import { expect, test } from 'vitest';
import { openBooks, startAnother, through } from '../../test/support/books.ts';
import { inOneWorld, world } from '../../test/support/one-world.ts';

inOneWorld();

async function lanesHeld(companyId: string): Promise<number> {
  const { rows } = await world.database.pool.query<{ held: number }>(
    `select count(*) as held from lanes where company_id = $1 and lease_owner is not null`,
    [companyId],
  );
  return rows[0]!.held;
}

test('Stopping waits for an attempt that ends within the grace, and it is closed as it ended', async () => {
  const other = await startAnother(world, { pollMs: 60_000, graceMs: 5_000 });
  await world.service.stop();
  const books = await openBooks(world, { url: other.url });
  books.system.faults.next({ kind: 'delay', on: 'write', delayMs: 1_000 });
  const bill = await books.addBill();
  await world.until(
    async () => books.system.received.length,
    (count) => count >= 3,
  );
  await other.stop();
  const { rows } = await world.database.pool.query<{ outcome: string }>(
    `select r.outcome from attempts a
     left join attempt_results r on r.company_id = a.company_id and r.attempt_id = a.attempt_id
     where a.bill_id = $1`,
    [bill.id],
  );
  expect(rows.map(({ outcome }) => outcome)).toEqual(['created']);
  expect(await lanesHeld(books.companyId)).toBe(0);
});

test('Stopping while an attempt hangs hands it back as uncertain; the next service looks and goes on', async () => {
  const first = await startAnother(world, { graceMs: 1_500 });
  const books = await openBooks(world, { url: first.url, settings: { arrivesWithinMs: 10_000 } });
  books.system.faults.next({
    kind: 'delay',
    on: 'write',
    path: '/supplier-invoices',
    delayMs: 5_000,
  });
  const bill = await books.addBill();
  const waiting = await Promise.all(Array.from({ length: 5 }, () => books.addBill()));
  await world.until(
    async () => books.system.received.map(({ method, path }) => `${method} ${path}`),
    (requests) => requests.includes('POST /supplier-invoices'),
  );
  // Had it waited for the answer, the outcome would be another.
  await first.stop();
  expect(await lanesHeld(books.companyId)).toBe(0);
  const { rows } = await world.database.pool.query(
    `select posting_id from open_attempts where company_id = $1`,
    [books.companyId],
  );
  expect(rows).toEqual([]);

  const second = await startAnother(world);
  try {
    const again = through(world, second.url, books);
    const all: string[] = [];
    for (const { id } of [bill, ...waiting]) {
      await again.reach(id, 'in-step');
      all.push((await again.outcomes(id)).join(', '));
    }
    const handedBack = /^uncertain: interrupted(, uncertain: answer-lost)*, linked$/;
    expect(all.filter((outcomes) => handedBack.test(outcomes))).toHaveLength(1);
    expect(books.system.books.counts()).toMatchObject({ invoices: 6, duplicates: [] });
  } finally {
    await second.stop();
  }
});

test('Whoever waited for an attempt that ends while stopping is due for the next service', async () => {
  const service = await startAnother(world);
  await world.service.stop();
  const books = await openBooks(world, { url: service.url });
  const { system } = books;
  system.books.setup.lockedThrough = '2026-11-10';
  const bill = await books.addBill();
  await books.pay(bill.id, '125.00');
  await world.until(
    () => books.postings(bill.id),
    (all) =>
      all.some(({ state }) => state === 'failed') &&
      all.some(({ waitingFor }) => waitingFor === 'invoice'),
  );
  system.books.setup.lockedThrough = null;
  system.faults.next({ kind: 'delay', on: 'write', path: '/supplier-invoices', delayMs: 1_000 });
  const before = system.received.length;
  await books.resync(bill.id);
  await world.until(
    async () => system.received.slice(before).map(({ method, path }) => `${method} ${path}`),
    (requests) => requests.includes('POST /supplier-invoices'),
  );
  await service.stop();
  const { rows } = await world.database.pool.query(
    `select kind, state, due_at is not null as due from postings where bill_id = $1 order by kind`,
    [bill.id],
  );
  expect(rows).toEqual([
    { kind: 'supplier-invoice', state: 'in-step', due: false },
    { kind: 'supplier-payment', state: 'waiting', due: true },
  ]);
});
