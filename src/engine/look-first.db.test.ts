/**
 * Invariant 3, look before a second try: whatever an accounting system does to our answers, a posting
 * is there once. All through the real service and over HTTP.
 */
import { describe, expect, test } from 'vitest';
import { type Books, openBooks } from '../../test/support/books.ts';
import { inOneWorld, world } from '../../test/support/one-world.ts';
import type { SandboxFaultInput } from '../sdk/testing/sandbox-faults.ts';

inOneWorld();

/** What reached the supplier invoices, in order: `POST`, `GET ?reference` … */
const toInvoices = ({ system }: Books) =>
  system.received
    .filter(({ path }) => path.startsWith('/supplier-invoices'))
    .map(({ method, query }) => (query === '' ? method : `${method} by reference`));

const faultOnCreate = (fault: Omit<SandboxFaultInput, 'on'>): SandboxFaultInput => ({
  ...fault,
  on: 'write',
  path: '/supplier-invoices',
});

describe('after the write arrived and the answer did not', () => {
  test.concurrent.each<[string, Omit<SandboxFaultInput, 'on'>, string]>([
    ['the connection was dropped', { kind: 'drop-after-commit' }, 'answer-lost'],
    ['it said 500', { kind: 'error-after-commit' }, 'target-error'],
    ['it showed a page', { kind: 'html-page' }, 'answer-unreadable'],
    ['it said nothing', { kind: 'empty-body' }, 'answer-unreadable'],
    ['it broke off in the middle', { kind: 'malformed-json' }, 'answer-unreadable'],
    ['it trickled for ever', { kind: 'slow-trickle', delayMs: 50 }, 'answer-lost'],
  ])('When %s, the posting is found and linked', async (_, fault, code) => {
    const patience = fault.kind === 'slow-trickle' ? { timeoutMs: 2_000 } : {};
    const books = await openBooks(world, { settings: patience });
    books.system.faults.next(faultOnCreate(fault));
    const bill = await books.addBill();
    const [posting] = await books.reach(bill.id, 'in-step');
    expect(await books.outcomes(bill.id)).toEqual([`uncertain: ${code}`, 'linked']);
    expect(toInvoices(books)).toEqual(['POST', 'GET by reference']);
    expect(books.system.books.count(posting!.id)).toBe(1);
  });
});

describe('after the write did not arrive', () => {
  test.concurrent.each<[string, Omit<SandboxFaultInput, 'on'>, string]>([
    ['the connection was dropped', { kind: 'drop-before-commit' }, 'answer-lost'],
    ['it said 500', { kind: 'error-before-commit' }, 'target-error'],
    ['a page answered in its place', { kind: 'html-page', committed: false }, 'answer-unreadable'],
  ])('When %s, it is looked for and created once', async (_, fault, code) => {
    const books = await openBooks(world);
    books.system.faults.next(faultOnCreate(fault));
    const bill = await books.addBill();
    const [posting] = await books.reach(bill.id, 'in-step');
    expect(await books.outcomes(bill.id)).toEqual([`uncertain: ${code}`, 'created']);
    expect(toInvoices(books)).toEqual(['POST', 'GET by reference', 'POST']);
    expect(books.system.books.count(posting!.id)).toBe(1);
  });
});

test.concurrent('As long as it can not be looked for it stays uncertain, and nothing is written', async () => {
  const books = await openBooks(world);
  books.system.faults.next(faultOnCreate({ kind: 'drop-after-commit' }), {
    kind: 'error-before-commit',
    on: 'read',
    path: '/supplier-invoices',
    times: 2,
  });
  const bill = await books.addBill();
  await world.until(
    () => books.outcomes(bill.id),
    (outcomes) => outcomes.length === 3,
    20_000,
  );
  expect((await books.invoice(bill.id)).state).not.toBe('in-step');
  expect(toInvoices(books).filter((request) => request === 'POST')).toHaveLength(1);
  await books.reach(bill.id, 'in-step');
  expect((await books.outcomes(bill.id)).at(-1)).toBe('linked');
  expect(toInvoices(books).filter((request) => request === 'POST')).toHaveLength(1);
}, 60_000);

test.concurrent('An update that arrived without an answer is no change of somebody else, however the bill goes on', async () => {
  const books = await openBooks(world);
  const bill = await books.addBill();
  await books.reach(bill.id, 'in-step');
  books.system.faults.next({ kind: 'drop-after-commit', method: 'PUT' });
  await books.edit(bill.id, { note: 'to' });
  await world.until(
    () => books.outcomes(bill.id),
    (outcomes) => outcomes.includes('uncertain: answer-lost'),
  );
  await books.edit(bill.id, { note: 'tre' });
  // By itself it may be found as it was meant to be in between.
  await world.until(
    () => books.outcomes(bill.id),
    (outcomes) => outcomes.at(-1) === 'updated',
  );
  const [first, second, ...rest] = await books.outcomes(bill.id);
  expect([first, second]).toEqual(['created', 'uncertain: answer-lost']);
  expect(rest).not.toContain('failed: changed-in-target');
  const [invoice] = [...books.system.books.invoices.all()];
  expect(invoice?.memo).toBe('tre');
});

test.concurrent('What a person asked for is done although the first try of it failed', async () => {
  const books = await openBooks(world);
  const bill = await books.addBill();
  const [posting] = await books.reach(bill.id, 'in-step');
  books.system.books.editByHand(posting!.id, 'rettet i regnskabet');
  books.system.faults.next({ kind: 'error-before-commit', method: 'PUT' });
  await books.resync(bill.id);
  await world.until(
    () => books.outcomes(bill.id),
    (outcomes) => outcomes.length === 3,
    20_000,
  );
  // Only a person may overwrite what was changed there, and a person asked.
  await books.reach(bill.id, 'in-step');
  expect(await books.outcomes(bill.id)).toEqual(['created', 'uncertain: target-error', 'updated']);
  const { items } = await books.client.listActivity({
    params: { companyId: books.companyId, billId: bill.id },
  });
  const attempts = await books.attempts(bill.id);
  expect(items.find(({ kind }) => kind === 'sync-requested')).toMatchObject({
    attemptId: attempts.at(-1)!.id,
    outcome: 'updated',
  });
});

test.concurrent('A posting made again after it was deleted there is made once, though the answer was lost', async () => {
  const books = await openBooks(world);
  const bill = await books.addBill();
  const [posting] = await books.reach(bill.id, 'in-step');
  books.system.books.deleteByHand(posting!.id);
  books.system.faults.next(faultOnCreate({ kind: 'drop-after-commit' }));
  await books.resync(bill.id);
  await books.reach(bill.id, 'in-step');
  expect(await books.outcomes(bill.id)).toEqual(['created', 'uncertain: answer-lost', 'linked']);
  expect(books.system.books.count(posting!.id)).toBe(1);
});

test.concurrent('The second belt: a system with idempotency keys is given the same key at every try', async () => {
  const books = await openBooks(world, { system: { idempotency: true } });
  books.system.faults.next(faultOnCreate({ kind: 'error-before-commit', times: 2 }));
  const bill = await books.addBill();
  await books.reach(bill.id, 'in-step');
  const keys = books.system.received
    .filter(({ method, path }) => method === 'POST' && path === '/supplier-invoices')
    .map(({ headers }) => headers['idempotency-key']);
  expect(keys).toHaveLength(3);
  expect(new Set(keys).size).toBe(1);
  expect(keys[0]).toBeTruthy();
});
