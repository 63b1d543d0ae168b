/** `Idempotency-Key`: whoever repeats a request gets the first answer, and it is not done again. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWorld, type World } from '../../test/support/world.ts';
import { type Answered, type Caller, openCaller } from './test-caller.ts';

let world: World;
let caller: Caller;
let params: { companyId: string };

beforeAll(async () => {
  world = await startWorld();
  caller = openCaller(world.service.url);
  params = { companyId: world.company.id };
});
afterAll(() => world.stop());

const bill = (number: string) => ({
  number,
  supplier: { name: 'Kontorlageret Demo A/S' },
  issuedOn: '2026-11-02',
  currency: 'DKK',
  lines: [{ net: '100.00' }],
});
const withKey = (key: string) => ({ 'idempotency-key': key });
const billsNumbered = async (number: string) => {
  const { items } = await caller.done('listBills', { params, query: { search: number } });
  return items;
};
const replayed = ({ headers }: Answered) => headers.get('idempotency-replayed');

test('The same key and request: done once, answered alike, and said to be a repetition', async () => {
  const call = { params, body: bill('E-1'), headers: withKey('one') };
  const first = await caller.call('addBill', call);
  const second = await caller.call('addBill', call);
  expect([first.status, second.status]).toEqual([201, 201]);
  expect(second.body).toEqual(first.body);
  expect([replayed(first), replayed(second)]).toEqual([null, 'true']);
  expect(await billsNumbered('E-1')).toHaveLength(1);
});

test('The same key with another body, or at another address, is refused', async () => {
  const { bill: added } = await caller.done('addBill', {
    params,
    body: bill('E-2'),
    headers: withKey('two'),
  });
  await caller.refused('idempotency-key-reused', 'addBill', {
    params,
    body: bill('E-3'),
    headers: withKey('two'),
  });
  const ofBill = { ...params, billId: added.id };
  await caller.refused('idempotency-key-reused', 'approveBill', {
    params: ofBill,
    headers: withKey('two'),
  });
  expect(await billsNumbered('E-3')).toHaveLength(0);
  expect(await caller.done('getBill', { params: ofBill })).toMatchObject({ status: 'added' });
});

test('A key belongs to one company', async () => {
  const other = await caller.done('createCompany', { body: { name: 'Anden ApS' } });
  const call = { body: bill('E-4'), headers: withKey('four') };
  const here = await caller.done('addBill', { ...call, params });
  const there = await caller.done('addBill', { ...call, params: { companyId: other.id } });
  expect(there.bill.id).not.toBe(here.bill.id);
});

test('A request that was refused leaves its key unused', async () => {
  const { bill: added } = await caller.done('addBill', { params, body: bill('E-5') });
  const ofBill = { ...params, billId: added.id };
  const edit = (expectedRevision: number) => ({
    params: ofBill,
    body: { expectedRevision, note: 'set' },
    headers: withKey('five'),
  });
  await caller.refused('bill-changed', 'editBill', edit(7));
  expect(await caller.done('editBill', edit(1))).toMatchObject({ note: 'set' });
  const rows = await world.database.pool.query(
    'select key from idempotency_keys where answer is null',
  );
  expect(rows.rows).toEqual([]);
});

test('Paying twice with one key pays once; the answer is the one of then', async () => {
  const { bill: added } = await caller.done('addBill', { params, body: bill('E-6') });
  const ofBill = { ...params, billId: added.id };
  const call = {
    params: ofBill,
    body: { amount: '40.00', paidOn: '2026-11-05' },
    headers: withKey('six'),
  };
  const first = await caller.done('payBill', call);
  await caller.done('editBill', { params: ofBill, body: { note: 'imellem' } });
  expect(await caller.done('payBill', call)).toEqual(first);
  expect((await caller.done('getBill', { params: ofBill })).totals.paid).toBe('40.00');
});

test('Twenty at the same moment with one key: one bill, and all are answered alike', async () => {
  const call = { params, body: bill('E-7'), headers: withKey('seven') };
  const all = await Promise.all(Array.from({ length: 20 }, () => caller.call('addBill', call)));
  expect(new Set(all.map(({ status }) => status))).toEqual(new Set([201]));
  expect(new Set(all.map(({ body }) => (body as { bill: { id: string } }).bill.id)).size).toBe(1);
  expect(all.filter((answered) => replayed(answered) === null)).toHaveLength(1);
  expect(await billsNumbered('E-7')).toHaveLength(1);
});

test('The one who waits for the same key does the work when the first is refused', async () => {
  const { bill: added } = await caller.done('addBill', { params, body: bill('E-8') });
  const ofBill = { ...params, billId: added.id };
  // Another transaction holds the key, so that both wait; then it lets go without having used it.
  const holder = await world.database.pool.connect();
  await holder.query('begin');
  await holder.query(
    `insert into idempotency_keys (company_id, key, request_sha256, created_at)
     values ($1, 'eight', 'another', now())`,
    [params.companyId],
  );
  const waiting = caller.call('approveBill', { params: ofBill, headers: withKey('eight') });
  const tooEarly = await Promise.race([
    waiting,
    new Promise((resolve) => setTimeout(resolve, 300)),
  ]);
  expect(tooEarly).toBeUndefined();
  await holder.query('rollback');
  holder.release();
  expect((await waiting).status).toBe(200);
});

test('A key that is none is refused', async () => {
  for (const key of ['', 'two words', 'x'.repeat(201), 'nøgle']) {
    await caller.refused('invalid-request', 'addBill', {
      params,
      body: bill('E-9'),
      headers: withKey(key),
    });
  }
  expect(await billsNumbered('E-9')).toHaveLength(0);
});
