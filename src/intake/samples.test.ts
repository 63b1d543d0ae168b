/** The sample invoices: each comes in whole, adds up, and says what its paper says. */
import { describe, expect, test } from 'vitest';
import { billTotals, supplierKey } from '../core/bill.ts';
import { fromMinor, sumMinor } from '../core/money.ts';
import { read, SAMPLES, sampleText } from './sample-text.ts';
import type { IncomingBill } from './index.ts';

const bill = (name: string): IncomingBill => read(sampleText(name));

describe('each sample invoice', () => {
  test.each(SAMPLES)('%s adds up without a notice', (name) => {
    expect(bill(name).warnings).toEqual([]);
  });

  test.each(SAMPLES)('%s comes to the amount it asks for', (name) => {
    const { details } = bill(name);
    const stated = /<cbc:PayableAmount currencyID="...">([\d.]+)</.exec(sampleText(name))?.[1];
    expect(fromMinor(billTotals(details).payableMinor, details.currency)).toBe(stated);
  });

  test.each(SAMPLES)(
    '%s gives the lines of each VAT rate exactly the VAT stated for it',
    (name) => {
      const { details } = bill(name);
      const [beforeTotals = ''] = sampleText(name).split('<cac:LegalMonetaryTotal>');
      let checked = 0;
      for (const [, subtotal = ''] of beforeTotals.matchAll(
        /<cac:TaxSubtotal>([^]*?)<\/cac:TaxSubtotal>/g,
      )) {
        if (subtotal.includes('>Excise<')) continue;
        const percent = /<cbc:Percent>(\d+)</.exec(subtotal)?.[1];
        const lines = details.lines.filter((line) => line.vatPercent === percent);
        const vat = sumMinor(lines.map((line) => line.vatMinor));
        expect(subtotal).toContain(
          `<cbc:TaxAmount currencyID="${details.currency}">${fromMinor(vat, details.currency)}<`,
        );
        checked++;
      }
      expect(checked).toBeGreaterThan(0);
    },
  );

  test('names eighteen bills of different suppliers and kinds', () => {
    const bills = SAMPLES.map(bill);
    expect(bills).toHaveLength(18);
    expect(new Set(bills.map(({ details }) => supplierKey(details.supplier))).size).toBe(14);
    expect(bills.filter(({ details }) => details.kind === 'credit-note')).toHaveLength(2);
    expect(bills.filter(({ format }) => format === 'oioubl-2')).toHaveLength(5);
    expect([...new Set(bills.map(({ details }) => details.currency))].sort()).toEqual([
      'DKK',
      'EUR',
      'JPY',
    ]);
    const days = bills.map(({ details }) => details.issuedOn).sort();
    expect([days[0], days.at(-1)]).toEqual(['2026-09-15', '2026-11-16']);
  });
});

describe('a Danish Peppol invoice', () => {
  const { details, format } = bill('rent-2026-10.xml');

  test('names the supplier by its legal name, VAT number and CVR number', () => {
    expect(format).toBe('peppol-bis-3');
    expect(details.supplier).toMatchObject({
      name: 'Eksempelgårdens Ejendomme A/S',
      vatNumber: 'DK98210105',
      companyNumber: '98210105',
      country: 'DK',
    });
  });

  test('has number, days, references and the account with registration number', () => {
    expect(details).toMatchObject({
      kind: 'invoice',
      number: 'H-10231',
      issuedOn: '2026-09-21',
      dueOn: '2026-10-01',
      currency: 'DKK',
      buyerReference: 'Lejemål 14',
      note: 'Betales senest den 1. i måneden.',
      paymentMeans: [
        {
          kind: 'bank-account',
          code: '42',
          account: '0001234567',
          bank: '9990',
          reference: 'H-10231',
        },
      ],
    });
  });

  test('has its lines with quantity, unit, net, VAT and cost centre', () => {
    expect(details.lines[0]).toEqual({
      id: '1',
      kind: 'line',
      description: 'Husleje, kontor 184 m², oktober 2026',
      quantity: '1',
      unitCode: 'MON',
      netMinor: 1_840_000,
      vatMinor: 460_000,
      vatCategory: 'S',
      vatPercent: '25',
      vatCode: null,
      category: null,
      department: 'Drift',
      project: null,
    });
    expect(details.lines[2]?.department).toBeNull();
    expect(billTotals(details)).toEqual({
      netMinor: 2_036_000,
      vatMinor: 509_000,
      totalMinor: 2_545_000,
      payableMinor: 2_545_000,
    });
  });
});

test('a Peppol credit note says which invoice it corrects, in positive amounts', () => {
  const { details } = bill('office-supplies-credit-note-2026-10.xml');
  expect(details).toMatchObject({ kind: 'credit-note', correctsNumber: '90-448120' });
  expect(billTotals(details).payableMinor).toBe(361_875);
});

test('a Peppol FI-kort is split into card type, payment id and creditor', () => {
  expect(bill('cleaning-2026-10.xml').details.paymentMeans).toEqual([
    { kind: 'fik', code: '93', account: '89990033', reference: '000000202611885', cardType: '71' },
  ]);
});

