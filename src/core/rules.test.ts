import { describe, expect, test } from 'vitest';
import { type ConnectionRules, DEFAULT_RULES, type OptOut, offReason } from './rules.ts';
import { sampleBill, sampleLine, samplePayment } from './test-bill.ts';

const rules = (given: Partial<ConnectionRules> = {}): ConnectionRules => ({
  ...DEFAULT_RULES,
  ...given,
});
const codeOf = (...given: Parameters<typeof offReason>) => offReason(...given)?.code ?? null;

describe('when syncing begins', () => {
  const added = sampleBill();
  const approved = sampleBill({ status: 'approved' });
  const paid = sampleBill({ payments: [samplePayment()] });

  test('From the moment a bill is added, unless said otherwise', () => {
    expect(codeOf(added, 'supplier-invoice', rules())).toBeNull();
  });

  test('From its approval, or from a payment, which says as much', () => {
    const beginOn = rules({ beginOn: 'approved' });
    expect(codeOf(added, 'supplier-invoice', beginOn)).toBe('begins-on-approved');
    expect(codeOf(approved, 'supplier-invoice', beginOn)).toBeNull();
    expect(codeOf(paid, 'supplier-invoice', beginOn)).toBeNull();
  });

  test('From its payment', () => {
    const beginOn = rules({ beginOn: 'paid' });
    expect(codeOf(approved, 'supplier-invoice', beginOn)).toBe('begins-on-paid');
    expect(codeOf(paid, 'supplier-invoice', beginOn)).toBeNull();
  });
});

describe('what is never synced', () => {
  test('A duplicate and a cancelled bill', () => {
    expect(codeOf(sampleBill({ duplicateOf: 'x' }), 'supplier-invoice', rules())).toBe('duplicate');
    expect(codeOf(sampleBill({ status: 'cancelled' }), 'supplier-payment', rules())).toBe(
      'cancelled',
    );
  });

  test('A kind of posting that is turned off, and only that', () => {
    const noPayments = rules({ supplierPayments: false });
    expect(codeOf(sampleBill(), 'supplier-payment', noPayments)).toBe('kind-off');
    expect(codeOf(sampleBill(), 'supplier-invoice', noPayments)).toBeNull();
  });
});

describe('opt-outs', () => {
  const out = (given: Partial<OptOut>) =>
    rules({ optOuts: [{ posting: 'both', reason: 'Bogføres i hånden', ...given }] });
  const isOut = (given: Partial<OptOut>, bill = sampleBill()) =>
    codeOf(bill, 'supplier-invoice', out(given)) === 'opted-out';

  test('The reason is told', () => {
    expect(offReason(sampleBill(), 'supplier-invoice', out({}))).toEqual({
      code: 'opted-out',
      reason: 'Bogføres i hånden',
    });
  });

  test('By kind of posting', () => {
    expect(isOut({ posting: 'supplier-invoice' })).toBe(true);
    expect(isOut({ posting: 'supplier-payment' })).toBe(false);
  });

  test('By supplier, by name in any case or by key', () => {
    expect(isOut({ supplierName: 'kontorlageret  demo a/s' })).toBe(true);
    expect(isOut({ supplierName: 'Kontorlageret' })).toBe(false);
    expect(isOut({ supplierKey: 'vat:DK98250107' })).toBe(true);
    expect(isOut({ supplierKey: 'vat:DK1' })).toBe(false);
  });

  test('By category of any line, and by kind of bill', () => {
    const office = sampleBill({ lines: [sampleLine(), sampleLine({ id: '2', category: 'Løn' })] });
    expect(isOut({ category: 'Løn' }, office)).toBe(true);
    expect(isOut({ category: 'Leje' }, office)).toBe(false);
    expect(isOut({ billKind: 'receipt' })).toBe(false);
    expect(isOut({ billKind: 'receipt' }, sampleBill({ kind: 'receipt' }))).toBe(true);
  });

  test('By amount, both bounds included, in one currency only', () => {
    const at = (least?: number, most?: number, currency = 'DKK') =>
      isOut({
        currency,
        ...(least === undefined ? {} : { amountAtLeastMinor: least }),
        ...(most === undefined ? {} : { amountAtMostMinor: most }),
      });
    expect([at(125_00), at(125_01)]).toEqual([true, false]);
    expect([at(undefined, 125_00), at(undefined, 124_99)]).toEqual([true, false]);
    expect(at(1, 1_000_000_00, 'EUR')).toBe(false);
  });

  test('All conditions must hold', () => {
    expect(isOut({ supplierKey: 'vat:DK98250107', category: 'Løn' })).toBe(false);
  });
});
