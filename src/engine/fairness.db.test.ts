/**
 * Lanes take turns: whoever has very much to do does not delay one who has little. Told by the order in
 * which requests arrive at the accounting systems.
 */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Books, closeBooks, openBooks, startAnother } from '../../test/support/books.ts';
import { type Gate, openGate } from '../../test/support/gate.ts';
import { startWorld, type World } from '../../test/support/world.ts';
import { transaction } from '../store/pool.ts';

let world: World;
beforeAll(async () => {
  // One place, and turns that are over as soon as others wait.
  world = await startWorld({ lanesAtMost: 1, turnMs: 0, timeoutMs: 60_000 });
});
const gates: Gate[] = [];
afterEach(async () => {
  await Promise.all(gates.splice(0).map((gate) => gate.close()));
});
afterAll(async () => {
  await closeBooks();
  await world.stop();
});

/** Books whose invoices are held before they arrive. */
async function gated(
  name: string,
  arrived: string[],
  url = world.service.url,
): Promise<{ books: Books; gate: Gate }> {
  const books = await openBooks(world, { url, settings: { concurrent: 1 } });
  const gate = await openGate({
    name,
    target: books.system.url,
    arrived,
    holds: (method, path) => method === 'POST' && path === '/supplier-invoices',
  });
  gates.push(gate);
  const { clientId, clientSecret } = books.system;
  await books.editConnection({
    settings: { baseUrl: gate.url, clientId, clientSecret, concurrent: 1, arrivesWithinMs: 0 },
  });
  return { books, gate };
}

/** Gives companies so many due postings each, at one moment, in the order given: copies of one that is off. */
async function pileUp(piles: readonly Books[], count: number): Promise<void> {
  for (const books of piles) {
    await books.editConnection({ enabled: false });
    await books.reach((await books.addBill()).id, 'off');
  }
  const companies = piles.map(({ companyId }) => companyId);
  // Those that were just looked at are kept at hand for a while.
  await world.until(
    async () => {
      const { rows } = await world.database.pool.query(
        'select 1 from lanes where company_id = any ($1) and lease_owner is not null',
        [companies],
      );
      return rows.length;
    },
    (count) => count === 0,
  );
  await transaction(world.database.pool, async (db) => {
    await db.query(
      `with made as (
         select b.company_id, b.bill_id as from_id, gen_random_uuid() as to_id, n
         from bills b, generate_series(1, $2::int) n
         where b.company_id = any ($1)
       ), copied as (
         insert into bills
         select copy.*
         from made
         join bills b on b.company_id = made.company_id and b.bill_id = from_id,
           jsonb_populate_record(b, jsonb_build_object(
             'bill_id', to_id, 'bill_key', b.bill_key || n, 'number', b.number || '-' || n,
             'document', b.document || jsonb_build_object('id', to_id, 'number', b.number || '-' || n)
           )) as copy
       )
       insert into postings
       select copy.*
       from made
       join postings p on p.company_id = made.company_id and p.bill_id = from_id,
         jsonb_populate_record(p, jsonb_build_object(
           'posting_id', gen_random_uuid(), 'bill_id', to_id, 'due_at', '2026-01-01T00:00:00Z', 'state', 'waiting',
           'off', null
         )) as copy`,
      [companies, count],
    );
    await db.query('analyze bills, postings');
    await db.query('update connections set enabled = true where company_id = any ($1)', [
      companies,
    ]);
    await db.query(
      `update lanes
       set next_due_at = timestamptz '2026-01-01' + array_position($1::uuid[], company_id) * interval '1 second'
       where company_id = any ($1)`,
      [companies],
    );
  });
}

const arrivals = (arrived: readonly string[], count: number) =>
  world.until(
    async () => [...arrived],
    (now) => now.length >= count,
    30_000,
  );

test('A company with 50,000 due bills does not hold up the only bill of another', async () => {
  const arrived: string[] = [];
  const large = await gated('large', arrived);
  const small = await gated('small', arrived);
  await pileUp([large.books], 50_000);
  await arrivals(arrived, 1);
  // The large one's request is on its way and stays so.
  await small.books.addBill();
  expect(await arrivals(arrived, 2)).toEqual(['large', 'small']);
}, 120_000);

test('Lanes that are due are taken in the order in which they became due, and one that had its turn stands at the end', async () => {
  const arrived: string[] = [];
  const [first, second, third] = [
    await gated('first', arrived),
    await gated('second', arrived),
    await gated('third', arrived),
  ];
  const single = await gated('single', arrived);
  await pileUp([first.books, second.books, third.books], 100);
  // One place, and a second one for whoever changes places with the first.
  expect((await arrivals(arrived, 2)).toSorted()).toEqual(['first', 'second']);
  await single.books.addBill();
  first.gate.letOne();
  await arrivals(arrived, 3);
  second.gate.letOne();
  expect((await arrivals(arrived, 4)).slice(2)).toEqual(['third', 'single']);
  third.gate.letOne();
  expect((await arrivals(arrived, 5)).slice(2)).toEqual(['third', 'single', 'first']);
}, 120_000);

test('A worker that has nothing to do is given lanes of one that has many', async () => {
  const arrived: string[] = [];
  const many: Awaited<ReturnType<typeof gated>>[] = [];
  await world.service.stop();
  const busy = await startAnother(world, { lanesAtMost: 10, turnMs: 0, renewMs: 200 });
  for (const name of ['a', 'b', 'c', 'd']) many.push(await gated(name, arrived, busy.url));
  await pileUp(
    many.map(({ books }) => books),
    100,
  );
  await arrivals(arrived, 4);
  const idle = await startAnother(world, { lanesAtMost: 10, turnMs: 0, renewMs: 200 });
  try {
    const holders = async () => {
      const { rows } = await world.database.pool.query<{ owner: string }>(
        `select distinct lease_owner as owner
         from lanes
         where company_id = any ($1) and lease_owner is not null`,
        [many.map(({ books }) => books.companyId)],
      );
      return rows.length;
    };
    // Each lane is asked to leave when its request is answered.
    await world.until(
      async () => {
        for (const { gate } of many) gate.letOne();
        return holders();
      },
      (count) => count >= 2,
      30_000,
    );
  } finally {
    await Promise.all([busy.stop(), idle.stop()]);
  }
}, 120_000);