test('an OIOUBL invoice has its FI-kort, due day, contact reference and electricity duty', () => {
  const { details, format } = bill('electricity-2026-09.xml');
  expect(format).toBe('oioubl-2');
  expect(details).toMatchObject({
    dueOn: '2026-10-21',
    buyerReference: 'KONTOR-7',
    costCentre: 'Drift',
    supplier: { vatNumber: 'DK98200118', companyNumber: '98200118' },
    paymentMeans: [
      {
        kind: 'fik',
        code: '93',
        account: '89990011',
        reference: '000202609044716',
        cardType: '71',
      },
    ],
  });
  // The duty is a charge, and VAT falls on it.
  expect(details.lines.at(-1)).toMatchObject({
    id: 'c1',
    kind: 'charge',
    description: 'Elafgift',
    netMinor: 115_688,
    vatMinor: 28_921,
    vatPercent: '25',
  });
  expect(billTotals(details)).toMatchObject({ netMinor: 227_969, totalMinor: 284_961 });
});

test('an OIOUBL invoice is rounded to whole kroner by its own rounding amount', () => {
  const { details } = bill('phone-2026-10.xml');
  expect(details.roundingMinor).toBe(31);
  expect(details.supplier.gln).toBe('5799999002113');
  expect(billTotals(details).payableMinor).toBe(154_300);
});

test('an OIOUBL credit note corrects the telephone bill', () => {
  const { details } = bill('phone-credit-note-2026-11.xml');
  expect(details).toMatchObject({ kind: 'credit-note', correctsNumber: '7730188-26' });
  expect(billTotals(details)).toMatchObject({ netMinor: 3_995, vatMinor: 999 });
});

test('an OIOUBL payment to a Danish account keeps registration number and account apart', () => {
  const { details } = bill('freight-2026-09.xml');
  expect(details.paymentMeans).toEqual([
    { kind: 'bank-account', code: '42', account: '0007654321', bank: '9991', reference: 'F88213' },
  ]);
  // "n/a" is what senders write where they have no order.
  expect(details.orderReference).toBeUndefined();
});

test('an invoice in euro with reverse charge carries no VAT', () => {
  const { details } = bill('hosting-2026-10-eur.xml');
  expect(details.currency).toBe('EUR');
  expect(details.lines.every((line) => line.vatCategory === 'AE' && line.vatMinor === 0)).toBe(
    true,
  );
  expect(details.paymentMeans[0]).toMatchObject({ kind: 'iban', bank: 'MUSTDEFFXXX' });
});

test('an invoice in euro with Danish VAT keeps the euro VAT, not the one restated in kroner', () => {
  expect(billTotals(bill('it-support-2026-11.xml').details).vatMinor).toBe(24_596);
});

test('yen have no decimals, though a price may', () => {
  const { details } = bill('tools-2026-09-jpy.xml');
  expect(details.lines.map((line) => line.netMinor)).toEqual([41_760, 19_935, 5_200]);
  expect(details.lines.every((line) => line.vatCategory === 'G')).toBe(true);
});

test('allowances are negative lines a1, charges are lines c1 and c2, and carry their VAT', () => {
  const extras = bill('coffee-2026-10.xml').details.lines.filter((line) => line.kind !== 'line');
  expect(
    extras.map(({ id, kind, description, netMinor, vatMinor }) => [
      id,
      kind,
      description,
      netMinor,
      vatMinor,
    ]),
  ).toEqual([
    ['a1', 'allowance', 'Kunderabat', -15_000, -3_750],
    ['c1', 'charge', 'Levering', 7_900, 1_975],
    ['c2', 'charge', 'Emballage', 1_250, 313],
  ]);
});

test('insurance is exempt from VAT and collected by direct debit', () => {
  const { details } = bill('insurance-2026-10.xml');
  expect(details.lines.map((line) => line.vatCategory)).toEqual(['E', 'E', 'E']);
  expect(details.supplier.vatNumber).toBeUndefined();
  expect(details.paymentMeans[0]).toMatchObject({
    kind: 'direct-debit',
    reference: '00012345678901',
  });
});

test('a restaurant bill paid by card has nothing left to pay, and keeps four digits of the card', () => {
  const { details } = bill('restaurant-2026-11.xml');
  expect(details.prepaidMinor).toBe(540_200);
  expect(billTotals(details).payableMinor).toBe(0);
  expect(details.paymentMeans[0]).toMatchObject({ kind: 'card', account: '…7788' });
});

test('the PDF inside an invoice comes out byte for byte', () => {
  const { attachments } = bill('accountant-2026-11.xml');
  expect(attachments).toHaveLength(1);
  const [pdf] = attachments;
  expect(pdf).toMatchObject({ name: 'Faktura 26-10442.pdf', mediaType: 'application/pdf' });
  const text = Buffer.from(pdf?.content ?? []).toString('latin1');
  expect(text.startsWith('%PDF-1.4\n')).toBe(true);
  expect(text.endsWith('%%EOF\n')).toBe(true);
});
