/**
 * Booked there by hand: an invoice of the supplier and the number is in the books, and nobody of ours made it. It is
 * never made a second time; a person links it, and it stays as it is until somebody changes something.
 */
import { expect, test } from 'vitest';
import { type Books, openBooks } from '../../test/support/books.ts';
import { inOneWorld, world } from '../../test/support/one-world.ts';

inOneWorld();

/** A bill whose number is booked there, by somebody who wrote it otherwise. */
async function bookedByHand() {
  const books = await openBooks(world, { system: { uniqueNumbers: true } });
  const other = await books.addBill();
  const [posting] = await books.reach(other.id, 'in-step');
  const byHand = books.system.books.bookByHand(posting!.id, { number: 'H-1', memo: 'ved hånd' });
  const bill = await books.addBill({ number: 'H-1', note: 'fra bilaget' });
  await books.reach(bill.id, 'failed');
  expect(await books.outcomes(bill.id)).toEqual(['failed: number-taken']);
  return { books, bill, byHand };
}

/** Another bill of the number; somebody said that it is not the same. */
async function another(books: Books) {
  const bill = await books.addBill({ number: 'H-1' });
  await books.client.acceptAsSeparate({
    params: { companyId: books.companyId, billId: bill.id },
  });
  await books.reach(bill.id, 'failed');
  return bill;
}

const link = ({ client, companyId, connection }: Books, billId: string) =>
  client.resync({
    params: { companyId, billId },
    body: { connectionId: connection.id, posting: 'supplier-invoice', link: true },
  });
const numbered = ({ system }: Books, number: string) =>
  [...system.books.invoices.all()].filter((invoice) => invoice.number === number);
const ends = (books: Books, billId: string, ...outcomes: string[]) =>
  world.until(
    () => books.outcomes(billId),
    (all) => all.join() === ['failed: number-taken', ...outcomes].join(),
    20_000,
  );

test.concurrent('When a person asks, it is linked as it is: nothing is written', async () => {
  const { books, bill, byHand } = await bookedByHand();
  const { client, companyId, connection } = books;
  const params = { companyId, connectionId: connection.id };
  expect((await client.getConnection({ params })).capabilities).toMatchObject({ link: true });
  await link(books, bill.id);
  await ends(books, bill.id, 'linked');
  expect(numbered(books, 'H-1')).toEqual([byHand]);
  const posting = await books.invoice(bill.id);
  expect(posting).toMatchObject({ state: 'in-step', remoteId: byHand.id });
  expect(posting.kept).toEqual([{ field: 'note', there: 'ved hånd', wanted: 'fra bilaget' }]);
  const attempt = (await books.attempts(bill.id)).at(-1)!;
  const { writes } = await client.getAttempt({ params: { companyId, attemptId: attempt.id } });
  expect(writes).toEqual([]);
  const { items } = await client.listActivity({ params: { companyId, billId: bill.id } });
  expect(items[0]).toMatchObject({ kind: 'sync-requested', subject: 'link' });
});

test.concurrent('Linked, it is synced as any other: what changes is sent, what was kept stays', async () => {
  const { books, bill, byHand } = await bookedByHand();
  await link(books, bill.id);
  await ends(books, bill.id, 'linked');
  await books.edit(bill.id, { dueOn: '2026-12-24' });
  await ends(books, bill.id, 'linked', 'updated');
  expect(numbered(books, 'H-1')).toMatchObject([
    { id: byHand.id, dueOn: '2026-12-24', memo: 'ved hånd' },
  ]);
  await books.pay(bill.id, '125.00');
  await books.reach(bill.id, 'in-step');
  expect([...books.system.books.payments.all()]).toMatchObject([{ invoiceId: byHand.id }]);
});

test.concurrent('Syncing again without that, one or many, neither links it nor makes another', async () => {
  const { books, bill, byHand } = await bookedByHand();
  await books.resync(bill.id);
  await ends(books, bill.id, 'failed: number-taken');
  await books.client.startResyncRun({
    params: { companyId: books.companyId },
    body: { of: { by: 'bills', billIds: [bill.id] } },
  });
  await ends(books, bill.id, 'failed: number-taken', 'failed: number-taken');
  expect(numbered(books, 'H-1')).toEqual([byHand]);
});

/** All that fail by it: those that are alike are linked. */
const linkAll = ({ client, companyId, connection }: Books) =>
  client.startResyncRun({
    params: { companyId },
    body: {
      connectionId: connection.id,
      posting: 'supplier-invoice',
      of: { by: 'failure', failure: 'number-taken' },
      link: true,
    },
  });

