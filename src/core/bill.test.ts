import { describe, expect, test } from 'vitest';
import { billKey, billTotals, hasPayment, outstandingMinor, supplierKey } from './bill.ts';
import { sampleBill, sampleLine, samplePayment } from './test-bill.ts';

describe('totals', () => {
  test('The total is net, VAT and rounding; what was prepaid is not to be paid again', () => {
    const bill = sampleBill({
      lines: [
        sampleLine({ netMinor: 100_00, vatMinor: 25_00 }),
        sampleLine({ id: 'a1', kind: 'allowance', netMinor: -10_00, vatMinor: -2_50 }),
      ],
      roundingMinor: 50,
      prepaidMinor: 13_00,
    });
    expect(billTotals(bill)).toEqual({
      netMinor: 90_00,
      vatMinor: 22_50,
      totalMinor: 113_00,
      payableMinor: 100_00,
    });
  });

  test('Outstanding is what the payments leave, below nothing when too much was paid', () => {
    expect(outstandingMinor(sampleBill())).toBe(125_00);
    const part = sampleBill({ payments: [samplePayment({ amountMinor: 25_00 })] });
    expect(outstandingMinor(part)).toBe(100_00);
    const over = sampleBill({ payments: [samplePayment({ amountMinor: 130_00 })] });
    expect(outstandingMinor(over)).toBe(-5_00);
    expect([hasPayment(sampleBill()), hasPayment(part)]).toEqual([false, true]);
  });
});

describe('who the supplier is', () => {
  test('A VAT number names the supplier however it is written', () => {
    const name = 'Kontorlageret';
    const keys = ['DK98250107', 'dk 98 25 01 07', 'DK-98.25.01.07'].map((vatNumber) =>
      supplierKey({ name, vatNumber }),
    );
    expect(new Set(keys)).toEqual(new Set(['vat:DK98250107']));
  });

  test('A Danish CVR number is the VAT number without its DK', () => {
    expect(supplierKey({ name: 'x', companyNumber: '98250107', country: 'DK' })).toBe(
      supplierKey({ name: 'y', vatNumber: 'DK98250107' }),
    );
    expect(supplierKey({ name: 'x', companyNumber: '98250107', country: 'SE' })).toBe(
      'company:SE98250107',
    );
  });

  test('Without numbers the GLN counts, and without it the name, spaces and case aside', () => {
    expect(supplierKey({ name: 'x', gln: '5790000436057' })).toBe('gln:5790000436057');
    expect(supplierKey({ name: ' Bageriet  på hjørnet ' })).toBe(
      supplierKey({ name: 'BAGERIET PÅ HJØRNET' }),
    );
  });

  test('An å written as one character or as two is the same å', () => {
    expect(supplierKey({ name: 'Håndværk' })).toBe(supplierKey({ name: 'Ha\u030andværk' }));
  });
});

describe('the same bill', () => {
  test('Supplier, kind and number make a bill the same, spaces and case aside', () => {
    const key = billKey(sampleBill({ number: 'F-1001' }));
    expect(billKey(sampleBill({ number: ' f - 1001 ' }))).toBe(key);
    expect(billKey(sampleBill({ number: 'F-1002' }))).not.toBe(key);
    expect(billKey(sampleBill({ kind: 'credit-note' }))).not.toBe(key);
    expect(billKey(sampleBill({ supplier: { name: 'En anden' } }))).not.toBe(key);
  });
});
