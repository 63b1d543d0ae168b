/** Syncing many bills again goes on, whoever stops looking or dies; a person stops it, and has it go on. */
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Books } from '../../test/support/books.ts';
import { waitersOn } from '../../test/support/held-bill.ts';
import { world } from '../../test/support/one-world.ts';
import { systemClock, timeOrderedIds } from '../core/clock.ts';
import { startResyncRunner } from '../engine/resync-runner.ts';
import { insertResyncRun } from '../store/resync-runs.ts';
import {
  BY_LOCKED,
  caller,
  causeIn,
  holding,
  inWorldOfRuns,
  lockedBooks,
  look,
  over,
  start,
  timesAsked,
  unlock,
} from './test-resync-runs.ts';

inWorldOfRuns();

const ids = timeOrderedIds(systemClock, (length) => randomBytes(length));

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
  const others = [1, 2].map(() => startResyncRunner(world.service.context));
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
  const again = await caller.done('startResyncRun', { ...causeIn(books), headers });
  expect([again.id, again.actor]).toEqual([begun.id, begun.actor]);
  await held.letGo();
  await over(books, begun.id);
  expect(await timesAsked(books, billIds)).toEqual([1, 1, 1]);
});

/** Begun, and stopped by the auditor while its second page is under way; seldom, one more page is quicker than the stop. */
async function stopMidway(books: Books, billIds: readonly string[]) {
  await using third = await holding(billIds[2]!);
  const { id } = await start(books);
  await third.waiter();
  const params = { companyId: books.companyId, runId: id };
  const headers = { 'spor-person': 'Revisor' };
  const stopping = caller.done('stopResyncRun', { params, headers });
  // It waits for the page.
  await world.until(
    () => waitersOn(world.database.pool, '%resync_runs%'),
    (pids) => pids.length > 0,
  );
  await third.letGo();
  return { params, headers, stopped: await stopping };
}

test('Stopped, it asks for no more, says who stopped it, and the rest fails still', async () => {
  const { books, billIds } = await lockedBooks(9);
  const { params, stopped } = await stopMidway(books, billIds);
  expect(stopped).toMatchObject({ state: 'stopped', stoppedBy: 'Revisor' });
  expect(stopped.finishedAt).not.toBeNull();
  // The page that was under way is whole.
  const { billsLookedAt } = stopped;
  expect([4, 6]).toContain(billsLookedAt);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await look(books, stopped.id)).toEqual(stopped);
  expect(await timesAsked(books, billIds)).toEqual(
    billIds.map((_, index) => (index < billsLookedAt ? 1 : 0)),
  );
  await caller.refused('already-so', 'stopResyncRun', { params });
  const next = await start(books);
  expect(next.id).not.toBe(stopped.id);
  await over(books, next.id);
});

test('It goes on from where it stood, in the name of who has it go on', async () => {
  const { books, billIds } = await lockedBooks(9);
  const { params, headers, stopped } = await stopMidway(books, billIds);
  // Those that were asked for have failed again; they are not asked for once more.
  for (const billId of billIds) await books.reach(billId, 'failed');
  unlock(books);
  const resumed = await caller.done('resumeResyncRun', { params, headers });
  expect(resumed).toMatchObject({ id: stopped.id, actor: 'Revisor', stoppedBy: null });
  expect(await over(books, stopped.id)).toMatchObject({ billsLookedAt: 9, accepted: 9 });
  expect(await timesAsked(books, billIds)).toEqual(billIds.map(() => 1));
  await caller.refused('already-so', 'resumeResyncRun', { params });
});

test('It does not go on beside the same, nor where the integration is off', async () => {
  const { books, billIds } = await lockedBooks(9);
  const { params } = await stopMidway(books, billIds);
  for (const billId of billIds) await books.reach(billId, 'failed');
  await using held = await holding(billIds[2]!);
  const same = await start(books);
  await caller.refused('already-so', 'resumeResyncRun', { params });
  await held.letGo();
  await over(books, same.id);
  await books.editConnection({ enabled: false });
  await caller.refused('connection-off', 'resumeResyncRun', { params });
});

test('Of two that ask for the same, one goes on, also when both are told to in the same moment', async () => {
  const { books, billIds } = await lockedBooks(11);
  const one = await stopMidway(books, billIds);
  for (const billId of billIds) await books.reach(billId, 'failed');
  const other = await stopMidway(books, billIds);
  for (const billId of billIds) await books.reach(billId, 'failed');
  await using held = await holding(billIds[one.stopped.billsLookedAt]!);
  // Nor is it over before the other one is answered.
  await using last = await holding(billIds[10]!);
  const goes = caller.done('resumeResyncRun', { params: one.params });
  await held.waiter();
  const waits = caller.refused('already-so', 'resumeResyncRun', { params: other.params });
  await world.until(
    () => waitersOn(world.database.pool, '%companies%'),
    (pids) => pids.length > 0,
  );
  await held.letGo();
  expect(await goes).toMatchObject({ id: one.stopped.id });
  await waits;
  await last.letGo();
  expect(await over(books, one.stopped.id)).toMatchObject({ state: 'done' });
  expect(await look(books, other.stopped.id)).toMatchObject({ state: 'stopped' });
});

test('When the integration is turned off, it is over, and nobody is said to have stopped it', async () => {
  const { books, billIds } = await lockedBooks(1);
  const { companyId, connection } = books;
  await books.editConnection({ enabled: false });
  const id = ids.next();
  const createdAt = systemClock.now();
  const run = {
    companyId,
    connectionId: connection.id,
    posting: null,
    link: false,
    recreate: false,
    of: BY_LOCKED,
    id,
    createdAt,
  };
  await insertResyncRun(world.database.pool, { ...run, actor: 'Bogholderen', bills: 1 });
  expect(await over(books, id)).toMatchObject({ state: 'stopped', stoppedBy: null, accepted: 0 });
  expect(await timesAsked(books, billIds)).toEqual([0]);
});

test('A run that fails keeps none of the others waiting', async () => {
  const { books, billIds } = await lockedBooks(5);
  unlock(books);
  const { companyId } = books;
  const of = { by: 'bills' as const, billIds: ['no id'] };
  const meant = {
    companyId,
    connectionId: null,
    posting: null,
    of,
    bills: 1,
    link: false,
    recreate: false,
  };
  const broken = { ...meant, id: ids.next(), actor: 'Bogholderen', createdAt: systemClock.now() };
  await insertResyncRun(world.database.pool, broken);
  const { id } = await start(books);
  expect(await over(books, id)).toMatchObject({ state: 'done', accepted: 5 });
  expect(await look(books, broken.id)).toMatchObject({ state: 'running', billsLookedAt: 0 });
  await caller.done('stopResyncRun', { params: { companyId, runId: broken.id } });
  expect(await timesAsked(books, billIds)).toEqual(billIds.map(() => 1));
});
