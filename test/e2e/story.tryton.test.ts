/**
 * The life of a bill in Spor and in a real Tryton, told the way an accountant would check it: what somebody
 * does to the bill, and then what Tryton's own records and balances say.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { ConnectionShape } from '../../src/contract/sync-shapes.ts';
import { asAdmin } from '../../src/connectors/tryton/test-client.ts';
import { endSessions, putBooksBack } from '../../src/connectors/tryton/test-server.ts';
import { startWorld, type World } from '../support/world.ts';
import { openTrytonBooks } from '../support/tryton-books.ts';

const server = inject('tryton');
const books = openTrytonBooks(asAdmin(server));
const SAMPLES = join(import.meta.dirname, '../../src/intake/samples');

let world: World;
let connection: ConnectionShape;

/** The company in Spor, connected to fresh books in Tryton. */
async function begin(takeTo: 'draft' | 'posted'): Promise<void> {
  putBooksBack(server);
  world = await startWorld({ timeoutMs: 30_000 });
  connection = await world.client.createConnection({
    params: { companyId: world.company.id },
    body: {
      connector: 'tryton',
      name: 'Tryton',
      settings: {
        baseUrl: server.url,
        database: 'demo',
        username: 'spor',
        password: server.userPassword,
        takeTo,
        departmentRoot: 'AFD',
        roundingAccount: '3690',
      },
      rules: {
        defaultAccount: '3600',
        paymentAccount: '5820',
        accounts: { Telefoni: '3604' },
        vatCodes: { S25: 'I25' },
        quietMs: 0,
        quietAtMostMs: 0,
        reconcileNightly: false,
      },
    },
  });
}

const of = (bill: { id: string }) => ({ companyId: world.company.id, billId: bill.id });
/** Waits until Spor has nothing more to do for the bill; its newest attempt. */
async function settled(bill: { id: string }, outcome: string) {
  const [newest] = await world.until(
    async () => {
      await world.settled(bill.id, 60_000);
      return world.attempts(bill.id);
    },
    ([attempt]) => attempt?.outcome === outcome,
    60_000,
  );
  return newest!;
}
/** Spor has looked at all of the bill's day; where what it found is. */
async function reconciled(bill: { id: string; issuedOn: string }) {
  const { companyId } = of(bill);
  const period = { fromOn: bill.issuedOn, toOn: bill.issuedOn };
  const begun = await world.client.startReconciliation({ params: { companyId }, body: period });
  const params = { companyId, reconciliationId: begun.items[0]!.id };
  await world.until(
    () => world.client.getReconciliation({ params }),
    ({ state }) => state === 'done',
    60_000,
  );
  return params;
}
const again = (bill: { id: string }) =>
  world.client.resync({
    params: of(bill),
    body: { connectionId: connection.id, posting: 'supplier-invoice' },
  });

