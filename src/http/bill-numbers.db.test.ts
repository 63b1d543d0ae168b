/** Two bills of one supplier and number are one: an edit that would make them so is refused. */
import { beforeAll, expect, test } from 'vitest';
import { inOneWorld, world } from '../../test/support/one-world.ts';
import { type Caller, openCaller } from './test-caller.ts';

inOneWorld();

let caller: Caller;
beforeAll(() => {
  caller = openCaller(world.service.url);
});

const added = async (number?: string) => {
  const bill = await world.addBill(number === undefined ? {} : { number });
  return { bill, params: { companyId: world.company.id, billId: bill.id } };
};

test('A number that another bill of the supplier has is refused, until that one is cancelled', async () => {
  const { params, bill } = await added('B-4');
  const other = await added('B-5');
  const edit = { params: other.params, body: { number: ' b-4' } };
  const problem = await caller.refused('bill-number-taken', 'editBill', edit);
  expect(problem.detail).toContain(bill.supplier.name);
  const kept = await caller.done('getBill', { params: other.params });
  expect(kept).toMatchObject({ revision: 1, number: 'B-5' });
  await caller.done('cancelBill', { params });
  expect(await caller.done('editBill', edit)).toMatchObject({ number: 'b-4' });
});

test('So is the name of the supplier, when that makes them one', async () => {
  await world.addBill({ number: 'B-6', supplier: { name: 'Den ene ApS' } });
  const other = await world.addBill({ number: 'B-6', supplier: { name: 'Den anden ApS' } });
  expect(other.duplicateOf).toBeNull();
  const params = { companyId: world.company.id, billId: other.id };
  const edit = { params, body: { supplierName: 'Den ene ApS' } };
  await caller.refused('bill-number-taken', 'editBill', edit);
});

test('A duplicate whose number is corrected is a bill of its own, and is synced', async () => {
  await world.connectSandbox();
  const { bill } = await added('B-9');
  const twin = await added('B-9');
  const edit = (number: string) =>
    caller.done('editBill', { params: twin.params, body: { number } });
  expect(await caller.done('getBill', { params: twin.params })).toMatchObject({
    duplicateOf: bill.id,
  });
  expect(await edit('B-10')).toMatchObject({ number: 'B-10', duplicateOf: null });
  expect(await world.settled(twin.bill.id)).toMatchObject([{ state: 'in-step' }]);
  // It is no duplicate by mistake either, later on.
  await caller.refused('bill-number-taken', 'editBill', {
    params: twin.params,
    body: { number: 'B-9' },
  });
});

test('One that a person accepted as separate may have it', async () => {
  const { params } = await added('B-7');
  const twin = await added('B-7');
  expect(twin.bill.duplicateOf).toBe(params.billId);
  await caller.done('acceptAsSeparate', { params: twin.params });
  const edit = (number: string) =>
    caller.done('editBill', { params: twin.params, body: { number } });
  await edit('B-8');
  expect(await edit('B-7')).toMatchObject({ number: 'B-7', duplicateOf: null });
});

test('Of ten bills that are given one number at once, one has it and nine are told', async () => {
  const bills = await Promise.all(Array.from({ length: 10 }, () => added()));
  const answers = await Promise.all(
    bills.map(({ params }) => caller.call('editBill', { params, body: { number: 'SAMME-1' } })),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  for (const { status, body } of answers)
    if (status !== 200) expect(body).toMatchObject({ code: 'bill-number-taken' });
});
