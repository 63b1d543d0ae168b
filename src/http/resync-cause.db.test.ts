/** One fix for three hundred failures: what fails by a cause is synced again, a page of bills at a time. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Books, closeBooks, openBooks } from '../../test/support/books.ts';
import { startWorld, type World } from '../../test/support/world.ts';
import { systemClock, timeOrderedIds } from '../core/clock.ts';
import { resyncCause } from '../engine/resync-cause.ts';
import { transaction } from '../store/pool.ts';
import { type Caller, openCaller } from './test-caller.ts';

const LOCKED = { failure: 'period-locked' as const };

let world: World;
let caller: Caller;
beforeAll(async () => {
  world = await startWorld();
  caller = openCaller(world.service.url);
});
afterAll(async () => {
  await closeBooks();
  await world.stop();
});

/** Books closed by mistake, and so many bills that fail by it. */
async function lockedBooks(bills: number): Promise<{ books: Books; billIds: string[] }> {
  const books = await openBooks(world);
  books.system.books.setup.lockedThrough = '2026-11-30';
  const billIds: string[] = [];
  for (let count = 0; count < bills; count += 1) billIds.push((await books.addBill()).id);
  for (const billId of billIds) await books.reach(billId, 'failed');
  return { books, billIds };
}
const unlock = ({ system }: Books) => {
  system.books.setup.lockedThrough = null;
};
const causeIn = ({ companyId, connection }: Books) => ({
  params: { companyId },
  body: { connectionId: connection.id, ...LOCKED },
});
const asked = (books: Books, more: { limit?: number; cursor?: string | undefined } = {}) => {
  const { params, body } = causeIn(books);
  return caller.done('resyncCause', { params, body: { ...body, ...more } });
};
const failing = (books: Books) => {
  const { params, body } = causeIn(books);
  return caller.done('countFailing', { params, query: body });
};
const triggers = async (books: Books, billId: string) =>
  (await books.attempts(billId)).map(({ trigger }) => trigger);

