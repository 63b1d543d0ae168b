import { describe, expect, test } from 'vitest';
import { DEFAULT_RULES, type ConnectionRules } from '../core/rules.ts';
import { PAYMENT_ID, sampleBill, sampleLine, samplePayment } from '../core/test-bill.ts';
import { type DocumentOf, documentFor } from './documents.ts';

const rules = (given: Partial<ConnectionRules> = {}): ConnectionRules => ({
  ...DEFAULT_RULES,
  defaultAccount: '5010',
  paymentAccount: '5820',
  ...given,
});
const INVOICE: DocumentOf = {
  postingId: 'p-1',
  kind: 'supplier-invoice',
  paymentId: null,
  wanted: 'present',
  invoice: null,
};
const PAYMENT: DocumentOf = {
  ...INVOICE,
  postingId: 'p-2',
  kind: 'supplier-payment',
  paymentId: PAYMENT_ID,
  invoice: { postingId: 'p-1', remoteId: 'invoice-7' },
};
const failing = (make: () => unknown) => expect(make).toThrow(/account-missing/);

describe('an invoice', () => {
  test('Carries our reference, the bill and who it is from', () => {
    const document = documentFor(sampleBill({ note: 'Haster' }), INVOICE, rules());
    expect(document).toMatchObject({
      kind: 'supplier-invoice',
      reference: 'p-1',
      supplierKey: 'vat:DK98250107',
      number: 'F-1001',
      dueOn: '2026-11-30',
      totalMinor: 125_00,
      note: 'Haster',
    });
  });

  test('A category has the account the rules give it, everything else the default account', () => {
    const bill = sampleBill({
      lines: [
        sampleLine({ category: 'Kontor' }),
        sampleLine({ id: '2', category: 'Rejser' }),
        sampleLine({ id: '3' }),
      ],
    });
    const document = documentFor(bill, INVOICE, rules({ accounts: { Kontor: '3600' } }));
    const lines = document.kind === 'supplier-invoice' ? document.lines : [];
    expect(lines.map(({ account }) => account)).toEqual(['3600', '5010', '5010']);
  });

  // Used to find what every object has by that name, and fail as a mistake of ours.
  test('A category may be called "constructor"', () => {
    const bill = sampleBill({ lines: [sampleLine({ category: 'constructor' })] });
    const document = documentFor(bill, INVOICE, rules());
    expect(document).toMatchObject({ lines: [{ account: '5010' }] });
  });

  test('Without an account for a line nothing is sent; the line is named', () => {
    const bill = sampleBill({ lines: [sampleLine({ category: 'Rejser' })] });
    failing(() => documentFor(bill, INVOICE, rules({ defaultAccount: null })));
    try {
      documentFor(bill, INVOICE, rules({ defaultAccount: null }));
    } catch (error) {
      expect(error).toMatchObject({ details: { code: 'account-missing', subject: 'Rejser' } });
    }
  });

  test('To be taken back it needs no account', () => {
    const given = { ...INVOICE, wanted: 'absent' } as const;
    expect(() => documentFor(sampleBill(), given, rules({ defaultAccount: null }))).not.toThrow();
  });

  test("A line's own VAT code comes before that of the rules", () => {
    const bill = sampleBill({
      lines: [
        sampleLine(),
        sampleLine({ id: '2', vatCode: 'EU' }),
        sampleLine({ id: '3', vatPercent: '12' }),
      ],
    });
    const document = documentFor(bill, INVOICE, rules({ vatCodes: { S25: 'I25' } }));
    const lines = document.kind === 'supplier-invoice' ? document.lines : [];
    expect(lines.map(({ vatCode }) => vatCode)).toEqual(['I25', 'EU', null]);
  });

  test("A line without department and project has the bill's", () => {
    const bill = sampleBill({
      department: 'SALG',
      project: 'P-1',
      lines: [sampleLine(), sampleLine({ id: '2', department: 'DRIFT', project: 'P-2' })],
    });
    const document = documentFor(bill, INVOICE, rules());
    const lines = document.kind === 'supplier-invoice' ? document.lines : [];
    expect(lines.map(({ department, project }) => [department, project])).toEqual([
      ['SALG', 'P-1'],
      ['DRIFT', 'P-2'],
    ]);
  });

  test('A credit note keeps positive amounts and says that it is one', () => {
    const bill = sampleBill({ kind: 'credit-note', correctsNumber: 'F-900' });
    expect(documentFor(bill, INVOICE, rules())).toMatchObject({
      billKind: 'credit-note',
      totalMinor: 125_00,
      correctsNumber: 'F-900',
    });
  });
});

describe('a payment', () => {
  const paid = sampleBill({ payments: [samplePayment()] });

  test('Names the invoice it pays, and the account it was paid from', () => {
    expect(documentFor(paid, PAYMENT, rules())).toMatchObject({
      kind: 'supplier-payment',
      reference: 'p-2',
      invoiceReference: 'p-1',
      invoiceRemoteId: 'invoice-7',
      amountMinor: 125_00,
      paidOn: '2026-11-20',
      account: '5820',
      markedAsPaid: false,
    });
    const card = sampleBill({ payments: [samplePayment({ account: '5830' })] });
    expect(documentFor(card, PAYMENT, rules())).toMatchObject({ account: '5830' });
  });

  test('Without an account to pay from nothing is sent', () => {
    failing(() => documentFor(paid, PAYMENT, rules({ paymentAccount: null })));
  });

  test('One that was taken back from the bill can still be looked for by its reference', () => {
    const given = { ...PAYMENT, wanted: 'absent' } as const;
    expect(documentFor(sampleBill(), given, rules({ paymentAccount: null }))).toMatchObject({
      reference: 'p-2',
      amountMinor: 0,
    });
    expect(() => documentFor(sampleBill(), PAYMENT, rules())).toThrow('has no payment');
  });
});
