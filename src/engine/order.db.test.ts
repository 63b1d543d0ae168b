/** Invariant 5, order: supplier, invoice, payment; and backwards when a bill is taken back. */
import { expect, test } from 'vitest';
import { openBooks } from '../../test/support/books.ts';
import { inOneWorld, world } from '../../test/support/one-world.ts';

inOneWorld();

test.concurrent('A supplier is made once, when many bills of it come at the same moment', async () => {
  const books = await openBooks(world, { settings: { concurrent: 16 } });
  const supplier = { name: 'Bageriet på hjørnet' };
  books.system.faults.next({ kind: 'delay', on: 'read', path: '/suppliers', delayMs: 200 });
  const bills = await Promise.all(Array.from({ length: 30 }, () => books.addBill({ supplier })));
  for (const { id } of bills) await books.reach(id, 'in-step');
  expect(books.system.books.counts()).toMatchObject({ suppliers: 1, invoices: 30, duplicates: [] });
  const searches = books.system.received.filter(({ path }) => path === '/suppliers');
  expect(searches.map(({ method }) => method)).toEqual(['GET', 'POST']);
});

test.concurrent('A supplier whose making was lost is found, not made again', async () => {
  const books = await openBooks(world);
  books.system.faults.next({ kind: 'drop-after-commit', on: 'write', path: '/suppliers' });
  const bill = await books.addBill();
  await books.reach(bill.id, 'in-step');
  expect(books.system.books.counts()).toMatchObject({ suppliers: 1, invoices: 1 });
});

test.concurrent('A payment goes after its invoice, however many bills are paid at once', async () => {
  const books = await openBooks(world, { settings: { concurrent: 8 } });
  const bills = await Promise.all(
    Array.from({ length: 12 }, async () => {
      const bill = await books.addBill();
      await books.pay(bill.id, '25.00');
      await books.pay(bill.id, '100.00');
      return bill;
    }),
  );
  for (const { id } of bills) {
    expect(await books.reach(id, 'in-step')).toHaveLength(3);
    const attempts = await books.attempts(id);
    const invoice = attempts.find(({ outcome }) => outcome === 'created')!;
    expect(invoice.kind).toBe('supplier-invoice');
    const payments = attempts.filter(({ kind }) => kind === 'supplier-payment');
    expect(payments.every(({ openedAt }) => openedAt >= invoice.closedAt!)).toBe(true);
    expect(payments.map(({ outcome }) => outcome)).toEqual(['created', 'created']);
  }
  expect(books.system.books.counts()).toMatchObject({ payments: 24, duplicates: [] });
});

test.concurrent('A payment waits for an invoice that fails, and goes when it succeeds', async () => {
  const books = await openBooks(world);
  books.system.books.setup.lockedThrough = '2026-11-10';
  const bill = await books.addBill();
  await books.pay(bill.id, '125.00');
  const postings = await world.until(
    () => books.postings(bill.id),
    (all) =>
      all.some(({ state }) => state === 'failed') &&
      all.some(({ waitingFor }) => waitingFor === 'invoice'),
  );
  expect(postings.map(({ kind, state }) => [kind, state])).toEqual([
    ['supplier-invoice', 'failed'],
    ['supplier-payment', 'waiting'],
  ]);
  books.system.books.setup.lockedThrough = null;
  await books.resync(bill.id);
  await books.reach(bill.id, 'in-step');
  const outcomes = (await books.attempts(bill.id)).map(({ kind, outcome }) => [kind, outcome]);
  expect(outcomes).toEqual([
    ['supplier-invoice', 'failed'],
    ['supplier-invoice', 'created'],
    ['supplier-payment', 'created'],
  ]);
});

test.concurrent('Asking for the payment first asks for its invoice, too', async () => {
  const books = await openBooks(world, { rules: { quietMs: 60_000, quietAtMostMs: 600_000 } });
  const bill = await books.addBill();
  await books.pay(bill.id, '125.00');
  await books.resync(bill.id, 'supplier-payment');
  await books.reach(bill.id, 'in-step');
  expect((await books.attempts(bill.id)).map(({ kind }) => kind)).toEqual([
    'supplier-invoice',
    'supplier-payment',
  ]);
});

