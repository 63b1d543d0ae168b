/** One fix for three hundred failures: what fails by a cause is synced again, whoever looks on, stops or dies. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Books, closeBooks, openBooks } from '../../test/support/books.ts';
import { holdBill, waitersOn } from '../../test/support/held-bill.ts';
import { startWorld, type World } from '../../test/support/world.ts';
import { systemClock, timeOrderedIds } from '../core/clock.ts';
import { resyncCause } from '../engine/cause-page.ts';
import { startCauseRunner } from '../engine/cause-runner.ts';
import { insertCauseRun } from '../store/cause-runs.ts';
import { transaction } from '../store/pool.ts';
import { type Caller, openCaller } from './test-caller.ts';

const LOCKED = { failure: 'period-locked' as const };

const ids = timeOrderedIds(systemClock, (length) => randomBytes(length));

let world: World;
let caller: Caller;
beforeAll(async () => {
  world = await startWorld({ billsAtOnce: 2 });
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
const start = (books: Books) => caller.done('startCauseRun', causeIn(books));
const look = ({ companyId }: Books, runId: string) =>
  caller.done('getCauseRun', { params: { companyId, runId } });
const over = (books: Books, runId: string) =>
  world.until(
    () => look(books, runId),
    ({ finishedAt }) => finishedAt !== null,
  );
const failing = (books: Books) => {
  const { params, body } = causeIn(books);
  return caller.done('countFailing', { params, query: body });
};
const triggers = async (books: Books, billId: string) =>
  (await books.attempts(billId)).map(({ trigger }) => trigger);

/** How often each bill was asked for, by its activity. */
const timesAsked = async ({ companyId }: Books, billIds: readonly string[]) => {
  const { rows } = await world.database.pool.query<{ bill_id: string; times: number }>(
    `select bill_id, count(*) as times
     from activity
     where company_id = $1 and kind = 'sync-requested'
     group by bill_id`,
    [companyId],
  );
  const times = new Map(rows.map((row) => [row.bill_id, row.times]));
  return billIds.map((billId) => times.get(billId) ?? 0);
};

/** Keeps a bill to itself; `waiter` is the connection that came to want it. */
async function holding(billId: string) {
  const { pool } = world.database;
  const held = await holdBill(pool, billId);
  const waiters = () => waitersOn(pool, '%bills%');
  const waiter = async () => (await world.until(waiters, (pids) => pids.length > 0))[0]!;
  return { ...held, waiter };
}

test('What fails by a cause is synced again page by page, and all of it comes in step', async () => {
  const { books, billIds } = await lockedBooks(7);
  expect(await failing(books)).toEqual({ bills: 7, postings: 7, waiting: 0, syncing: 0 });
  unlock(books);
  const begun = await start(books);
  // The first page is asked for with the answer; the others need nobody.
  expect(begun).toMatchObject({ state: 'running', bills: 7, billsLookedAt: 2, accepted: 2 });
  expect(begun.failure).toEqual({ code: 'period-locked', title: expect.any(String) });
  const done = await over(books, begun.id);
  expect(done).toEqual({
    ...begun,
    state: 'done',
    billsLookedAt: 7,
    accepted: 7,
    finishedAt: expect.any(String),
  });
  for (const billId of billIds) {
    await books.reach(billId, 'in-step');
    expect(await triggers(books, billId)).toEqual(['change', 'bulk']);
  }
  expect(await failing(books)).toEqual({ bills: 0, postings: 0, waiting: 0, syncing: 0 });
  const again = await start(books);
  expect(again).toMatchObject({ state: 'done', bills: 0, accepted: 0, skipped: [] });
  const { params } = causeIn(books);
  const first = await caller.done('listCauseRuns', { params, query: { limit: '1' } });
  expect(first.items).toEqual([again]);
  const query = { limit: '1', cursor: first.next! };
  expect(await caller.done('listCauseRuns', { params, query })).toEqual({
    items: [done],
    next: null,
  });
});