test.concurrent('Of many at once, those are linked that agree in day, currency, kind and total', async () => {
  const { books, bill, byHand } = await bookedByHand();
  const { client, companyId, system } = books;
  const like = (number: string, otherwise: object) =>
    system.books.invoices.put({
      ...byHand,
      id: system.books.invoices.nextId(),
      number,
      ...otherwise,
    });
  const booked = { 'H-2': { issuedOn: '2026-11-09' }, 'H-3': { total: '125.01' }, 'H-4': {} };
  for (const [number, otherwise] of Object.entries(booked)) like(number, otherwise);
  const bills = [bill];
  for (const number of Object.keys(booked)) bills.push(await books.addBill({ number }));
  for (const { id } of bills) await books.reach(id, 'failed');
  expect(await linkAll(books)).toMatchObject({ link: true, accepted: 4 });
  await ends(books, bill.id, 'linked');
  await ends(books, bills[3]!.id, 'linked');
  const otherwise = async ({ id }: { id: string }) => {
    await ends(books, id, 'failed: booked-otherwise');
    return (await books.invoice(id)).failure!.conflicts;
  };
  const { issuedOn } = await client.getBill({ params: { companyId, billId: bills[1]!.id } });
  expect(await otherwise(bills[1]!)).toEqual([
    { field: 'issuedOn', confirmed: null, there: '2026-11-09', wanted: issuedOn },
  ]);
  expect(await otherwise(bills[2]!)).toEqual([
    { field: 'total', confirmed: null, there: '125.01', wanted: '125.00' },
  ]);
  expect(await books.invoice(bill.id)).toMatchObject({ state: 'in-step', remoteId: byHand.id });
  const { items } = await client.listActivity({ params: { companyId, billId: bill.id } });
  expect(items[0]).toMatchObject({ kind: 'sync-requested', subject: 'bulk-link' });
  expect((await client.listResyncRuns({ params: { companyId }, query: {} })).items).toMatchObject([
    { link: true, state: 'done' },
  ]);
});

test.concurrent('It is not there any more when it is to be linked: the bill’s is made', async () => {
  const { books, bill, byHand } = await bookedByHand();
  books.system.books.invoices.remove(byHand.id);
  await link(books, bill.id);
  await ends(books, bill.id, 'created');
  expect(numbered(books, 'H-1')).toMatchObject([{ memo: 'fra bilaget' }]);
});

test.concurrent('What one bill is linked to is not linked to another', async () => {
  const { books, bill, byHand } = await bookedByHand();
  const twin = await another(books);
  await link(books, bill.id);
  await ends(books, bill.id, 'linked');
  await link(books, twin.id);
  await ends(books, twin.id, 'failed: number-taken');
  expect(numbered(books, 'H-1')).toEqual([byHand]);
});

test.concurrent('Two of them are there: which one it is, nobody guesses', async () => {
  const { books, bill, byHand } = await bookedByHand();
  const another = { ...byHand, id: books.system.books.invoices.nextId() };
  books.system.books.invoices.put(another);
  await link(books, bill.id);
  await ends(books, bill.id, 'failed: duplicate-in-target');
  expect(numbered(books, 'H-1')).toEqual([byHand, another]);
});

test.concurrent('One of ours that has the number is never linked to another bill', async () => {
  const books = await openBooks(world, { system: { uniqueNumbers: true } });
  const first = await books.addBill({ number: 'H-1' });
  await books.reach(first.id, 'in-step');
  const { remoteId } = await books.invoice(first.id);
  const second = await another(books);
  await link(books, second.id);
  await ends(books, second.id, 'failed: number-taken');
  expect(numbered(books, 'H-1').map(({ id }) => id)).toEqual([remoteId]);
});

test.concurrent('What was not linked to one bill may be linked to another', async () => {
  const { books, bill, byHand } = await bookedByHand();
  const { client, companyId, connection } = books;
  const params = { companyId, billId: bill.id };
  await client.editBill({ params, body: { issuedOn: '2026-11-01' } });
  await ends(books, bill.id, 'failed: number-taken');
  const of = { by: 'failure', failure: 'number-taken' } as const;
  const posting = 'supplier-invoice';
  const body = { connectionId: connection.id, posting, of, link: true } as const;
  await client.startResyncRun({ params: { companyId }, body });
  await ends(books, bill.id, 'failed: number-taken', 'failed: booked-otherwise');
  await client.editBill({ params, body: { number: 'H-2' } });
  await ends(books, bill.id, 'failed: number-taken', 'failed: booked-otherwise', 'created');
  const right = await books.addBill({ number: 'H-1' });
  await books.reach(right.id, 'failed');
  await link(books, right.id);
  await ends(books, right.id, 'linked');
  expect(await books.invoice(right.id)).toMatchObject({ remoteId: byHand.id });
});

test.concurrent('It is for an invoice, and not with its opposite', async () => {
  const { books, bill } = await bookedByHand();
  const { client, companyId, connection } = books;
  const params = { companyId, billId: bill.id };
  const connectionId = connection.id;
  const of = { by: 'failure', failure: 'number-taken' } as const;
  for (const posting of [undefined, 'supplier-payment'] as const)
    await expect(
      client.startResyncRun({ params: { companyId }, body: { posting, of, link: true } }),
    ).rejects.toMatchObject({
      problem: { code: 'invalid-request', errors: [{ path: 'body.link' }] },
    });
  for (const body of [
    { connectionId, posting: 'supplier-payment' as const, link: true },
    { connectionId, posting: 'supplier-invoice' as const, link: true, replace: true },
  ])
    await expect(client.resync({ params, body })).rejects.toMatchObject({
      problem: { code: 'invalid-request', errors: [{ path: 'body.link' }] },
    });
});
