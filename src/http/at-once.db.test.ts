/**
 * Many at once on the same thing: nobody's edit is lost, nothing is added twice, and nobody is told
 * of a mistake of ours because of somebody else.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWorld, type World } from '../../test/support/world.ts';
import type { BillShape } from '../contract/bill-shapes.ts';
import type { ConnectionShape } from '../contract/sync-shapes.ts';
import { again } from './database-refusal.ts';
import { type Caller, openCaller, type Problem } from './test-caller.ts';

let world: World;
let caller: Caller;
let params: { companyId: string };
let journal: ConnectionShape;
let sandbox: ConnectionShape;

beforeAll(async () => {
  world = await startWorld();
  caller = openCaller(world.service.url);
  params = { companyId: world.company.id };
  journal = await world.connectJournal();
  sandbox = await world.connectSandbox();
});
afterAll(() => world.stop());

const many = <T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));
const ofBill = ({ id }: BillShape) => ({ ...params, billId: id });
const codeOf = (body: unknown) => (body as Problem).code;
test('The same bill added twenty times at once is one bill and nineteen duplicates of it', async () => {
  const body = {
    number: 'T-20',
    supplier: { name: 'Kontorlageret Demo A/S', vatNumber: 'DK98250107' },
    issuedOn: '2026-11-02',
    currency: 'DKK',
    lines: [{ net: '100.00' }],
  };
  const bills = await many(20, async () => (await caller.done('addBill', { params, body })).bill);
  const originals = bills.filter(({ duplicateOf }) => duplicateOf === null);
  expect(originals).toHaveLength(1);
  const [original] = originals;
  for (const bill of bills) if (bill !== original) expect(bill.duplicateOf).toBe(original!.id);
  await world.settled(original!.id);
  const { rows } = await world.database.pool.query(
    `select distinct bill_id from attempts where bill_id = any ($1)`,
    [bills.map(({ id }) => id)],
  );
  expect(rows).toEqual([{ bill_id: original!.id }]);
});

test('Twenty edits of different fields at once are all kept, each with its line in the activity', async () => {
  const lines = Array.from({ length: 20 }, (_, index) => ({ id: `l${index}`, net: '1.00' }));
  const bill = await world.addBill({ lines });
  const edits = await many(20, (index) =>
    caller.done('editBill', {
      params: ofBill(bill),
      body: { lines: [{ id: `l${index}`, category: `Kategori ${index}` }] },
    }),
  );
  expect(new Set(edits.map(({ revision }) => revision)).size).toBe(20);
  const after = await caller.done('getBill', { params: ofBill(bill) });
  expect(after.revision).toBe(21);
  expect(after.lines.map(({ category }) => category)).toEqual(
    lines.map((_, index) => `Kategori ${index}`),
  );
  const query = { limit: '200' };
  const { items } = await caller.done('listActivity', { params: ofBill(bill), query });
  expect(items.filter(({ kind }) => kind === 'category-changed')).toHaveLength(20);
});

test('Of ten edits made on the same revision at once, one is taken and nine are told', async () => {
  const bill = await world.addBill();
  const answers = await many(10, (index) =>
    caller.call('editBill', {
      params: ofBill(bill),
      body: { expectedRevision: 1, note: `note ${index}` },
    }),
  );
  const taken = answers.filter(({ status }) => status === 200);
  expect(taken).toHaveLength(1);
  for (const { status, body } of answers)
    if (status !== 200) expect(codeOf(body)).toBe('bill-changed');
  expect(await caller.done('getBill', { params: ofBill(bill) })).toEqual(taken[0]!.body);
});

test('Ten payments at once are ten payments; ten who mark the bill as paid at once mark it once', async () => {
  const bill = await world.addBill();
  const body = { amount: '10.00', paidOn: '2026-11-05' };
  await many(10, () => caller.done('payBill', { params: ofBill(bill), body }));
  const answers = await many(10, () =>
    caller.call('markBillAsPaid', { params: ofBill(bill), body: {} }),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  for (const { status, body } of answers)
    if (status !== 200) expect(codeOf(body)).toBe('already-so');
  const after = await caller.done('getBill', { params: ofBill(bill) });
  expect(after.payments).toHaveLength(11);
  expect(after.totals).toMatchObject({ paid: '125.00', outstanding: '0.00' });
});

test('Editing, paying, approving and syncing the same few bills again while they are synced: no mistake of ours', async () => {
  const bills = await many(6, () => world.addBill());
  const statuses = new Map<string, number>();
  const act = async (index: number) => {
    const bill = bills[index % bills.length]!;
    const connectionId = index % 2 === 0 ? journal.id : sandbox.id;
    const billIds = bills.map(({ id }) => id);
    const acts = [
      () => caller.call('editBill', { params: ofBill(bill), body: { note: `n${index}` } }),
      () =>
        caller.call('payBill', {
          params: ofBill(bill),
          body: { amount: '1.00', paidOn: '2026-11-05' },
        }),
      () =>
        caller.call('resync', {
          params: ofBill(bill),
          body: { connectionId, posting: 'supplier-invoice' },
        }),
      () =>
        caller.call('startResyncRun', {
          params,
          body: { of: { by: 'bills', billIds: index % 2 ? billIds : billIds.toReversed() } },
        }),
      () => caller.call('approveBill', { params: ofBill(bill) }),
      () =>
        caller.call('editConnection', {
          params: { ...params, connectionId },
          body: { rules: { quietMs: index % 50 } },
        }),
      () => caller.call('listPostings', { params: ofBill(bill) }),
    ];
    const { status, body } = await acts[index % acts.length]!();
    const key = status < 400 ? 'done' : codeOf(body);
    statuses.set(key, (statuses.get(key) ?? 0) + 1);
  };
  for (let round = 0; round < 4; round++) await many(42, (index) => act(index * 5 + round));
  expect([...statuses.keys()].filter((key) => !['done', 'already-so'].includes(key))).toEqual([]);
  for (const bill of bills) {
    const postings = await world.settled(bill.id, 30_000);
    expect(postings.filter(({ state }) => state !== 'in-step')).toEqual([]);
  }
  // Each costs everybody in it a second; there were thirty when lanes were not locked last.
  const { rows } = await world.database.pool.query<{ deadlocks: number }>(
    'select deadlocks from pg_stat_database where datname = current_database()',
  );
  expect(rows[0]?.deadlocks).toBeLessThan(3);
});

test('Two transactions that lock each other out are both done in the end', async () => {
  const { pool } = world.database;
  await pool.query('create table crossing (id integer primary key, count integer not null)');
  await pool.query('insert into crossing values (1, 0), (2, 0)');
  let tries = 0;
  // Nobody goes for the second row before both hold their first.
  const { promise: bothHoldOne, resolve: both } = Promise.withResolvers<void>();
  let holding = 0;
  const crossing = (first: number, second: number) =>
    again(async () => {
      tries += 1;
      const client = await pool.connect();
      try {
        await client.query('begin');
        const add = (id: number) =>
          client.query('update crossing set count = count + 1 where id = $1', [id]);
        await add(first);
        holding += 1;
        if (holding === 2) both();
        await bothHoldOne;
        await add(second);
        await client.query('commit');
      } catch (error) {
        await client.query('rollback');
        throw error;
      } finally {
        client.release();
      }
    });
  await Promise.all([crossing(1, 2), crossing(2, 1)]);
  expect(tries).toBe(3);
  const { rows } = await pool.query('select count from crossing order by id');
  expect(rows).toEqual([{ count: 2 }, { count: 2 }]);
});

test('What is a mistake, and not somebody in the way, is not tried again', async () => {
  let tries = 0;
  const failing = again(async () => {
    tries += 1;
    throw Object.assign(new Error('unique'), { code: '23505' });
  });
  await expect(failing).rejects.toThrow('unique');
  expect(tries).toBe(1);
});
