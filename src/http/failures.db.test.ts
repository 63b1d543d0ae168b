/** Failures by cause over the API: one cause, mended once. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWorld, type World } from '../../test/support/world.ts';
import { type Caller, openCaller } from './test-caller.ts';

let world: World;
let caller: Caller;
beforeAll(async () => {
  world = await startWorld();
  caller = openCaller(world.service.url);
});
afterAll(() => world.stop());

test('Bills that fail by one cause are counted under it with what to do, and no longer when it is mended', async () => {
  const params = { companyId: world.company.id };
  expect(await caller.done('listFailures', { params })).toMatchObject({ items: [] });
  const { id: connectionId } = await world.connectJournal({ defaultAccount: null });
  const bills = [await world.addBill(), await world.addBill()];
  for (const { id } of bills) await world.settled(id);
  const headers = { 'accept-language': 'da' };
  const { items } = await caller.done('listFailures', { params, headers });
  expect(items).toMatchObject([
    {
      connectionId,
      code: 'account-missing',
      class: 'posting',
      attempts: 2,
      postings: 2,
      failing: 2,
      failingBills: 2,
    },
  ]);
  expect(items[0]!.title).toMatch(/konto/i);
  expect(items[0]!.remedy).not.toBe('');
  const query = { failure: 'account-missing', connectionId };
  const listed = await caller.done('listBills', { params, query });
  expect(listed.items.map(({ id }) => id)).toEqual(bills.map(({ id }) => id).toReversed());

  // An integration alone chooses nothing: it is not passed over in silence.
  await caller.refused('invalid-request', 'listBills', { params, query: { connectionId } });

  const rules = { defaultAccount: 'Omkostninger:Diverse' };
  await caller.done('editConnection', { params: { ...params, connectionId }, body: { rules } });
  const after = await world.until(
    () => caller.done('listFailures', { params, query: { connectionId, days: '1' } }),
    (answer) => answer.items[0]?.failing === 0,
  );
  expect(after.items).toMatchObject([{ attempts: 2, postings: 2, failing: 0, failingBills: 0 }]);
  expect((await caller.done('listBills', { params, query })).items).toEqual([]);
});

test('Days that cannot be, and companies that are not there, are refused', async () => {
  const params = { companyId: world.company.id };
  for (const days of ['0', '367', 'x'])
    await caller.refused('invalid-request', 'listFailures', { params, query: { days } });
  const nobody = { companyId: '01932d2a-0000-7000-8000-000000000000' };
  await caller.refused('not-found', 'listFailures', { params: nobody });
});
