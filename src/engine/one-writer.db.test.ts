/**
 * Invariant 2, one writer: at any time at most one attempt per posting, whoever believes to hold the
 * lane: another machine, a worker whose lease ran out, or one whose database failed it half-way.
 */
import { expect, test } from 'vitest';
import { type Books, closeBooks, openBooks, startAnother } from '../../test/support/books.ts';
import { inOneWorld, world } from '../../test/support/one-world.ts';
import { startWorld } from '../../test/support/world.ts';
import { takeLane } from '../store/lanes.ts';

// Patient: these tests are about the number of attempts, and a busy machine is slow to answer.
inOneWorld({ timeoutMs: 20_000 });

const laneOf = ({ companyId, connection }: Books) => ({ companyId, connectionId: connection.id });
const received = ({ system }: Books, method: string, path: string) =>
  system.received.filter((request) => request.method === method && request.path === path).length;
const after = (ms: number) => new Date(Date.now() + ms);

/** Attempts of one posting that overlap in time. */
async function overlapping(companyId: string): Promise<unknown[]> {
  const { rows } = await world.database.pool.query(
    `select a.attempt_id, b.attempt_id
     from attempts a
     join attempts b on b.company_id = a.company_id and b.posting_id = a.posting_id
       and b.attempt_id > a.attempt_id
     left join attempt_results r on r.company_id = a.company_id and r.attempt_id = a.attempt_id
     where a.company_id = $1 and (r.closed_at is null or r.closed_at > b.opened_at)`,
    [companyId],
  );
  return rows;
}

test('Two machines that share a database sync each bill once between them', async () => {
  const other = await startAnother(world, { timeoutMs: 20_000 });
  try {
    const books = await openBooks(world);
    const many = await openBooks(world, { url: other.url });
    const bills = await Promise.all([
      ...Array.from({ length: 25 }, async () => [books, await books.addBill()] as const),
      ...Array.from({ length: 25 }, async () => [many, await many.addBill()] as const),
    ]);
    for (const [of, { id }] of bills) {
      await of.reach(id, 'in-step');
      expect(await of.outcomes(id)).toEqual(['created']);
    }
    for (const of of [books, many]) {
      expect(of.system.books.counts()).toMatchObject({ invoices: 25, duplicates: [] });
      expect(await overlapping(of.companyId)).toEqual([]);
    }
  } finally {
    await other.stop();
  }
});

test('Whoever lost the lane while its request was under way writes nothing about it', async () => {
  const books = await openBooks(world);
  books.system.faults.next({
    kind: 'delay',
    on: 'write',
    path: '/supplier-invoices',
    delayMs: 3_000,
  });
  const bill = await books.addBill();
  await world.until(
    async () => received(books, 'POST', '/supplier-invoices'),
    (count) => count === 1,
  );
  // Somebody whose clock says that the lease is over takes the lane, and dies.
  const thief = await takeLane(
    world.database.pool,
    laneOf(books),
    'another machine',
    after(60_000),
    after(10_000),
  );
  expect(thief).not.toBeNull();
  await new Promise((resolve) => setTimeout(resolve, 3_500));
  expect(await books.outcomes(bill.id)).toEqual([null]);

  // When its lease is over, too, the attempt is closed as what it is, and looked for.
  await books.reach(bill.id, 'in-step');
  expect(await books.outcomes(bill.id)).toEqual(['uncertain: interrupted', 'linked']);
  expect(books.system.books.counts()).toMatchObject({ invoices: 1, duplicates: [] });
});

test('A lease that is about to run out while we look stops the write that would have followed', async () => {
  const slow = await startWorld({
    leaseMs: 4_000,
    renewMs: 600_000,
    warmMs: 10,
    timeoutMs: 10_000,
  });
  try {
    const books = await openBooks(slow);
    // Within the last fifth of the lease: the database would still let us write.
    books.system.faults.next({ kind: 'delay', on: 'read', path: '/suppliers', delayMs: 3_400 });
    const bill = await books.addBill();
    await books.reach(bill.id, 'in-step');
    expect(received(books, 'POST', '/suppliers')).toBe(1);
    expect(received(books, 'POST', '/supplier-invoices')).toBe(1);
    const outcomes = await books.outcomes(bill.id);
    expect(outcomes.at(-1)).toBe('created');
    expect(outcomes.length).toBeGreaterThan(1);
  } finally {
    await closeBooks();
    await slow.stop();
  }
});

test('A database that fails a worker half-way does not make it give the lane back over attempts under way', async () => {
  const books = await openBooks(world);
  const { pool } = world.database;
  books.system.books.setup.lockedThrough = '2026-10-31';
  books.system.faults.next({
    kind: 'delay',
    on: 'write',
    path: '/supplier-invoices',
    delayMs: 4_000,
  });
  const hanging = await books.addBill();
  await world.until(
    async () => received(books, 'POST', '/supplier-invoices'),
    (count) => count === 1,
  );
  // What a sequence counted stays counted though all else is taken back.
  await pool.query(`
    create sequence parkings;
    create function fail_parking() returns trigger language plpgsql as
    $$ begin perform nextval('parkings'); raise exception 'the disk is full'; end $$;
    create trigger fail_parking before update on postings
    for each row when (new.waiting_for = 'invoice') execute function fail_parking()`);
  try {
    // Its invoice is refused, so its payment, once there is one, is to be parked, and that fails.
    const refused = await books.addBill({ issuedOn: '2026-10-05' });
    await books.reach(refused.id, 'failed', 'retrying');
    await books.pay(refused.id, '10.00');
    await world.until(
      async () => (await pool.query('select is_called from parkings')).rows[0].is_called,
      (hasFailed) => hasFailed === true,
    );
    await books.reach(hanging.id, 'in-step');
    expect(await books.outcomes(hanging.id)).toEqual(['created']);
    expect(received(books, 'POST', '/supplier-invoices')).toBe(2);
    expect(books.system.books.counts()).toMatchObject({ invoices: 1, duplicates: [] });
    expect(await overlapping(books.companyId)).toEqual([]);
  } finally {
    await pool.query(`
      drop trigger fail_parking on postings; drop function fail_parking; drop sequence parkings`);
  }
});
