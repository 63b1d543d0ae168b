/** What the rules make of bills: when syncing begins, what is left out and why, and what new rules change. */
import { describe, expect, test } from 'vitest';
import { type Books, openBooks } from '../../test/support/books.ts';
import { inOneWorld, world } from '../../test/support/one-world.ts';
import { lockBill } from '../store/bills.ts';
import { transaction } from '../store/pool.ts';

inOneWorld();

const at = ({ companyId }: Books, billId: string) => ({ params: { companyId, billId } });
const settle = () => new Promise((resolve) => setTimeout(resolve, 400));

describe.concurrent('when syncing begins', () => {
  test('From approval: added is told as such, and approval lets it go', async () => {
    const books = await openBooks(world, { rules: { beginOn: 'approved' } });
    const bill = await books.addBill();
    expect(await books.invoice(bill.id)).toMatchObject({
      state: 'off',
      off: { code: 'begins-on-approved' },
    });
    await books.client.approveBill(at(books, bill.id));
    await books.reach(bill.id, 'in-step');
    const [attempt] = await books.attempts(bill.id);
    expect(attempt).toMatchObject({ trigger: 'change', changes: ['approved'] });
  });

  test('From payment: the invoice and the payment go together', async () => {
    const books = await openBooks(world, { rules: { beginOn: 'paid' } });
    const bill = await books.addBill();
    await books.client.approveBill(at(books, bill.id));
    expect((await books.invoice(bill.id)).off?.code).toBe('begins-on-paid');
    await books.client.markBillAsPaid({ ...at(books, bill.id), body: { paidOn: '2026-11-20' } });
    expect(await books.reach(bill.id, 'in-step')).toHaveLength(2);
  });
});

describe.concurrent('what is left out', () => {
  test('By supplier, category, kind and amount, each with its reason; the rest goes', async () => {
    const books = await openBooks(world, {
      rules: {
        optOuts: [
          { posting: 'both', supplierName: 'Banken', reason: 'Bankens gebyrer' },
          { posting: 'both', category: 'Løn', reason: 'Løn bogføres i hånden' },
          { posting: 'both', billKind: 'receipt', reason: 'Ingen kvitteringer' },
          { posting: 'both', amountAtLeast: '10000.00', currency: 'DKK', reason: 'Store beløb' },
        ],
      },
    });
    const line = { description: 'x', net: '80.00', vat: '20.00' };
    const bills = {
      'Bankens gebyrer': await books.addBill({ supplier: { name: 'banken' } }),
      'Løn bogføres i hånden': await books.addBill({ lines: [{ ...line, category: 'Løn' }] }),
      'Ingen kvitteringer': await books.addBill({ kind: 'receipt' }),
      'Store beløb': await books.addBill({ lines: [{ ...line, net: '9980.00' }] }),
    };
    const goes = await books.addBill({ lines: [{ ...line, net: '9979.99' }] });
    for (const [reason, { id }] of Object.entries(bills)) {
      expect(await books.invoice(id)).toMatchObject({
        state: 'off',
        off: { code: 'opted-out', reason },
      });
    }
    await books.reach(goes.id, 'in-step');
    expect(books.system.books.counts().invoices).toBe(1);
    const refusal = books.resync(bills['Store beløb'].id);
    await expect(refusal).rejects.toMatchObject({ problem: { code: 'posting-off' } });
  });

  test('A duplicate is never synced, until a person says that it is none', async () => {
    const books = await openBooks(world);
    const original = await books.addBill({ number: 'A-1' });
    const again = await books.addBill({ number: 'a - 1' });
    expect(again.duplicateOf).toBe(original.id);
    await books.reach(original.id, 'in-step');
    await settle();
    expect(await books.invoice(again.id)).toMatchObject({
      state: 'off',
      off: { code: 'duplicate' },
    });
    const refusal = books.resync(again.id);
    await expect(refusal).rejects.toMatchObject({ problem: { code: 'bill-is-duplicate' } });
    expect(books.system.books.counts().invoices).toBe(1);
    await books.client.acceptAsSeparate(at(books, again.id));
    await books.reach(again.id, 'in-step');
    expect(books.system.books.counts().invoices).toBe(2);
  });

  test('The same bill coming twice in the same moment is one bill and its duplicate', async () => {
    const books = await openBooks(world);
    const twins = await Promise.all(
      Array.from({ length: 6 }, () => books.addBill({ number: 'TVILLING' })),
    );
    expect(twins.filter(({ duplicateOf }) => duplicateOf === null)).toHaveLength(1);
    const original = twins.find(({ duplicateOf }) => duplicateOf === null)!;
    await books.reach(original.id, 'in-step');
    await settle();
    expect(books.system.books.counts().invoices).toBe(1);
  });

  test('A bill that is cancelled before it was sent leaves nothing behind', async () => {
    const books = await openBooks(world, { rules: { quietMs: 60_000, quietAtMostMs: 60_000 } });
    const bill = await books.addBill();
    await books.client.cancelBill(at(books, bill.id));
    expect(await books.invoice(bill.id)).toMatchObject({ state: 'off', waitingUntil: null });
    expect(books.system.books.counts().invoices).toBe(0);
    expect(await books.outcomes(bill.id)).toEqual([]);
    // Used to lead to an attempt to remove nothing.
    const again = books.client.resync({
      ...at(books, bill.id),
      body: { connectionId: books.connection.id, posting: 'supplier-invoice' },
    });
    await expect(again).rejects.toMatchObject({ problem: { code: 'bill-cancelled' } });
  });

  test('A bill that is cancelled while it is being sent is taken back', async () => {
    const books = await openBooks(world);
    books.system.faults.next({
      kind: 'delay',
      on: 'write',
      path: '/supplier-invoices',
      delayMs: 800,
    });
    const bill = await books.addBill();
    await world.until(
      () => books.invoice(bill.id),
      ({ state }) => state === 'syncing',
    );
    await books.client.cancelBill(at(books, bill.id));
    await books.reach(bill.id, 'removed');
    expect(await books.outcomes(bill.id)).toEqual(['created', 'removed']);
    expect(books.system.books.counts().invoices).toBe(0);
  });
});