test('A bill that was mended meanwhile is not asked for, nor is one that was and has failed again', async () => {
  const { books, billIds } = await lockedBooks(5);
  const [first, second, third, fourth, fifth] = billIds as [string, string, string, string, string];
  await using held = await holding(third);
  const { id } = await start(books);
  for (const billId of [first, second]) {
    await world.until(
      () => books.outcomes(billId),
      (outcomes) => outcomes.length === 2 && outcomes.at(-1) === 'failed: period-locked',
    );
  }
  await held.waiter();
  unlock(books);
  await held.writer.query(
    `update postings
     set state = 'in-step', failure = null
     where company_id = $1 and bill_id = $2`,
    [books.companyId, third],
  );
  await held.letGo();
  expect(await over(books, id)).toMatchObject({ billsLookedAt: 5, accepted: 4, skipped: [] });
  for (const billId of [fourth, fifth]) await books.reach(billId, 'in-step');
  expect(await triggers(books, third)).toEqual(['change']);
  for (const billId of [first, second]) {
    expect(await triggers(books, billId)).toEqual(['change', 'bulk']);
    expect(await books.invoice(billId)).toMatchObject({ state: 'failed' });
  }
});

test('Whoever is at it may die: it goes on where it was, and no bill is asked for twice', async () => {
  const { books, billIds } = await lockedBooks(5);
  unlock(books);
  await using held = await holding(billIds[3]!);
  const { id } = await start(books);
  await world.database.pool.query('select pg_terminate_backend($1)', [await held.waiter()]);
  // The bill before it, of the same page, was asked for in the transaction that died.
  expect(await look(books, id)).toMatchObject({ state: 'running', billsLookedAt: 2 });
  expect(await timesAsked(books, billIds)).toEqual([1, 1, 0, 0, 0]);
  await held.letGo();
  expect(await over(books, id)).toMatchObject({ state: 'done', billsLookedAt: 5, accepted: 5 });
  expect(await timesAsked(books, billIds)).toEqual([1, 1, 1, 1, 1]);
});

test('Several processes share it: each bill is asked for once', async () => {
  const { books, billIds } = await lockedBooks(12);
  unlock(books);
  const others = [1, 2].map(() => startCauseRunner(world.service.context));
  const { id } = await start(books);
  expect(await over(books, id)).toMatchObject({ state: 'done', billsLookedAt: 12, accepted: 12 });
  await Promise.all(others.map((other) => other.stop()));
  expect(await timesAsked(books, billIds)).toEqual(billIds.map(() => 1));
});

test('Asked for while it runs, it is the same one, whoever asks', async () => {
  const { books, billIds } = await lockedBooks(3);
  await using held = await holding(billIds[2]!);
  const begun = await start(books);
  const headers = { 'spor-person': 'Revisor' };
  const again = await caller.done('startCauseRun', { ...causeIn(books), headers });
  expect([again.id, again.actor]).toEqual([begun.id, begun.actor]);
  await held.letGo();
  await over(books, begun.id);
  expect(await timesAsked(books, billIds)).toEqual([1, 1, 1]);
});

test('Stopped, it asks for no more, says who stopped it, and the rest fails still', async () => {
  const { books, billIds } = await lockedBooks(9);
  const { companyId } = books;
  await using third = await holding(billIds[2]!);
  await using fifth = await holding(billIds[4]!);
  const { id } = await start(books);
  await third.waiter();
  const headers = { 'spor-person': 'Revisor' };
  const params = { companyId, runId: id };
  const stopping = caller.done('stopCauseRun', { params, headers });
  await third.letGo();
  await fifth.letGo();
  const stopped = await stopping;
  expect(stopped).toMatchObject({ state: 'stopped', stoppedBy: 'Revisor' });
  expect(stopped.finishedAt).not.toBeNull();
  // The page that was under way is whole.
  expect(stopped.billsLookedAt).toBeGreaterThanOrEqual(4);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await look(books, id)).toEqual(stopped);
  const asked = await timesAsked(books, billIds);
  expect(asked).toEqual(billIds.map((_, index) => (index < stopped.billsLookedAt ? 1 : 0)));
  await caller.refused('already-so', 'stopCauseRun', { params });
  const next = await start(books);
  expect(next.id).not.toBe(id);
  await over(books, next.id);
});

