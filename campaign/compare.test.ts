/** What the comparison says of payments: counted, reconciled, reversed as they are to be, or not. */
import { expect, test } from 'vitest';
import type { BookedInvoice, BookedPayment, Books } from './books.ts';
import { compare } from './compare.ts';
import type { WantedBill } from './wanted.ts';

const record = {
  state: 'paid',
  number: 'A',
  supplier: 'Papir ApS',
  on: '2026-11-02',
  dueOn: null,
  note: '',
  currency: 'DKK',
  lines: ['2750 Papir 100.00 I25'],
  vat: '25.00',
  total: '125.00',
};
const PAID: WantedBill = {
  bill: 'A',
  supplier: 'Papir ApS',
  known: [
    { id: 'i', kind: 'supplier-invoice', paymentId: null },
    { id: 'p', kind: 'supplier-payment', paymentId: '1' },
  ],
  invoice: { reference: 'i', record },
  payments: [
    { reference: 'p', record: { state: 'posted', on: '2026-11-20', paid: '5820 125.00' } },
  ],
  isPosted: true,
  isPaid: true,
};
const CANCELLED: WantedBill = { ...PAID, invoice: null, payments: [], isPaid: false };
const INVOICE: BookedInvoice = { ...record, id: 1, reference: 'i', paymentLines: [7], owed: [9] };
const PAYMENT: BookedPayment = {
  id: 2,
  reference: 'p',
  state: 'posted',
  invoiceId: 1,
  on: '2026-11-20',
  paid: '5820 125.00',
  payableLine: 7,
  reconciliation: 9,
  reversal: null,
};

function findings(wanted: WantedBill, books: Partial<Books>): string[] {
  const all = { invoices: [INVOICE], payments: [PAYMENT], parties: ['Papir ApS'], ...books };
  return compare([wanted], all).map(({ kind, what }) => `${kind}: ${what}`);
}

test('a bill that was paid and reconciled has nothing wrong', () => {
  expect(findings(PAID, {})).toEqual([]);
});

test.each<[string, Partial<Books>, string[]]>([
  [
    'paid twice',
    { payments: [PAYMENT, { ...PAYMENT, id: 3 }] },
    ['duplicate: the payment is in the books 2 times'],
  ],
  [
    'not paid',
    { payments: [] },
    [
      'loss: the payment is not in the books',
      'disagreement: a payment counts that is none of the bill',
    ],
  ],
  [
    'paid with another amount',
    { payments: [{ ...PAYMENT, paid: '5820 100.00' }] },
    ['disagreement: the payment: paid is 5820 100.00, to be 5820 125.00'],
  ],
  [
    'not reconciled',
    { payments: [{ ...PAYMENT, reconciliation: null }] },
    ['disagreement: the payment is not reconciled'],
  ],
  [
    'reconciled with another bill',
    { payments: [{ ...PAYMENT, reconciliation: 8 }] },
    ['disagreement: the payment is reconciled with something else'],
  ],
  [
    'not counted',
    { invoices: [{ ...INVOICE, paymentLines: [] }] },
    ['disagreement: the payment does not count against its invoice'],
  ],
  [
    'a payment without a mark',
    { payments: [PAYMENT, { ...PAYMENT, reference: null }] },
    ['disagreement: a payment is in the books that carries no mark'],
  ],
  [
    'the same bill without a mark',
    { invoices: [INVOICE, { ...INVOICE, reference: null }] },
    ['duplicate: an invoice is in the books that carries no mark'],
  ],
])('%s: it is found', (_name, books, expected) => {
  expect(findings(PAID, books)).toEqual(expected);
});

test('what was cancelled is not to be there, and a reversal is to stand as what it reverses', () => {
  expect(findings(CANCELLED, { invoices: [] })).toEqual([
    'disagreement: a payment is in the books that is not to be there',
  ]);
  const half = { ...PAYMENT, reversal: 'draft' };
  expect(findings(CANCELLED, { invoices: [], payments: [half] })).toEqual([
    'disagreement: the payment is posted, its reversal draft',
  ]);
  const whole = { ...PAYMENT, reversal: 'posted' };
  expect(findings(CANCELLED, { invoices: [], payments: [whole] })).toEqual([]);
});
