/**
 * Credited and made anew: an invoice that is booked can be changed no more, and a person asks for it. However
 * the answers go astray, there is one of it in the end; nothing but a person's wish takes it away.
 */
import { expect, test } from 'vitest';
import { type Books, openBooks } from '../../test/support/books.ts';
import { inOneWorld, world } from '../../test/support/one-world.ts';
import type { SandboxFaultInput } from '../sdk/testing/sandbox-faults.ts';

inOneWorld();

/** An invoice that is booked there, and a bill that says something else since. */
async function booked(given: { credits?: boolean } = {}) {
  const { credits = true } = given;
  const books = await openBooks(world, { settings: { credits } });
  const bill = await books.addBill();
  const [posting] = await books.reach(bill.id, 'in-step');
  books.system.books.closeByHand(posting!.id);
  await books.edit(bill.id, { note: 'som den er nu' });
  await books.reach(bill.id, 'failed');
  expect(await books.outcomes(bill.id)).toEqual(['created', 'failed: posting-locked']);
  return { books, bill, first: posting!.remoteId! };
}

const replace = ({ client, companyId, connection }: Books, billId: string) =>
  client.resync({
    params: { companyId, billId },
    body: { connectionId: connection.id, posting: 'supplier-invoice', replace: true },
  });
const there = ({ system }: Books) =>
  [...system.books.invoices.all()].map(({ id, memo }) => ({ id, memo }));
const onInvoices = (fault: Omit<SandboxFaultInput, 'path'>): SandboxFaultInput => ({
  ...fault,
  path: '/supplier-invoices',
});
const ends = (books: Books, billId: string, ...outcomes: string[]) =>
  world.until(
    () => books.outcomes(billId),
    (all) => all.slice(2).join() === outcomes.join(),
    20_000,
  );

test.concurrent('When a person asks, it is credited and made anew with what the bill says now', async () => {
  const { books, bill, first } = await booked();
  const { companyId, client } = books;
  expect(
    (await client.getConnection({ params: { companyId, connectionId: books.connection.id } }))
      .capabilities,
  ).toMatchObject({ credit: true });
  await replace(books, bill.id);
  await ends(books, bill.id, 'replaced');
  const [invoice] = there(books);
  expect(there(books)).toEqual([{ id: invoice!.id, memo: 'som den er nu' }]);
  expect(invoice!.id).not.toBe(first);
  expect(await books.invoice(bill.id)).toMatchObject({ state: 'in-step', remoteId: invoice!.id });
  const attempt = (await books.attempts(bill.id)).at(-1)!;
  const params = { companyId, attemptId: attempt.id };
  const { writes } = await client.getAttempt({ params });
  // It was tried first whether it can be changed.
  expect(writes.map(({ method }) => method)).toEqual(['PUT', 'DELETE', 'POST']);
  const { items } = await client.listActivity({ params: { companyId, billId: bill.id } });
  expect(items[0]).toMatchObject({ kind: 'sync-requested', subject: 'replace' });
  // What it says now is what is known: the next change is an update.
  books.system.books.closeByHand(attempt.postingId, false);
  await books.edit(bill.id, { note: 'og senere' });
  await ends(books, bill.id, 'replaced', 'updated');
});

test.concurrent('What can be changed still is changed, though a person asked for that', async () => {
  const { books, bill, first } = await booked();
  books.system.books.closeByHand((await books.invoice(bill.id)).id, false);
  await replace(books, bill.id);
  await ends(books, bill.id, 'updated');
  expect(there(books)).toEqual([{ id: first, memo: 'som den er nu' }]);
});

test.concurrent('Nobody else takes it away: neither a change, nor syncing again, one or many', async () => {
  const { books, bill, first } = await booked();
  const { client, companyId } = books;
  await books.resync(bill.id);
  await ends(books, bill.id, 'failed: posting-locked');
  await client.startResyncRun({
    params: { companyId },
    body: { of: { by: 'bills', billIds: [bill.id] } },
  });
  await ends(books, bill.id, 'failed: posting-locked', 'failed: posting-locked');
  await books.edit(bill.id, { note: 'endnu en' });
  await world.until(
    () => books.outcomes(bill.id),
    (all) => all.length === 5 && all.at(-1) === 'failed: posting-locked',
  );
  expect(there(books).map(({ id }) => id)).toEqual([first]);
});

test.concurrent('The answer of the crediting is lost: it is looked for, and made once', async () => {
  const { books, bill, first } = await booked();
  books.system.faults.next(onInvoices({ kind: 'drop-after-commit', method: 'DELETE' }));
  await replace(books, bill.id);
  await ends(books, bill.id, 'uncertain: answer-lost', 'created');
  expect(there(books)).toEqual([{ id: expect.not.stringMatching(first), memo: 'som den er nu' }]);
});

test.concurrent('The crediting never arrived: it is asked for again', async () => {
  const { books, bill } = await booked();
  books.system.faults.next(onInvoices({ kind: 'drop-before-commit', method: 'DELETE' }));
  await replace(books, bill.id);
  await ends(books, bill.id, 'uncertain: answer-lost', 'replaced');
  expect(there(books)).toHaveLength(1);
});

test.concurrent('The answer of the making is lost: it is found and linked', async () => {
  const { books, bill } = await booked();
  books.system.faults.next(onInvoices({ kind: 'drop-after-commit', method: 'POST' }));
  await replace(books, bill.id);
  await ends(books, bill.id, 'uncertain: answer-lost', 'linked');
  expect(there(books)).toHaveLength(1);
});

test.concurrent('Credited, and the new one is refused: it is told why, and made by itself when that is mended', async () => {
  const { books, bill } = await booked();
  books.system.faults.next(onInvoices({ kind: 'account-archived', method: 'POST' }));
  await replace(books, bill.id);
  await ends(books, bill.id, 'failed: account-archived');
  expect(there(books)).toEqual([]);
  expect(await books.invoice(bill.id)).toMatchObject({ state: 'failed', remoteId: null });
  // A change of the bill is enough: nobody deleted it, so nobody has to ask for it.
  await books.edit(bill.id, { note: 'rettet' });
  await ends(books, bill.id, 'failed: account-archived', 'created');
  expect(there(books)).toMatchObject([{ memo: 'rettet' }]);
});

test.concurrent('While a payment of it is booked, it is refused, and said what to do', async () => {
  const { books, bill, first } = await booked();
  await books.pay(bill.id, '125.00');
  await world.until(
    () => books.postings(bill.id),
    (all) => all.some(({ kind, state }) => kind === 'supplier-payment' && state === 'in-step'),
  );
  await expect(replace(books, bill.id)).rejects.toMatchObject({
    problem: { code: 'payment-booked', detail: expect.stringContaining('Take the payment back') },
  });
  const { client, companyId, connection } = books;
  const body = { connectionId: connection.id, posting: 'supplier-payment' as const, replace: true };
  await expect(
    client.resync({ params: { companyId, billId: bill.id }, body }),
  ).rejects.toMatchObject({ problem: { code: 'invalid-request' } });
  expect(there(books).map(({ id }) => id)).toEqual([first]);
});

test.concurrent('Where nothing that is booked can be credited, it stays, and the connection says so', async () => {
  const { books, bill, first } = await booked({ credits: false });
  const { companyId, client, connection } = books;
  const params = { companyId, connectionId: connection.id };
  expect((await client.getConnection({ params })).capabilities).toMatchObject({ credit: false });
  await replace(books, bill.id);
  await ends(books, bill.id, 'failed: posting-locked');
  expect(there(books).map(({ id }) => id)).toEqual([first]);
});