describe.concurrent('new rules', () => {
  test('A connection turned off sends nothing, and what changed meanwhile goes when it is on again', async () => {
    const books = await openBooks(world);
    const bill = await books.addBill();
    await books.reach(bill.id, 'in-step');
    await books.editConnection({ enabled: false });
    await books.edit(bill.id, { note: 'imens' });
    const fresh = await books.addBill();
    await settle();
    expect((await books.invoice(fresh.id)).off?.code).toBe('connection-off');
    expect(await books.outcomes(bill.id)).toEqual(['created']);
    await expect(books.resync(bill.id)).rejects.toMatchObject({
      problem: { code: 'connection-off' },
    });
    await books.editConnection({ enabled: true });
    await books.reach(bill.id, 'in-step');
    await books.reach(fresh.id, 'in-step');
    expect([...books.system.books.invoices.all()].map(({ memo }) => memo).sort()).toEqual([
      '',
      'imens',
    ]);
  });

  test('Payments turned on are made up for the bills that are there', async () => {
    const books = await openBooks(world, { rules: { supplierPayments: false } });
    const bill = await books.addBill();
    await books.pay(bill.id, '125.00');
    await books.reach(bill.id, 'in-step', 'off');
    expect(books.system.books.counts().payments).toBe(0);
    await books.editConnection({ rules: { supplierPayments: true } });
    await books.reach(bill.id, 'in-step');
    expect(books.system.books.counts().payments).toBe(1);
  });

  test('Another account for a category syncs the bills of that category again, and no others', async () => {
    const books = await openBooks(world, {
      rules: { accounts: { Kontor: '3600', Rejser: '3140' } },
    });
    const line = { description: 'x', net: '100.00', vat: '25.00' };
    const office = await books.addBill({ lines: [{ ...line, category: 'Kontor' }] });
    const travel = await books.addBill({ lines: [{ ...line, category: 'Rejser' }] });
    const plain = await books.addBill();
    for (const { id } of [office, travel, plain]) await books.reach(id, 'in-step');
    await books.editConnection({ rules: { accounts: { Kontor: '3604', Rejser: '3140' } } });
    await world.until(
      () => books.outcomes(office.id),
      (outcomes) => outcomes.at(-1) === 'updated',
    );
    await settle();
    const attempts = await books.attempts(office.id);
    expect(attempts.at(-1)).toMatchObject({ trigger: 'settings', outcome: 'updated' });
    expect(await books.outcomes(travel.id)).toEqual(['created']);
    expect(await books.outcomes(plain.id)).toEqual(['created']);
    const accounts = [...books.system.books.invoices.all()].map(({ lines }) => lines[0]!.account);
    expect(accounts.sort()).toEqual(['3140', '3604', '5010']);
  });

  test('Bills that stand in line while the rules change go by the new rules', async () => {
    // What used to go wrong: the lane had read the rules with the line, and sent by the old ones.
    const books = await openBooks(world, { settings: { concurrent: 1 } });
    const slow = {
      kind: 'delay',
      delayMs: 1_500,
      on: 'write',
      path: '/supplier-invoices',
    } as const;
    books.system.faults.next(slow);
    const first = await books.addBill();
    await world.until(
      () => books.invoice(first.id),
      ({ state }) => state === 'syncing',
    );
    const inLine = await books.addBill();
    await settle();
    await books.editConnection({ rules: { defaultAccount: '3600' } });
    const posting = await books.invoice(inLine.id);
    await world.until(
      async () => books.system.books.invoices.find(posting.id)[0]?.lines[0]?.account,
      (account) => account === '3600',
    );
  });

  test('What they leave out is not sent, however long it takes to look at every bill again', async () => {
    const books = await openBooks(world, { settings: { concurrent: 1 } });
    const path = '/supplier-invoices';
    books.system.faults.next({ kind: 'delay', delayMs: 1_500, on: 'write', path });
    const first = await books.addBill();
    await world.until(
      () => books.invoice(first.id),
      ({ state }) => state === 'syncing',
    );
    const out = await books.addBill({ supplier: { name: 'Banken' } });
    const goes = await books.addBill();
    // Looking at every bill again stands still at the first for as long as somebody holds it.
    await transaction(world.database.pool, async (db) => {
      await lockBill(db, books.companyId, first.id);
      const optOut = { posting: 'both', supplierName: 'banken', reason: 'Gebyrer' } as const;
      await books.editConnection({ rules: { optOuts: [optOut] } });
      await books.reach(goes.id, 'in-step');
      expect(await books.invoice(out.id)).toMatchObject({
        state: 'off',
        off: { reason: 'Gebyrer' },
      });
    });
    await settle();
    expect(await books.outcomes(out.id)).toEqual([]);
  });

  test('A bill that somebody holds keeps the bills of others from nothing', async () => {
    const all = await Promise.all([1, 2].map(() => openBooks(world)));
    const bills = await Promise.all(all.map((books) => books.addBill()));
    await Promise.all(all.map((books, nth) => books.reach(bills[nth]!.id, 'in-step')));
    for (const held of [0, 1]) {
      await transaction(world.database.pool, async (db) => {
        await lockBill(db, all[held]!.companyId, bills[held]!.id);
        const rules = { defaultAccount: held === 0 ? '3600' : '3604' };
        for (const books of all) await books.editConnection({ rules });
        const [other, bill] = [all[1 - held]!, bills[1 - held]!];
        await world.until(
          () => other.outcomes(bill.id),
          (outcomes) => outcomes.length === 2 + held && outcomes.at(-1) === 'updated',
        );
      });
      await world.until(
        () => all[held]!.outcomes(bills[held]!.id),
        (outcomes) => outcomes.at(-1) === 'updated',
      );
    }
  });

  test('A failed bill is tried again when the rules that failed it are mended', async () => {
    const books = await openBooks(world, { rules: { defaultAccount: null } });
    const bill = await books.addBill();
    const [failed] = await books.reach(bill.id, 'failed');
    expect(failed!.failure?.code).toBe('account-missing');
    await books.editConnection({ rules: { defaultAccount: '5010' } });
    await books.reach(bill.id, 'in-step');
  });

  test('A new name changes nothing else', async () => {
    const books = await openBooks(world);
    const bill = await books.addBill();
    await books.reach(bill.id, 'in-step');
    await books.editConnection({ name: 'Nyt navn' });
    await settle();
    expect(await books.outcomes(bill.id)).toEqual(['created']);
  });

  test('A removed posting of a cancelled bill stays removed, whatever the rules become', async () => {
    const books = await openBooks(world);
    const bill = await books.addBill();
    await books.reach(bill.id, 'in-step');
    await books.client.cancelBill(at(books, bill.id));
    await books.reach(bill.id, 'removed');
    await books.editConnection({ rules: { defaultAccount: '3600' } });
    const other = await books.addBill();
    await books.reach(other.id, 'in-step');
    await settle();
    expect((await books.invoice(bill.id)).state).toBe('removed');
  });
});
