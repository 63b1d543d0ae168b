import { describe, expect, test } from 'vitest';
import type { Bill } from './bill.ts';
import {
  acceptAsSeparate,
  addPayment,
  approve,
  cancel,
  editDetails,
  EditRefused,
  markAsPaid,
  removePayment,
} from './bill-edits.ts';
import { PAYMENT_ID, sampleBill, sampleLine, samplePayment } from './test-bill.ts';

function refusalOf(edit: () => unknown): string {
  try {
    edit();
  } catch (error) {
    if (error instanceof EditRefused) return error.code;
    throw error;
  }
  return 'not refused';
}

describe('details', () => {
  test('What is not mentioned stays as it is; null clears', () => {
    const before = sampleBill({ department: 'SALG' });
    const { bill, changes } = editDetails(before, {
      note: 'Haster',
      department: null,
      dueOn: undefined,
    });
    expect(bill).toEqual({ ...before, note: 'Haster', department: null });
    expect(changes.map(({ kind }) => kind)).toEqual(['note-changed', 'department-changed']);
  });

  test('Only the name of the supplier changes, not who it is', () => {
    const { bill } = editDetails(sampleBill(), { supplierName: 'Kontorlageret A/S' });
    expect(bill.supplier).toEqual({
      name: 'Kontorlageret A/S',
      vatNumber: 'DK98250107',
      country: 'DK',
    });
  });

  test('A line is edited by its id; the others stay', () => {
    const before = sampleBill({ lines: [sampleLine(), sampleLine({ id: '2' })] });
    const { bill } = editDetails(before, { lines: () => [{ id: '2', category: 'Kontor' }] });
    expect(bill.lines).toEqual([sampleLine(), sampleLine({ id: '2', category: 'Kontor' })]);
    expect(refusalOf(() => editDetails(before, { lines: () => [{ id: '3' }] }))).toBe(
      'invalid-request',
    );
  });

  test('An edit made on an older revision is refused, so that nobody overwrites unseen', () => {
    const bill = sampleBill({ revision: 3 });
    expect(refusalOf(() => editDetails(bill, { expectedRevision: 2, note: 'x' }))).toBe(
      'bill-changed',
    );
    expect(editDetails(bill, { expectedRevision: 3, note: 'x' }).bill.note).toBe('x');
  });
});

describe('approval and cancelling', () => {
  test('What is approved is what was looked at', () => {
    const bill = sampleBill({ revision: 3 });
    expect(refusalOf(() => approve(bill, 2))).toBe('bill-changed');
    expect(approve(bill, 3).bill.status).toBe('approved');
  });

  test('A bill is approved once', () => {
    const { bill, changes } = approve(sampleBill());
    expect(bill.status).toBe('approved');
    expect(changes).toEqual([
      { kind: 'approved', subject: null, before: 'added', after: 'approved' },
    ]);
    expect(refusalOf(() => approve(bill))).toBe('already-so');
  });

  test('A cancelled bill is not changed any more', () => {
    const { bill } = cancel(sampleBill());
    const edits: ((bill: Bill) => unknown)[] = [
      approve,
      (given) => editDetails(given, { note: 'x' }),
      (given) => addPayment(given, samplePayment()),
      (given) => removePayment(given, PAYMENT_ID),
    ];
    expect(edits.map((edit) => refusalOf(() => edit(bill)))).toEqual(
      edits.map(() => 'bill-cancelled'),
    );
    expect(refusalOf(() => cancel(bill))).toBe('already-so');
  });
});

describe('payments', () => {
  test('Marking as paid pays what is outstanding', () => {
    const part = addPayment(sampleBill(), samplePayment({ amountMinor: 25_00 })).bill;
    const { bill, changes } = markAsPaid(part, 'p2', '2026-11-21');
    expect(bill.payments[1]).toEqual({
      id: 'p2',
      kind: 'marked-as-paid',
      amountMinor: 100_00,
      paidOn: '2026-11-21',
      account: null,
    });
    expect(changes).toEqual([
      { kind: 'marked-as-paid', subject: 'p2', before: null, after: '100.00 DKK 2026-11-21' },
    ]);
    expect(refusalOf(() => markAsPaid(bill, 'p3', '2026-11-21'))).toBe('already-so');
  });

  test('Nothing is no payment, and a bill of nothing can not be paid', () => {
    expect(refusalOf(() => addPayment(sampleBill(), samplePayment({ amountMinor: 0 })))).toBe(
      'invalid-request',
    );
    const free = sampleBill({ lines: [sampleLine({ netMinor: 0, vatMinor: 0 })] });
    expect(refusalOf(() => markAsPaid(free, 'p', '2026-11-21'))).toBe('already-so');
  });

  test('A payment that is taken back is named by its id', () => {
    const paid = addPayment(sampleBill(), samplePayment()).bill;
    const { bill, changes } = removePayment(paid, PAYMENT_ID);
    expect(bill.payments).toEqual([]);
    expect(changes[0]).toMatchObject({ kind: 'payment-removed', subject: PAYMENT_ID, after: null });
    expect(refusalOf(() => removePayment(bill, PAYMENT_ID))).toBe('not-found');
  });
});

test('A duplicate that a person calls separate is synced from then on', () => {
  const { bill } = acceptAsSeparate(sampleBill({ duplicateOf: 'x' }));
  expect(bill).toMatchObject({ duplicateOf: null, acceptedAsSeparate: true });
  expect(refusalOf(() => acceptAsSeparate(bill))).toBe('already-so');
});
