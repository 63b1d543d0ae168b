/** Many postings are looked at in one request, and are told no other way than one by one. */
import { expect, test } from 'vitest';
import { type Books, openBooks } from '../../test/support/books.ts';
import { inOneWorld, world } from '../../test/support/one-world.ts';

inOneWorld();

async function withBills(count: number, settings: Record<string, unknown> = {}) {
  const books = await openBooks(world, { settings: { concurrent: 16, ...settings } });
  const added = [];
  while (added.length < count) {
    const some = Math.min(20, count - added.length);
    added.push(...(await Promise.all(Array.from({ length: some }, () => books.addBill()))));
  }
  const bills = added.map(({ id }) => id);
  for (const id of bills) await books.reach(id, 'in-step');
  return { books, bills };
}

/** What a reconciliation tells, and how often it asked. */
async function reconciled({ client, companyId, system }: Books) {
  const asked = system.received.length;
  const { items } = await client.startReconciliation({
    params: { companyId },
    body: { fromOn: '2026-11-01', toOn: '2026-11-30' },
  });
  const params = { companyId, reconciliationId: items[0]!.id };
  const done = await world.until(
    () => client.getReconciliation({ params }),
    ({ finishedAt }) => finishedAt !== null,
    60_000,
  );
  expect(done.state).toBe('done');
  const rows = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page = await client.listReconciliationRows({ params, query: { limit: 200, cursor } });
    rows.push(...page.items);
    cursor = page.next;
  }
  const told = rows.map(({ id: _, lookedAt: _l, ...row }) => row);
  return { requests: system.received.length - asked, bills: done.billsLookedAt, told };
}

async function setUp(books: Books, given: Record<string, unknown>): Promise<void> {
  const { url: baseUrl, clientId, clientSecret } = books.system;
  const settings = { baseUrl, clientId, clientSecret, arrivesWithinMs: 0, ...given };
  await books.editConnection({ settings });
}

test('Two hundred bills take few requests, and are told as they are one by one', async () => {
  const { books, bills } = await withBills(200);
  const { books: there } = books.system;
  const refOf = async (place: number) => (await books.invoice(bills[place]!)).id;
  for (const place of [0, 77, 199]) there.deleteByHand(await refOf(place));
  for (const place of [20, 21]) there.editByHand(await refOf(place), 'rettet derovre');
  const {
    id: _,
    version: _v,
    attachments: _a,
    closed: _c,
    ...copy
  } = there.invoices.find(await refOf(120))[0]!;
  there.createInvoice(copy);
  await books.pay(bills[150]!, '125.00');
  await books.reach(bills[150]!, 'in-step');
  await books.client.cancelBill({ params: { companyId: books.companyId, billId: bills[30]! } });
  await books.reach(bills[30]!, 'removed');

  const together = await reconciled(books);
  await setUp(books, { findsMany: false });
  const alone = await reconciled(books);
  expect(together.told).toEqual(alone.told);
  expect(together.bills).toBe(200);
  const count = (wanted: string) =>
    together.told.filter(({ verdict }) => verdict === wanted).length;
  expect([count('same'), count('missing'), count('deviates'), count('duplicate')]).toEqual([
    195, 3, 2, 1,
  ]);
  expect(alone.requests).toBeGreaterThan(200);
  expect(together.requests).toBeLessThan(40);
}, 180_000);

test('When many can not be asked for at once, they are asked for one by one', async () => {
  const { books } = await withBills(4);
  const path = '/supplier-invoices';
  books.system.faults.next({ kind: 'malformed-json', on: 'read', path });
  const { told, requests } = await reconciled(books);
  expect(told.map(({ verdict }) => verdict)).toEqual(['same', 'same', 'same', 'same']);
  // The one that failed, each bill, and the list of what is there.
  expect(requests).toBe(1 + 4 + 2);
});

test('Where a limit per minute leaves room for eight requests, sixty bills are told within it', async () => {
  const { books } = await withBills(60);
  await setUp(books, { perMinute: 16 });
  const { requests, bills } = await reconciled(books);
  expect(bills).toBe(60);
  expect(requests).toBeLessThanOrEqual(8);
});