test.concurrent('When a paid bill is cancelled, its payment is taken back before its invoice', async () => {
  const books = await openBooks(world);
  const bill = await books.addBill();
  await books.pay(bill.id, '125.00');
  await books.reach(bill.id, 'in-step');
  await books.client.cancelBill({ params: { companyId: books.companyId, billId: bill.id } });
  await books.reach(bill.id, 'removed');
  const removals = (await books.attempts(bill.id)).slice(-2);
  expect(removals.map(({ kind, outcome }) => [kind, outcome])).toEqual([
    ['supplier-payment', 'removed'],
    ['supplier-invoice', 'removed'],
  ]);
  expect(books.system.books.counts()).toMatchObject({ invoices: 0, payments: 0 });
});

test.concurrent('A payment that is taken back is removed; the invoice stays', async () => {
  const books = await openBooks(world);
  const bill = await books.addBill();
  const paid = await books.pay(bill.id, '125.00');
  await books.reach(bill.id, 'in-step');
  const { companyId } = books;
  const paymentId = paid.payments[0]!.id;
  await books.client.removePayment({ params: { companyId, billId: bill.id, paymentId } });
  await books.reach(bill.id, 'in-step', 'removed');
  expect(books.system.books.counts()).toMatchObject({ invoices: 1, payments: 0 });
});

test.concurrent('A payment waits until the one it replaces is gone, also when taking back fails first', async () => {
  const books = await openBooks(world);
  const bill = await books.addBill();
  const wrong = await books.pay(bill.id, '50.00');
  await books.reach(bill.id, 'in-step');
  // Once for the taking back, and once more: each change of the bill has it tried at once.
  books.system.faults.next({ kind: 'error-before-commit', on: 'write', times: 2 });
  const { companyId } = books;
  const paymentId = wrong.payments[0]!.id;
  await books.client.removePayment({ params: { companyId, billId: bill.id, paymentId } });
  await books.reach(bill.id, 'in-step', 'uncertain');
  await books.pay(bill.id, '125.00');
  await books.reach(bill.id, 'in-step', 'removed');
  const log = (await books.attempts(bill.id)).slice(2);
  expect(log.map(({ outcome }) => outcome)).toEqual([
    'uncertain',
    'uncertain',
    'removed',
    'created',
  ]);
  expect(books.system.books.counts()).toMatchObject({ invoices: 1, payments: 1 });
});

test.concurrent('Asking for a cancelled invoice asks for the payment that is to go first', async () => {
  const books = await openBooks(world);
  const bill = await books.addBill();
  await books.pay(bill.id, '125.00');
  await books.reach(bill.id, 'in-step');
  books.system.faults.next({ kind: 'error-before-commit', on: 'write' });
  await books.client.cancelBill({ params: { companyId: books.companyId, billId: bill.id } });
  const postings = await world.until(
    () => books.postings(bill.id),
    (all) =>
      all.some(({ waitingFor }) => waitingFor === 'payment') &&
      all.some(({ state }) => state === 'uncertain'),
  );
  expect(postings.map(({ kind, state }) => [kind, state])).toEqual([
    ['supplier-invoice', 'waiting'],
    ['supplier-payment', 'uncertain'],
  ]);
  await books.resync(bill.id);
  await books.reach(bill.id, 'removed');
  const log = (await books.attempts(bill.id)).slice(-2);
  expect(log.map(({ kind, trigger, outcome }) => [kind, trigger, outcome])).toEqual([
    ['supplier-payment', 'manual', 'removed'],
    ['supplier-invoice', 'manual', 'removed'],
  ]);
});

test.concurrent('Without invoices, by the rules, a payment does not wait for one', async () => {
  const books = await openBooks(world, { rules: { supplierInvoices: false } });
  const bill = await books.addBill();
  await books.pay(bill.id, '125.00');
  const postings = await world.until(
    () => books.postings(bill.id),
    (all) => all.some(({ state }) => state === 'failed'),
  );
  // The sandbox needs the invoice's id: it is told as what it is, not waited for in silence.
  expect(postings.find(({ kind }) => kind === 'supplier-payment')!.failure!.code).toBe(
    'invoice-missing',
  );
});
