/** Reconciliation: it tells how each posting stands there, changes nothing, and never holds up syncing. */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type Books, openBooks } from '../../test/support/books.ts';
import { inOneWorld, world } from '../../test/support/one-world.ts';
import { startNightly } from './start-reconciliation.ts';

// No sweep of its own, which plans what was forgotten.
inOneWorld({ sweepMs: 3_600_000 });

const period = { fromOn: '2026-11-01', toOn: '2026-11-30' };

const start = async ({ client, companyId }: Books) => {
  const { items } = await client.startReconciliation({ params: { companyId }, body: period });
  return items[0]!;
};
const look = ({ client, companyId }: Books, reconciliationId: string) =>
  client.getReconciliation({ params: { companyId, reconciliationId } });
const over = (books: Books, id: string) =>
  world.until(
    () => look(books, id),
    ({ finishedAt }) => finishedAt !== null,
    30_000,
  );
const rowsOf = async ({ client, companyId }: Books, reconciliationId: string) =>
  (
    await client.listReconciliationRows({
      params: { companyId, reconciliationId },
      query: { limit: 200 },
    })
  ).items;

describe('what it finds', () => {
  test.concurrent('Same, missing, twice, changed, still there, and there though nobody asked', async () => {
    const books = await openBooks(world);
    const bills = [];
    for (let n = 0; n < 6; n++) bills.push(await books.addBill());
    const [same, deleted, twice, changed, forgotten, cancelled] = bills.map(({ id }) => id) as [
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    for (const { id } of bills) await books.reach(id, 'in-step');
    const refOf = async (billId: string) => (await books.invoice(billId)).id;
    const { books: there } = books.system;
    const recordOf = (reference: string) => there.invoices.find(reference)[0]!;
    there.deleteByHand(await refOf(deleted));
    const {
      id: _,
      version: _v,
      attachments: _a,
      closed: _c,
      ...copy
    } = recordOf(await refOf(twice));
    there.createInvoice(copy);
    there.editByHand(await refOf(changed), 'rettet derovre');
    const stranger = randomUUID();
    there.createInvoice({ ...copy, externalReference: stranger, number: 'F-fremmed' });
    there.createInvoice({ ...copy, externalReference: 'deres egen' });
    // As if the wish had been forgotten.
    await world.database.pool.query(`delete from postings where bill_id = $1`, [forgotten]);
    there.closeByHand(await refOf(cancelled));
    await books.client.cancelBill({ params: { companyId: books.companyId, billId: cancelled } });
    await books.reach(cancelled, 'failed');
    const before = books.system.received.length;

    const { id } = await start(books);
    const done = await over(books, id);
    expect(done).toMatchObject({ state: 'done', bills: 6, billsLookedAt: 6 });
    const rows = await rowsOf(books, id);
    const told = rows.map(({ billId, verdict, reason }) => [billId, verdict, reason]);
    expect(told).toHaveLength(8);
    expect(told).toEqual(
      expect.arrayContaining([
        [same, 'same', null],
        [deleted, 'missing', 'deleted'],
        [twice, 'duplicate', null],
        [changed, 'deviates', null],
        [forgotten, 'missing', 'never-attempted'],
        [cancelled, 'deviates', 'still-there'],
        [null, 'unknown', 'no-posting'],
        // The record of the forgotten one, by whose reference no posting is known any more.
        [null, 'unknown', 'no-posting'],
      ]),
    );
    expect(rows.find(({ billId }) => billId === changed)?.differences).toEqual([
      { field: 'note', confirmed: null, there: 'rettet derovre', wanted: null },
    ]);
    expect(rows.find(({ number }) => number === 'F-fremmed')).toMatchObject({
      verdict: 'unknown',
      amount: '125.00',
    });
    expect(done.totals).toEqual(
      expect.arrayContaining([
        { verdict: 'same', kind: 'supplier-invoice', currency: 'DKK', rows: 1, amount: '125.00' },
        {
          verdict: 'missing',
          kind: 'supplier-invoice',
          currency: 'DKK',
          rows: 2,
          amount: '250.00',
        },
      ]),
    );
    // It only looked.
    const asked = books.system.received.slice(before).map(({ method }) => method);
    expect(new Set(asked)).toEqual(new Set(['GET']));
  }, 60_000);

  test.concurrent('Nobody is said to have deleted what an attempt without an answer may have taken away', async () => {
    const books = await openBooks(world);
    const bill = await books.addBill();
    await books.reach(bill.id, 'in-step');
    books.system.books.deleteByHand((await books.invoice(bill.id)).id);
    await world.database.pool.query(`update postings set must_look = true where bill_id = $1`, [
      bill.id,
    ]);
    const { id } = await start(books);
    await over(books, id);
    expect(await rowsOf(books, id)).toMatchObject([{ verdict: 'missing', reason: 'not-there' }]);
  });

  test.concurrent('Its CSV has a line for each, and what looks like a formula is text', async () => {
    const books = await openBooks(world);
    const bill = await books.addBill({ number: '=1+1', note: 'a' });
    await books.reach(bill.id, 'in-step');
    const { id } = await start(books);
    await over(books, id);
    const answer = await books.client.reconciliationCsv({
      params: { companyId: books.companyId, reconciliationId: id },
    });
    const [head, line, ...rest] = (await answer.text()).split('\r\n');
    expect(head).toMatch(/^\u{FEFF}?verdict,reason,kind,number,supplier,on,currency,amount,/u);
    expect(line).toContain(
      "same,,supplier-invoice,'=1+1,Kontorlageret Demo A/S,2026-11-02,DKK,125.00",
    );
    expect(rest).toEqual(['']);
    const forDanes = await books.client.reconciliationCsv({
      params: { companyId: books.companyId, reconciliationId: id },
      query: { decimals: 'comma' },
    });
    expect(await forDanes.text()).toContain(
      "\r\nsame;;supplier-invoice;'=1+1;Kontorlageret Demo A/S;2026-11-02;DKK;125,00;",
    );
  });

  test.concurrent('What was found missing is synced again from it', async () => {
    const books = await openBooks(world);
    const bill = await books.addBill();
    await books.reach(bill.id, 'in-step');
    await world.database.pool.query(`delete from postings where bill_id = $1`, [bill.id]);
    const { id } = await start(books);
    await over(books, id);
    const of = { by: 'reconciled', reconciliationId: id, verdict: 'missing' } as const;
    const { accepted } = await books.client.startResyncRun({
      params: { companyId: books.companyId },
      body: { of },
    });
    expect(accepted).toBe(1);
    await books.reach(bill.id, 'in-step');
  });

  test.concurrent('What is kept as it is there counts as the same', async () => {
    const books = await openBooks(world, { rules: { onConflict: 'accounting-system-wins' } });
    const bill = await books.addBill();
    const [posting] = await books.reach(bill.id, 'in-step');
    books.system.books.editByHand(posting!.id, 'rettet derovre');
    await books.resync(bill.id);
    await world.until(
      () => books.invoice(bill.id),
      ({ kept, state }) => kept.length === 1 && state === 'in-step',
    );
    const { id } = await start(books);
    await over(books, id);
    expect((await rowsOf(books, id)).map(({ verdict }) => verdict)).toEqual(['same']);
  });

  test.concurrent('So does the sum that follows from it', async () => {
    const books = await openBooks(world, { rules: { onConflict: 'accounting-system-wins' } });
    const bill = await books.addBill();
    const [posting] = await books.reach(bill.id, 'in-step');
    const { invoices } = books.system.books;
    const [there] = invoices.find(posting!.id);
    const lines = there!.lines.map((line) => ({ ...line, net: '80.00' }));
    invoices.put({ ...there!, lines, version: there!.version + 1 });
    await books.edit(bill.id, { note: 'Til lageret' });
    await world.until(
      () => books.invoice(bill.id),
      ({ kept, state }) => kept.length === 1 && state === 'in-step',
    );
    expect(invoices.find(posting!.id)[0]).toMatchObject({ memo: 'Til lageret', total: '105.00' });
    const { id } = await start(books);
    await over(books, id);
    expect((await rowsOf(books, id)).map(({ verdict }) => verdict)).toEqual(['same']);
  });

  test.concurrent('A bill that can not be read is told as that, and the next is looked at', async () => {
    const books = await openBooks(world);
    const [first, second] = [await books.addBill(), await books.addBill()];
    for (const { id } of [first, second]) await books.reach(id, 'in-step');
    const path = '/supplier-invoices';
    books.system.faults.next({ kind: 'error-before-commit', on: 'read', path, times: 4 });
    const { id } = await start(books);
    const done = await over(books, id);
    expect(done.state).toBe('done');
    const told = (await rowsOf(books, id)).map(({ billId, verdict }) => [billId, verdict]);
    expect(told).toEqual([
      [first.id, 'unknown'],
      [second.id, 'same'],
    ]);
  }, 60_000);
});

describe('beside syncing', () => {
  const withBills = async (count: number, settings: Record<string, unknown> = {}) => {
    // One by one, so that there is a meanwhile.
    const books = await openBooks(world, {
      settings: { concurrent: 4, findsMany: false, ...settings },
    });
    const bills = [];
    for (let n = 0; n < count; n++) bills.push(await books.addBill());
    for (const { id } of bills) await books.reach(id, 'in-step');
    return { books, bills };
  };
  const slowly = (books: Books) =>
    books.system.faults.atRandom({
      seed: 1,
      probability: 1,
      faults: [{ kind: 'delay', on: 'read', delayMs: 150 }],
    });

  test.concurrent('A bill that comes meanwhile is synced before it is over', async () => {
    const { books } = await withBills(20);
    slowly(books);
    const { id } = await start(books);
    await world.until(
      () => look(books, id),
      ({ billsLookedAt }) => billsLookedAt > 0,
    );
    const bill = await books.addBill();
    await books.reach(bill.id, 'in-step');
    expect((await look(books, id)).finishedAt).toBeNull();
    expect((await over(books, id)).state).toBe('done');
  }, 60_000);

  test.concurrent('Of a limit per minute it leaves half to syncing', async () => {
    const { books } = await withBills(3, { perMinute: 16 });
    const { id } = await start(books);
    await world.until(
      async () => books.system.received.length,
      (requests) => requests === 8,
    );
    // A bill that comes now finds its place.
    const bill = await books.addBill();
    await books.reach(bill.id, 'in-step');
    expect(await look(books, id)).toMatchObject({ state: 'running', finishedAt: null });
  });

  test.concurrent('It goes by the rules as they are, though an attempt was begun by those before', async () => {
    const { books, bills } = await withBills(2, { concurrent: 1, timeoutMs: 2_000 });
    const { client, companyId } = books;
    // Beyond our patience: the other bill stands in line meanwhile.
    books.system.faults.next({ kind: 'delay', on: 'read', delayMs: 4_000 });
    const billIds = bills.map((bill) => bill.id);
    await client.startResyncRun({
      params: { companyId },
      body: { of: { by: 'bills', billIds } },
    });
    await world.until(
      () => Promise.all(billIds.map((billId) => books.invoice(billId))),
      (postings) => postings.some(({ state }) => state === 'syncing'),
    );
    await books.editConnection({ rules: { supplierInvoices: false } });
    const { id } = await start(books);
    expect(await over(books, id)).toMatchObject({ state: 'done', billsLookedAt: 2 });
    expect(await rowsOf(books, id)).toEqual([]);
  }, 60_000);

  test.concurrent('The first days there are begin no earlier', async () => {
    const { books } = await withBills(0);
    const { items } = await books.client.startReconciliation({
      params: { companyId: books.companyId },
      body: { toOn: '0001-01-20' },
    });
    expect(items).toMatchObject([{ fromOn: '0001-01-01', toOn: '0001-01-20' }]);
    await over(books, items[0]!.id);
  }, 60_000);

  test.concurrent('Only one at a time is under way in an integration', async () => {
    const { books } = await withBills(4);
    slowly(books);
    const { id } = await start(books);
    await expect(start(books)).rejects.toMatchObject({ problem: { code: 'already-so' } });
    await over(books, id);
    await over(books, (await start(books)).id);
  }, 60_000);

  test.concurrent('Bills whose day is moved meanwhile, back or ahead, are told once', async () => {
    const { books, bills } = await withBills(8);
    slowly(books);
    const { id } = await start(books);
    await world.until(
      () => look(books, id),
      ({ billsLookedAt }) => billsLookedAt > 0,
    );
    await books.edit(bills[7]!.id, { issuedOn: '2026-11-01' });
    await books.edit(bills[0]!.id, { issuedOn: '2026-11-29' });
    expect((await look(books, id)).billsLookedAt).toBeLessThan(7);
    expect(await over(books, id)).toMatchObject({ state: 'done', billsLookedAt: 8 });
    const told = (await rowsOf(books, id)).map(({ billId }) => billId);
    expect(told).toEqual(bills.map((bill) => bill.id));
  }, 60_000);

  test.concurrent('Turning the integration off stops it', async () => {
    const { books } = await withBills(10);
    slowly(books);
    const { id } = await start(books);
    await books.editConnection({ enabled: false });
    expect((await over(books, id)).state).toBe('stopped');
  }, 60_000);
});

test('Every night, from three, once for each integration that wants it', async () => {
  const [doesNot, does] = [await openBooks(world), await openBooks(world)];
  for (const books of [doesNot, does])
    await books.reach((await books.addBill({ issuedOn: '2026-01-05' })).id, 'in-step');
  await does.editConnection({ rules: { reconcileNightly: true } });
  const at = (instant: string) => ({
    ...world.service.context,
    clock: { now: () => new Date(instant) },
  });
  const nights = async ({ client, companyId }: Books) =>
    (await client.listReconciliations({ params: { companyId } })).items.filter(
      ({ nightly }) => nightly,
    );
  // Copenhagen is an hour ahead of UTC in winter.
  await startNightly(at('2026-01-10T01:59:00Z'));
  expect(await nights(does)).toEqual([]);
  await startNightly(at('2026-01-10T02:00:00Z'));
  await startNightly(at('2026-01-10T02:01:00Z'));
  expect(await nights(does)).toMatchObject([{ toOn: '2026-01-10', fromOn: '2025-10-12' }]);
  expect(await nights(doesNot)).toEqual([]);
});

test('After a crash it goes on where it stood, and tells no bill twice', async () => {
  const books = await openBooks(world, { settings: { findsMany: false } });
  const bills = [];
  for (let n = 0; n < 12; n++) bills.push(await books.addBill());
  for (const { id } of bills) await books.reach(id, 'in-step');
  books.system.faults.atRandom({
    seed: 1,
    probability: 1,
    faults: [{ kind: 'delay', on: 'read', delayMs: 150 }],
  });
  const { id } = await start(books);
  await world.until(
    () => look(books, id),
    ({ billsLookedAt }) => billsLookedAt >= 3,
  );
  await world.restart();
  const { companyId } = books;
  const params = { companyId, reconciliationId: id };
  const done = await world.until(
    () => world.client.getReconciliation({ params }),
    ({ finishedAt }) => finishedAt !== null,
    30_000,
  );
  expect(done).toMatchObject({ state: 'done', billsLookedAt: 12 });
  const { items } = await world.client.listReconciliationRows({ params, query: { limit: 200 } });
  expect(items.map(({ billId }) => billId ?? '').toSorted()).toEqual(
    bills.map((bill) => bill.id).toSorted(),
  );
}, 60_000);
