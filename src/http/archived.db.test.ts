/** A bill whose attempts left the log with their month: told where they were, and synced on as before. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWorld, type World } from '../../test/support/world.ts';
import { dropMonth, listMonthsBefore } from '../store/departing-months.ts';
import { monthOf } from '../store/partitions.ts';
import { type Caller, openCaller } from './test-caller.ts';

let world: World;
let caller: Caller;
beforeAll(async () => {
  world = await startWorld();
  caller = openCaller(world.service.url);
});
afterAll(() => world.stop());

/** As it will be when this month is over. */
async function archiveThisMonth(archivedTo: string | null): Promise<string> {
  const { pool } = world.database;
  const now = new Date();
  const next = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1));
  const [month] = await listMonthsBefore(pool, monthOf(next));
  const { attempts } = month!;
  await dropMonth(pool, month!.month, { actor: 'Driften', now: next, archivedTo, attempts });
  return month!.month;
}

test('The log, the attempt and the activity say that attempts left, and the posting is known as before', async () => {
  await world.connectJournal();
  const bill = await world.addBill();
  const params = { companyId: world.company.id, billId: bill.id };
  const [posting] = await world.settled(bill.id);
  const { connectionId } = posting!;
  const resync = () =>
    caller.done('resync', { params, body: { connectionId, posting: 'supplier-invoice' } });
  await resync();
  const both = await world.until(
    () => world.attempts(bill.id),
    (all) => all.length === 2 && all.every(({ closedAt }) => closedAt !== null),
  );
  expect(await caller.done('listAttempts', { params })).toMatchObject({ archived: [] });

  const month = await archiveThisMonth('/srv/arkiv');
  const gone = [{ month, attempts: 2, archivedTo: '/srv/arkiv' }];
  expect(await caller.done('listAttempts', { params })).toMatchObject({
    items: [],
    archived: gone,
  });
  const attemptId = both[0]!.id;
  const refused = await caller.refused('attempt-archived', 'getAttempt', {
    params: { companyId: world.company.id, attemptId },
  });
  expect(refused.detail).toBe(`Attempts of ${month} left the log and were written to /srv/arkiv.`);
  await caller.refused('not-found', 'getAttempt', {
    params: { companyId: world.company.id, attemptId: '01932d2a-0000-7000-8000-000000000000' },
  });
  const { items } = await caller.done('listActivity', { params });
  expect(items.find(({ kind }) => kind === 'sync-requested')).toMatchObject({
    attemptId: null,
    archived: true,
  });

  await resync();
  const [again] = await world.until(
    () => world.attempts(bill.id),
    (all) => all[0] !== undefined && all[0].closedAt !== null,
  );
  expect(again).toMatchObject({ outcome: 'unchanged', remoteId: posting!.remoteId });
  const query = { limit: '1' };
  expect(await caller.done('listAttempts', { params, query })).toMatchObject({ archived: gone });
});