test('When the integration is turned off, it is over, and nobody is said to have stopped it', async () => {
  const { books, billIds } = await lockedBooks(1);
  const { companyId, connection } = books;
  await books.editConnection({ enabled: false });
  const id = ids.next();
  const createdAt = systemClock.now();
  const run = { companyId, connectionId: connection.id, ...LOCKED, id, createdAt };
  await insertCauseRun(world.database.pool, { ...run, actor: 'Bogholderen', bills: 1 });
  expect(await over(books, id)).toMatchObject({ state: 'stopped', stoppedBy: null, accepted: 0 });
  expect(await timesAsked(books, billIds)).toEqual([0]);
});

test('What waits for an attempt already is counted as waiting, and not asked for once more', async () => {
  const { books } = await lockedBooks(3);
  const { companyId, connection } = books;
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
  const deleted = await caller.done('startCauseRun', {
    params,
    body: { ...body, failure: 'deleted-in-target' },
  });
  expect(deleted).toMatchObject({
    bills: 1,
    accepted: 0,
    deleted: 1,
    skipped: [{ billId: bill.id, code: 'deleted-in-target', reason: expect.any(String) }],
    skippedBills: 1,
  });
  expect(await start(books)).toMatchObject({ bills: 1, accepted: 1, deleted: 0, skipped: [] });
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
  expect(await start(books)).toMatchObject({ bills: 1, accepted: 1, skipped: [] });
  await books.reach(billIds[1]!, 'in-step');
  expect(await books.invoice(billIds[0]!)).toMatchObject({ state: 'off' });
});

test('With the same key it is asked for once, and answered alike', async () => {
  const { books, billIds } = await lockedBooks(1);
  unlock(books);
  const call = { ...causeIn(books), headers: { 'idempotency-key': 'run-1' } };
  const first = await caller.done('startCauseRun', call);
  await books.reach(billIds[0]!, 'in-step');
  expect(await caller.done('startCauseRun', call)).toEqual(first);
  expect(first).toMatchObject({ accepted: 1 });
});

test('What cannot be asked for is refused, by a code that stays', async () => {
  const books = await openBooks(world);
  const { params, body } = causeIn(books);
  const refused = (code: Parameters<Caller['refused']>[0], more: object) =>
    caller.refused(code, 'startCauseRun', { params, body: { ...body, ...more } });
  await refused('invalid-request', { failure: 'bad-luck' });
  await refused('invalid-request', { connectionId: 'x' });
  await refused('invalid-request', { limit: 1 });
  const nobody = '01932d2a-0000-7000-8000-000000000000';
  await refused('not-found', { connectionId: nobody });
  const query = { ...body, connectionId: nobody };
  await caller.refused('not-found', 'countFailing', { params, query });
  await caller.refused('not-found', 'countFailing', { params: { companyId: nobody }, query: body });
  await caller.refused('invalid-request', 'countFailing', { params, query: LOCKED });
  await caller.refused('not-found', 'listCauseRuns', { params: { companyId: nobody } });
  const { errors } = await caller.refused('invalid-request', 'listCauseRuns', {
    params,
    query: { cursor: 'bm90LWFuLWlk' },
  });
  expect(errors).toEqual([{ path: 'query.cursor', message: 'is not a cursor' }]);
  const one = { params: { ...params, runId: nobody } };
  await caller.refused('not-found', 'getCauseRun', one);
  await caller.refused('not-found', 'stopCauseRun', one);
  // A run is seen by its own company alone.
  const other = await openBooks(world);
  const { id: runId } = await start(other);
  await caller.refused('not-found', 'getCauseRun', { params: { ...params, runId } });
  await books.editConnection({ enabled: false });
  await refused('connection-off', {});
});