test('What fails by a cause is synced again page by page, and all of it comes in step', async () => {
  const { books, billIds } = await lockedBooks(7);
  expect(await failing(books)).toEqual({ bills: 7, postings: 7, waiting: 0, syncing: 0 });
  unlock(books);
  const pages = [];
  let cursor: string | undefined;
  do {
    const page = await asked(books, { limit: 3, cursor });
    pages.push(page);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  expect(
    pages.map(({ bills, accepted, deleted, skipped }) => [bills, accepted, deleted, skipped]),
  ).toEqual([
    [3, 3, 0, []],
    [3, 3, 0, []],
    [1, 1, 0, []],
  ]);
  for (const billId of billIds) {
    await books.reach(billId, 'in-step');
    expect(await triggers(books, billId)).toEqual(['change', 'bulk']);
  }
  expect(await failing(books)).toEqual({ bills: 0, postings: 0, waiting: 0, syncing: 0 });
  expect(await asked(books)).toMatchObject({ bills: 0, accepted: 0, skipped: [], next: null });
});

test('A bill that was mended meanwhile is not asked for, nor is one that was and has failed again', async () => {
  const { books, billIds } = await lockedBooks(5);
  const [first, second, third, fourth, fifth] = billIds as [string, string, string, string, string];
  const page = await asked(books, { limit: 2 });
  expect(page).toMatchObject({ bills: 2, accepted: 2 });
  for (const billId of [first, second]) {
    await world.until(
      () => books.outcomes(billId),
      (outcomes) => outcomes.length === 2 && outcomes.at(-1) === 'failed: period-locked',
    );
  }
  unlock(books);
  await books.resync(third);
  await books.reach(third, 'in-step');
  const rest = await asked(books, { cursor: page.next! });
  expect(rest).toMatchObject({ bills: 2, accepted: 2, skipped: [], next: null });
  for (const billId of [fourth, fifth]) await books.reach(billId, 'in-step');
  expect(await triggers(books, third)).toEqual(['change', 'manual']);
  for (const billId of [first, second]) {
    expect(await triggers(books, billId)).toEqual(['change', 'bulk']);
    expect(await books.invoice(billId)).toMatchObject({ state: 'failed' });
  }
});

test('One that is mended between the reading of the page and its turn is left alone, and not called refused', async () => {
  const { books, billIds } = await lockedBooks(2);
  const { companyId, connection } = books;
  const { pool } = world.database;
  const writer = await pool.connect();
  await writer.query('begin');
  await writer.query('select from bills where company_id = $1 and bill_id = $2 for update', [
    companyId,
    billIds[1],
  ]);
  const asking = asked(books);
  await world.until(
    async () => {
      const { rows } = await pool.query<{ waiting: number }>(
        `select count(*) as waiting
         from pg_stat_activity
         where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return rows[0]!.waiting;
    },
    (waiting) => waiting > 0,
  );
  await writer.query(
    `update postings
     set state = 'in-step', failure = null
     where company_id = $1 and connection_id = $2 and bill_id = $3`,
    [companyId, connection.id, billIds[1]],
  );
  await writer.query('commit');
  writer.release();
  expect(await asking).toMatchObject({ bills: 2, accepted: 1, skipped: [], next: null });
  await world.until(
    () => triggers(books, billIds[0]!),
    (all) => all.length === 2,
  );
  expect(await triggers(books, billIds[1]!)).toEqual(['change']);
});

test('What waits for an attempt already is counted as waiting, and not asked for once more', async () => {
  const { books } = await lockedBooks(3);
  const { companyId, connection } = books;
  const ids = timeOrderedIds(systemClock, (length) => randomBytes(length));
  const cause = { companyId, connectionId: connection.id, ...LOCKED };
  await transaction(world.database.pool, async (db) => {
    const recording = { db, clock: systemClock, ids, actor: 'Bogholderen' };
    const first = await resyncCause(recording, cause, { after: null, limit: 2 });
    expect(first).toMatchObject({ bills: 2, isLast: false });
    const again = await resyncCause(recording, cause, { after: null, limit: 2 });
    expect(again).toMatchObject({ bills: 1, isLast: true });
  });
});

test('What was deleted in the accounting system is left out, though it stands in the way', async () => {
  const books = await openBooks(world);
  const bill = await books.addBill();
  const [invoice] = await books.reach(bill.id, 'in-step');
  books.system.books.setup.lockedThrough = '2026-11-30';
  await books.pay(bill.id, '125.00');
  await books.reach(bill.id, 'in-step', 'failed');
  books.system.books.deleteByHand(invoice!.id);
  await books.edit(bill.id, { dueOn: '2026-12-15' });
  await books.reach(bill.id, 'failed');
  unlock(books);
  const { params, body } = causeIn(books);
  const deleted = await caller.done('resyncCause', {
    params,
    body: { ...body, failure: 'deleted-in-target' },
  });
  expect(deleted).toEqual({
    bills: 1,
    accepted: 0,
    deleted: 1,
    skipped: [{ billId: bill.id, code: 'deleted-in-target', reason: expect.any(String) }],
    next: null,
  });
  expect(await asked(books)).toMatchObject({ bills: 1, accepted: 1, deleted: 0, skipped: [] });
  await world.until(
    () => books.attempts(bill.id),
    (all) =>
      all.some(
        ({ kind, trigger, closedAt }) =>
          kind === 'supplier-payment' && trigger === 'bulk' && closedAt,
      ),
  );
  expect(books.system.books.counts().invoices).toBe(0);
});

test('What the rules leave out meanwhile is no longer asked for', async () => {
  const { books, billIds } = await lockedBooks(2);
  await books.edit(billIds[0]!, { project: 'fravalgt', supplierName: 'Fravalgt ApS' });
  const optOuts = [{ posting: 'both' as const, supplierName: 'Fravalgt ApS', reason: 'aftalt' }];
  await books.editConnection({ rules: { ...books.connection.rules, optOuts } });
  await books.reach(billIds[0]!, 'off');
  // The other was tried on the new rules, and fails as before.
  await world.until(
    () => books.outcomes(billIds[1]!),
    (outcomes) => outcomes.length === 2 && outcomes.at(-1) === 'failed: period-locked',
  );
  expect(await failing(books)).toEqual({ bills: 1, postings: 1, waiting: 0, syncing: 0 });
  unlock(books);
  expect(await asked(books)).toMatchObject({ bills: 1, accepted: 1, skipped: [] });
  await books.reach(billIds[1]!, 'in-step');
  expect(await books.invoice(billIds[0]!)).toMatchObject({ state: 'off' });
});

test('With the same key a page is asked for once, and answered alike', async () => {
  const { books, billIds } = await lockedBooks(1);
  unlock(books);
  const call = { ...causeIn(books), headers: { 'idempotency-key': 'page-1' } };
  const first = await caller.done('resyncCause', call);
  await books.reach(billIds[0]!, 'in-step');
  expect(await caller.done('resyncCause', call)).toEqual(first);
  expect(first).toMatchObject({ accepted: 1 });
});

test('What cannot be asked for is refused, by a code that stays', async () => {
  const books = await openBooks(world);
  const { params, body } = causeIn(books);
  const refused = (code: Parameters<Caller['refused']>[0], more: object) =>
    caller.refused(code, 'resyncCause', { params, body: { ...body, ...more } });
  await refused('invalid-request', { failure: 'bad-luck' });
  await refused('invalid-request', { limit: 0 });
  await refused('invalid-request', { limit: 201 });
  await refused('invalid-request', { connectionId: 'x' });
  const { errors } = await refused('invalid-request', { cursor: 'bm90LWFuLWlk' });
  expect(errors).toEqual([{ path: 'body.cursor', message: 'is not a cursor' }]);
  const nobody = '01932d2a-0000-7000-8000-000000000000';
  await refused('not-found', { connectionId: nobody });
  const query = { ...body, connectionId: nobody };
  await caller.refused('not-found', 'countFailing', { params, query });
  await caller.refused('not-found', 'countFailing', { params: { companyId: nobody }, query: body });
  await caller.refused('invalid-request', 'countFailing', { params, query: LOCKED });
  await books.editConnection({ enabled: false });
  await refused('connection-off', {});
});