describe('as drafts, which the bookkeeper posts in Tryton', () => {
  beforeAll(() => begin('draft'));
  afterAll(() => world.stop());

  test('an e-invoice comes in, is given its category, and is approved: the draft has its lines, accounts, departments, VAT and file', async () => {
    const { bill } = await world.client.importBill({
      params: { companyId: world.company.id },
      body: await readFile(join(SAMPLES, 'phone-2026-10.xml')),
    });
    await settled(bill, 'created');
    await world.client.editBill({
      params: of(bill),
      body: {
        lines: [
          { id: '1', category: 'Telefoni', department: 'Udvikling' },
          { id: '2', category: 'Telefoni' },
        ],
      },
    });
    await settled(bill, 'updated');
    await world.client.approveBill({ params: of(bill) });
    await world.settled(bill.id, 60_000);

    expect(await books.invoice('7730188-26')).toEqual({
      state: 'draft',
      supplier: 'Demotel Danmark A/S',
      day: '2026-10-12',
      due: '2026-11-02',
      lines: [
        '3604 Mobilabonnement, fri tale og 100 GB 895.20 I25 Udvikling',
        '3604 Bredbånd 1000/1000 299.00 I25',
        '3600 Forbrug uden for EU 39.95 I25 Salg',
        '3690 Øreafrunding 0.31',
      ],
      vat: '308.54',
      total: '1543.00',
      files: ['Faktura 7730188-26.pdf'],
    });
    // A draft is not in the books yet.
    expect(await books.balances('3600', '3604', '6903', '6800')).toEqual({
      '3600': '0.00',
      '3604': '0.00',
      '6903': '0.00',
      '6800': '0.00',
    });
  });

  test('the due date is put off: the draft follows', async () => {
    const bill = await world.addBill({ number: 'A-1' });
    await settled(bill, 'created');
    expect(await books.invoice('A-1')).toMatchObject({ due: '2026-11-30' });
    await world.client.editBill({ params: of(bill), body: { dueOn: '2026-12-15' } });
    expect(await settled(bill, 'updated')).toMatchObject({ changes: ['due-date-changed'] });
    expect(await books.invoice('A-1')).toMatchObject({ due: '2026-12-15' });
  });

  test('the bookkeeper deletes it in Tryton: Spor sees it and leaves it so, until a person wants it back', async () => {
    const bill = await world.addBill({ number: 'A-2' });
    await settled(bill, 'created');
    await books.deleteInvoice('A-2');
    await world.client.editBill({ params: of(bill), body: { dueOn: '2026-12-15' } });
    const { failure } = await settled(bill, 'failed');
    expect(failure).toMatchObject({
      code: 'deleted-in-target',
      title: 'Posteringen er slettet i regnskabssystemet',
    });
    expect(await books.invoice('A-2')).toBeNull();
    await again(bill);
    await settled(bill, 'created');
    expect(await books.invoice('A-2')).toMatchObject({ state: 'draft', due: '2026-12-15' });
  });

  test('an invoice of ours whose bill Spor does not know: reconciliation finds it', async () => {
    const bill = await world.addBill({ number: 'A-4' });
    await settled(bill, 'created');
    // As after a backup from before the bill came in.
    for (const table of ['postings', 'bills'])
      await world.database.pool.query(`delete from ${table} where bill_id = $1`, [bill.id]);
    const params = await reconciled(bill);
    const { items } = await world.client.listReconciliationRows({
      params,
      query: { verdict: 'unknown' },
    });
    expect(items).toMatchObject([
      { reason: 'no-posting', billId: null, number: 'A-4', kind: 'supplier-invoice' },
    ]);
    await books.deleteInvoice('A-4');
  });

  test("Tryton's session has run out: Spor signs in again, and the bill is there once", async () => {
    endSessions(server);
    const bill = await world.addBill({ number: 'A-3' });
    await settled(bill, 'created');
    expect(await world.attempts(bill.id)).toHaveLength(1);
    expect(await books.invoice('A-3')).toMatchObject({ state: 'draft' });
  });

  test('the bookkeeper has posted it: a new amount is refused in plain words, with what can be done', async () => {
    const bill = await world.addBill({ number: 'A-4' });
    await settled(bill, 'created');
    await books.postInvoice('A-4');
    await world.client.editBill({
      params: of(bill),
      body: { lines: [{ id: '1', net: '200.00', vat: '50.00' }] },
    });
    const { failure } = await settled(bill, 'failed');
    expect(failure).toMatchObject({ code: 'posting-locked', who: 'bookkeeper' });
    expect(failure?.title).toMatch(/^Posteringen er bogført eller låst i regnskabssystemet/);
    expect(failure?.remedy).toMatch(
      /tilbagefør den i regnskabssystemet.*ret forskellen med en ny postering/,
    );
    expect(failure?.originalMessage).toMatch(/^The invoice 2026\/00001 is posted in Tryton \(/);
    expect(await books.invoice('A-4')).toMatchObject({ state: 'posted', total: '125.00' });
  });
});

describe('posted and reconciled by Spor', () => {
  beforeAll(() => begin('posted'));
  afterAll(() => world.stop());

  test('a bill is posted; it is paid in two parts: the payments are booked and reconciled, and Tryton calls it paid', async () => {
    const bill = await world.addBill({ number: 'B-1' });
    await settled(bill, 'created');
    expect(await books.invoice('B-1')).toMatchObject({ state: 'posted', total: '125.00' });
    const accounts = ['3600', '6903', '6800', '5820'] as const;
    expect(await books.balances(...accounts)).toEqual({
      '3600': '100.00',
      '6903': '25.00',
      '6800': '-125.00',
      '5820': '0.00',
    });

    const pay = (amount: string, paidOn: string) =>
      world.client.payBill({ params: of(bill), body: { amount, paidOn } });
    await pay('25.00', '2026-11-20');
    await world.settled(bill.id, 60_000);
    expect(await books.invoice('B-1')).toMatchObject({ state: 'posted' });
    expect(await books.balances('6800')).toEqual({ '6800': '-100.00' });
    await pay('100.00', '2026-11-30');
    await world.settled(bill.id, 60_000);
    expect(await books.invoice('B-1')).toMatchObject({ state: 'paid' });
    expect(await books.balances(...accounts)).toEqual({
      '3600': '100.00',
      '6903': '25.00',
      '6800': '0.00',
      '5820': '-125.00',
    });
    expect(await books.openLines('6800')).toBe(0);
    expect(await world.postings(bill.id)).toMatchObject([
      { kind: 'supplier-invoice', state: 'in-step' },
      { kind: 'supplier-payment', state: 'in-step' },
      { kind: 'supplier-payment', state: 'in-step' },
    ]);
  });

  test('a payment is taken back: it is reversed, and the invoice is open again', async () => {
    const bill = await world.addBill({ number: 'B-2' });
    await settled(bill, 'created');
    const before = await books.balances('6800', '5820');
    await world.client.markBillAsPaid({ params: of(bill), body: { paidOn: '2026-11-30' } });
    await world.settled(bill.id, 60_000);
    expect(await books.invoice('B-2')).toMatchObject({ state: 'paid' });
    const { payments } = await world.client.getBill({ params: of(bill) });
    await world.client.removePayment({ params: { ...of(bill), paymentId: payments[0]!.id } });
    await settled(bill, 'removed');
    expect(await books.invoice('B-2')).toMatchObject({ state: 'posted' });
    expect(await books.balances('6800', '5820')).toEqual(before);
  });

  test('a posted invoice turns out wrong: asked for, it is credited and made anew, and the books hold the right one', async () => {
    const accounts = ['3600', '6903', '6800'] as const;
    const before = await books.balances(...accounts);
    const openBefore = await books.openLines('6800');
    const bill = await world.addBill({ number: 'B-3' });
    await settled(bill, 'created');
    const [first] = await world.postings(bill.id);
    const body = { lines: [{ id: '1', net: '200.00', vat: '50.00' }] };
    await world.client.editBill({ params: of(bill), body });
    expect((await settled(bill, 'failed')).failure).toMatchObject({ code: 'posting-locked' });
    expect(await books.invoice('B-3')).toMatchObject({ state: 'posted', total: '125.00' });
    await world.client.resync({
      params: of(bill),
      body: { connectionId: connection.id, posting: 'supplier-invoice', replace: true },
    });
    await settled(bill, 'replaced');
    expect(await books.invoice('B-3')).toMatchObject({ state: 'posted', total: '250.00' });
    const [now] = await world.postings(bill.id);
    expect(now).toMatchObject({ state: 'in-step' });
    expect(now!.remoteId).not.toBe(first!.remoteId);
    // The first one and its counter-entry are reconciled with each other: one line is to be paid.
    expect(await books.openLines('6800')).toBe(openBefore + 1);
    const plus = (code: (typeof accounts)[number], amount: number) =>
      (Number(before[code]) + amount).toFixed(2);
    expect(await books.balances(...accounts)).toEqual({
      '3600': plus('3600', 200),
      '6903': plus('6903', 50),
      '6800': plus('6800', -250),
    });
  });

  test('a paid one is wrong: its payment is taken back first, then it is made anew and paid again', async () => {
    const bill = await world.addBill({ number: 'B-4' });
    await settled(bill, 'created');
    const { payments } = await world.client.markBillAsPaid({
      params: of(bill),
      body: { paidOn: '2026-11-30' },
    });
    await world.settled(bill.id, 60_000);
    const replace = () =>
      world.client.resync({
        params: of(bill),
        body: { connectionId: connection.id, posting: 'supplier-invoice', replace: true },
      });
    await expect(replace()).rejects.toMatchObject({ problem: { code: 'payment-booked' } });
    await world.client.removePayment({ params: { ...of(bill), paymentId: payments[0]!.id } });
    await settled(bill, 'removed');
    const body = { lines: [{ id: '1', net: '80.00', vat: '20.00' }] };
    await world.client.editBill({ params: of(bill), body });
    await settled(bill, 'failed');
    await replace();
    await settled(bill, 'replaced');
    await world.client.markBillAsPaid({ params: of(bill), body: { paidOn: '2026-11-30' } });
    await world.settled(bill.id, 60_000);
    expect(await books.invoice('B-4')).toMatchObject({ state: 'paid', total: '100.00' });
  });

  test('of several that are booked by hand, those that agree with their bills are linked at once', async () => {
    await books.bookLike('B-2', 'B-7');
    await books.bookLike('B-2', 'B-8');
    const booked = [await books.invoice('B-7'), await books.invoice('B-8')];
    const same = await world.addBill({ number: 'B-7' });
    const other = await world.addBill({ number: 'B-8' });
    for (const bill of [same, other]) await settled(bill, 'failed');
    const body = { lines: [{ id: '1', net: '200.00', vat: '50.00' }] };
    await world.client.editBill({ params: of(other), body });
    await world.settled(other.id, 60_000);
    await world.client.startResyncRun({
      params: { companyId: world.company.id },
      body: {
        connectionId: connection.id,
        posting: 'supplier-invoice',
        of: { by: 'failure', failure: 'number-taken' },
        link: true,
      },
    });
    await settled(same, 'linked');
    expect((await settled(other, 'failed')).failure).toMatchObject({
      code: 'booked-otherwise',
      conflicts: [{ field: 'total', there: '125.00', wanted: '250.00' }],
    });
    expect([await books.invoice('B-7'), await books.invoice('B-8')]).toEqual(booked);
    await world.client.cancelBill({ params: of(other) });
  });

  test('the bookkeeper was quicker and booked it by hand: it is not made again, but linked, paid and reconciled', async () => {
    await books.bookLike('B-2', 'B-5');
    const booked = await books.invoice('B-5');
    const accounts = ['3600', '6903', '6800', '5820'] as const;
    const before = await books.balances(...accounts);
    const bill = await world.addBill({ number: 'B-5', note: 'fra bilaget' });
    expect((await settled(bill, 'failed')).failure).toMatchObject({ code: 'number-taken' });
    await world.client.resync({
      params: of(bill),
      body: { connectionId: connection.id, posting: 'supplier-invoice', link: true },
    });
    await settled(bill, 'linked');
    expect(await books.invoice('B-5')).toEqual(booked);
    expect(await books.balances(...accounts)).toEqual(before);
    await world.client.markBillAsPaid({ params: of(bill), body: { paidOn: '2026-11-30' } });
    await world.settled(bill.id, 60_000);
    expect(await books.invoice('B-5')).toEqual({ ...booked, state: 'paid' });
    expect(await books.balances('6800', '5820')).toEqual({
      '6800': (Number(before['6800']) + 125).toFixed(2),
      '5820': (Number(before['5820']) - 125).toFixed(2),
    });
    const params = await reconciled(bill);
    const { items } = await world.client.listReconciliationRows({ params, query: {} });
    expect(items.filter(({ number }) => number === 'B-5')).toMatchObject([
      { kind: 'supplier-invoice', verdict: 'same' },
      { kind: 'supplier-payment', verdict: 'same' },
    ]);
  });
});
