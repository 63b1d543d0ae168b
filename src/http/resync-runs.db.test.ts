/** One fix for three hundred failures: which bills are meant when many are synced again, and what becomes of each. */
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { openBooks } from '../../test/support/books.ts';
import { world } from '../../test/support/one-world.ts';
import { systemClock, timeOrderedIds } from '../core/clock.ts';
import { resyncPage } from '../engine/resync-page.ts';
import { transaction } from '../store/pool.ts';
import type { Caller } from './test-caller.ts';
import {
  BY_LOCKED,
  LOCKED,
  caller,
  causeIn,
  failing,
  holding,
  inWorldOfRuns,
  lockedBooks,
  over,
  start,
  timesAsked,
  triggers,
  unlock,
} from './test-resync-runs.ts';

inWorldOfRuns();

const ids = timeOrderedIds(systemClock, (length) => randomBytes(length));

test('What fails by a cause is synced again page by page, and all of it comes in step', async () => {
  const { books, billIds } = await lockedBooks(7);
  expect(await failing(books)).toEqual({ bills: 7, postings: 7, waiting: 0, syncing: 0 });
  unlock(books);
  const begun = await start(books);
  // The first page is asked for with the answer; the others need nobody.
  expect(begun).toMatchObject({ state: 'running', bills: 7, billsLookedAt: 2, accepted: 2 });
  const failure = { code: 'period-locked', title: expect.any(String) };
  expect(begun.of).toEqual({ by: 'failure', failure });
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
  const first = await caller.done('listResyncRuns', { params, query: { limit: '1' } });
  expect(first.items).toEqual([again]);
  const query = { limit: '1', cursor: first.next! };
  expect(await caller.done('listResyncRuns', { params, query })).toEqual({
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

test('What waits for an attempt already is counted as waiting, and not asked for once more', async () => {
  const { books } = await lockedBooks(3);
  const { companyId, connection } = books;
  const cause = {
    companyId,
    connectionId: connection.id,
    posting: null,
    of: BY_LOCKED,
    link: false,
    recreate: false,
  };
  await transaction(world.database.pool, async (db) => {
    const recording = { db, clock: systemClock, ids, actor: 'Bogholderen' };
    const first = await resyncPage(recording, cause, { after: null, limit: 2 });
    expect(first).toMatchObject({ bills: 2, isLast: false });
    const again = await resyncPage(recording, cause, { after: null, limit: 2 });
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
  const deleted = await caller.done('startResyncRun', {
    params,
    body: { ...body, of: { ...BY_LOCKED, failure: 'deleted-in-target' } },
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

test('Of all that failed, whatever the cause, only what failed is asked for, in the background too', async () => {
  const books = await openBooks(world);
  const { companyId, system } = books;
  const billIds: string[] = [];
  for (let count = 0; count < 5; count += 1) {
    const { id } = await books.addBill();
    await books.reach(id, 'in-step');
    billIds.push(id);
  }
  system.books.setup.lockedThrough = '2026-11-30';
  for (const billId of billIds) {
    await books.pay(billId, '125.00');
    await books.reach(billId, 'in-step', 'failed');
  }
  unlock(books);
  const call = { params: { companyId }, body: { of: { by: 'state', state: 'failed' } } };
  const begun = await caller.done('startResyncRun', call);
  expect(begun).toMatchObject({ state: 'running', bills: 5, billsLookedAt: 2, accepted: 2 });
  expect(begun).toMatchObject({ connectionId: null, posting: null, of: call.body.of });
  expect(await over(books, begun.id)).toMatchObject({ state: 'done', accepted: 5, skipped: [] });
  for (const billId of billIds) {
    await books.reach(billId, 'in-step');
    const attempts = await books.attempts(billId);
    expect(attempts.filter(({ trigger }) => trigger === 'bulk')).toMatchObject([
      { kind: 'supplier-payment', outcome: 'created' },
    ]);
  }
  const none = await caller.done('startResyncRun', {
    ...call,
    body: { ...call.body, posting: 'supplier-invoice' },
  });
  expect(none).toMatchObject({ state: 'done', bills: 0, posting: 'supplier-invoice' });
});

test('A state is the one a posting is in when its turn comes', async () => {
  const { books, billIds } = await lockedBooks(3);
  const { companyId } = books;
  await using held = await holding(billIds[2]!);
  const call = { params: { companyId }, body: { of: { by: 'state', state: 'failed' } } };
  const { id } = await caller.done('startResyncRun', call);
  await held.waiter();
  await held.writer.query(
    `update postings set state = 'in-step', failure = null where company_id = $1 and bill_id = $2`,
    [companyId, billIds[2]],
  );
  await held.letGo();
  expect(await over(books, id)).toMatchObject({ billsLookedAt: 3, accepted: 2, skipped: [] });
  expect(await timesAsked(books, billIds)).toEqual([1, 1, 0]);
});

test('Named bills are asked for once each, however many, and those that are none are told', async () => {
  const { books, billIds } = await lockedBooks(5);
  const { companyId } = books;
  unlock(books);
  const nobody = ids.next();
  const named = { by: 'bills', billIds: [nobody, ...billIds, ...billIds].toReversed() };
  const begun = await caller.done('startResyncRun', {
    params: { companyId },
    body: { of: named },
  });
  expect([begun.state, begun.bills, begun.of]).toEqual(['running', 6, { by: 'bills' }]);
  const done = await over(books, begun.id);
  expect(done).toMatchObject({ billsLookedAt: 6, accepted: 5, skippedBills: 1 });
  expect(done.skipped).toMatchObject([{ billId: nobody, code: 'not-found' }]);
  expect(await timesAsked(books, billIds)).toEqual([1, 1, 1, 1, 1]);
});

test('What a reconciliation found is asked for page by page', async () => {
  const books = await openBooks(world);
  const { companyId, connection, system } = books;
  const billIds: string[] = [];
  for (let count = 0; count < 3; count += 1) billIds.push((await books.addBill()).id);
  for (const billId of billIds) {
    const [invoice] = await books.reach(billId, 'in-step');
    system.books.invoices.find(invoice!.id)[0]!.memo = 'rettet derovre';
  }
  const params = { companyId };
  const body = { connectionId: connection.id, fromOn: '2026-11-01', toOn: '2026-11-30' };
  const { items } = await caller.done('startReconciliation', { params, body });
  const reconciliationId = items[0]!.id;
  await world.until(
    () => caller.done('getReconciliation', { params: { ...params, reconciliationId } }),
    ({ finishedAt }) => finishedAt !== null,
  );
  const of = { by: 'reconciled', reconciliationId, verdict: 'deviates' };
  const begun = await caller.done('startResyncRun', { params, body: { of } });
  expect(begun).toMatchObject({ state: 'running', bills: 3, of });
  expect(await over(books, begun.id)).toMatchObject({ state: 'done', accepted: 3 });
  expect(await timesAsked(books, billIds)).toEqual([1, 1, 1]);
});

test('With the same key it is asked for once, and answered alike', async () => {
  const { books, billIds } = await lockedBooks(1);
  unlock(books);
  const call = { ...causeIn(books), headers: { 'idempotency-key': 'run-1' } };
  const first = await caller.done('startResyncRun', call);
  await books.reach(billIds[0]!, 'in-step');
  expect(await caller.done('startResyncRun', call)).toEqual(first);
  expect(first).toMatchObject({ accepted: 1 });
});

test('What cannot be asked for is refused, by a code that stays', async () => {
  const books = await openBooks(world);
  const { params, body } = causeIn(books);
  const refused = (code: Parameters<Caller['refused']>[0], more: object) =>
    caller.refused(code, 'startResyncRun', { params, body: { ...body, ...more } });
  await refused('invalid-request', { of: { by: 'failure', failure: 'bad-luck' } });
  await refused('invalid-request', { of: { by: 'luck' } });
  await refused('invalid-request', { of: { by: 'state', state: 'none' } });
  await refused('invalid-request', { of: { by: 'bills', billIds: [] } });
  await refused('invalid-request', { connectionId: 'x' });
  await refused('invalid-request', { limit: 1 });
  const nobody = '01932d2a-0000-7000-8000-000000000000';
  await refused('not-found', { connectionId: nobody });
  const reconciled = { by: 'reconciled', reconciliationId: nobody, verdict: 'missing' };
  await refused('not-found', { of: reconciled });
  const query = { ...LOCKED, connectionId: nobody };
  await caller.refused('not-found', 'countFailing', { params, query });
  await caller.refused('not-found', 'countFailing', {
    params: { companyId: nobody },
    query: { ...LOCKED, connectionId: body.connectionId },
  });
  await caller.refused('invalid-request', 'countFailing', { params, query: LOCKED });
  await caller.refused('not-found', 'listResyncRuns', { params: { companyId: nobody } });
  const { errors } = await caller.refused('invalid-request', 'listResyncRuns', {
    params,
    query: { cursor: 'bm90LWFuLWlk' },
  });
  expect(errors).toEqual([{ path: 'query.cursor', message: 'is not a cursor' }]);
  const one = { params: { ...params, runId: nobody } };
  await caller.refused('not-found', 'getResyncRun', one);
  await caller.refused('not-found', 'stopResyncRun', one);
  await caller.refused('not-found', 'resumeResyncRun', one);
  // A run is seen by its own company alone.
  const other = await openBooks(world);
  const { id: runId } = await start(other);
  await caller.refused('not-found', 'getResyncRun', { params: { ...params, runId } });
  await books.editConnection({ enabled: false });
  await refused('connection-off', {});
});
