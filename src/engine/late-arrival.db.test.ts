/**
 * A gateway that gives up before the server behind it does: the write whose answer was lost is carried
 * out later, after we have looked. While it may, nothing is written (invariant 3).
 */
import { expect, test } from 'vitest';
import { type Books, openBooks } from '../../test/support/books.ts';
import { inOneWorld, world } from '../../test/support/one-world.ts';

inOneWorld();

const LATE_MS = 4_000;
const settings = { arrivesWithinMs: 12_000 };

const reached = (books: Books, billId: string, outcome: string) =>
  world.until(
    () => books.outcomes(billId),
    (outcomes) => outcomes.includes(outcome),
  );
const inStep = (books: Books, billId: string) =>
  world.until(
    () => books.invoice(billId),
    ({ state }) => state === 'in-step',
    30_000,
  );

test.concurrent('An invoice that is made late is there once, though a person asked for it meanwhile', async () => {
  const books = await openBooks(world, { settings });
  const path = '/supplier-invoices';
  books.system.faults.next({ kind: 'drop-then-commit', on: 'write', path, delayMs: LATE_MS });
  const bill = await books.addBill();
  await reached(books, bill.id, 'uncertain: answer-lost');
  expect(books.system.books.counts().invoices).toBe(0);
  await books.resync(bill.id);
  const posting = await inStep(books, bill.id);
  // The person's attempt looked, and wrote nothing; what says so is a line of the log.
  const attempts = await books.attempts(bill.id);
  expect(attempts[0]).toMatchObject({ outcome: 'uncertain', trigger: 'change' });
  expect(attempts.find(({ trigger }) => trigger === 'manual')).toMatchObject({
    outcome: 'uncertain',
  });
  expect(attempts.at(-1)).toMatchObject({ outcome: 'linked' });
  expect(books.system.books.count(posting.id)).toBe(1);
  const posts = books.system.received.filter(
    (sent) => sent.method === 'POST' && sent.path === path,
  );
  expect(posts).toHaveLength(1);
}, 60_000);

test.concurrent('A change that arrives late does not come back over a newer one', async () => {
  const books = await openBooks(world, { settings });
  const bill = await books.addBill({ note: 'en' });
  await inStep(books, bill.id);
  books.system.faults.next({ kind: 'drop-then-commit', method: 'PUT', delayMs: LATE_MS });
  await books.edit(bill.id, { note: 'to' });
  await reached(books, bill.id, 'uncertain: answer-lost');
  await books.edit(bill.id, { note: 'en' });
  await inStep(books, bill.id);
  const [invoice] = [...books.system.books.invoices.all()];
  // Version 2 is the late one, put right by version 3.
  expect(invoice).toMatchObject({ memo: 'en', version: 3 });
}, 60_000);

test.concurrent('A supplier that is made late is there once, though other bills of it came meanwhile', async () => {
  const books = await openBooks(world, { settings });
  const path = '/suppliers';
  books.system.faults.next({ kind: 'drop-then-commit', on: 'write', path, delayMs: LATE_MS });
  const first = await books.addBill();
  await reached(books, first.id, 'uncertain: answer-lost');
  const second = await books.addBill();
  await Promise.all([first, second].map(({ id }) => inStep(books, id)));
  await world.until(
    async () => books.system.limits.underWay,
    (underWay) => underWay === 0,
  );
  expect(books.system.books.counts()).toMatchObject({ suppliers: 1, invoices: 2, duplicates: [] });
}, 60_000);

test.concurrent('What is not made at all is made when that time has passed', async () => {
  const books = await openBooks(world, { settings: { arrivesWithinMs: 3_000 } });
  const path = '/supplier-invoices';
  books.system.faults.next({ kind: 'drop-before-commit', on: 'write', path });
  const bill = await books.addBill();
  const posting = await inStep(books, bill.id);
  const [lost, ...rest] = await books.attempts(bill.id);
  const made = rest.at(-1)!;
  expect(made.outcome).toBe('created');
  expect(Date.parse(made.openedAt) - Date.parse(lost!.openedAt)).toBeGreaterThanOrEqual(3_000);
  expect(books.system.books.count(posting.id)).toBe(1);
}, 60_000);
