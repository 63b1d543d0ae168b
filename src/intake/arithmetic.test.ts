/** Sums that do not add up: told with rule, figures and place, and the bill comes in all the same. */
import { describe, expect, test } from 'vitest';
import { billTotals } from '../core/bill.ts';
import { sumMinor } from '../core/money.ts';
import { altered, noticeCodes, read, sampleText } from './sample-text.ts';

const COFFEE = 'coffee-2026-10.xml';
const PHONE = 'phone-2026-10.xml';

function amount(element: string, value: string): string {
  return `<cbc:${element} currencyID="DKK">${value}</cbc:${element}>`;
}

describe('each rule of the standard has its notice', () => {
  test.each([
    [
      'a line',
      amount('LineExtensionAmount', '1814.40'),
      amount('LineExtensionAmount', '1814.43'),
      'line-total-mismatch',
      'PEPPOL-EN16931-R120',
      ['1814.43 DKK', '1814.40 DKK'],
      '/Invoice/cac:InvoiceLine[1]/cbc:LineExtensionAmount',
    ],
    [
      'the sum of the lines',
      amount('LineExtensionAmount', '4418.20'),
      amount('LineExtensionAmount', '4400.00'),
      'lines-total-mismatch',
      'BR-CO-10',
      ['4400.00 DKK', '4418.20 DKK'],
      '/Invoice/cac:LegalMonetaryTotal/cbc:LineExtensionAmount',
    ],
    [
      'the sum of allowances',
      amount('AllowanceTotalAmount', '150.00'),
      amount('AllowanceTotalAmount', '15.00'),
      'allowances-total-mismatch',
      'BR-CO-11',
      ['15.00 DKK', '150.00 DKK'],
      '/Invoice/cac:LegalMonetaryTotal/cbc:AllowanceTotalAmount',
    ],
    [
      'a missing sum of allowances',
      amount('AllowanceTotalAmount', '150.00'),
      '',
      'allowances-total-mismatch',
      'BR-CO-11',
      ['150.00 DKK', 'missing'],
      '/Invoice/cac:LegalMonetaryTotal',
    ],
    [
      'the sum of charges',
      amount('ChargeTotalAmount', '91.50'),
      amount('ChargeTotalAmount', '91.00'),
      'charges-total-mismatch',
      'BR-CO-12',
      ['91.00 DKK', '91.50 DKK'],
      '/Invoice/cac:LegalMonetaryTotal/cbc:ChargeTotalAmount',
    ],
    [
      'the total without VAT',
      amount('TaxExclusiveAmount', '4359.70'),
      amount('TaxExclusiveAmount', '4359.71'),
      'net-total-mismatch',
      'BR-CO-13',
      ['4359.71 DKK', '4359.70 DKK'],
      '/Invoice/cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount',
    ],
    [
      'the total with VAT',
      amount('TaxInclusiveAmount', '5449.63'),
      amount('TaxInclusiveAmount', '5449.60'),
      'total-with-vat-mismatch',
      'BR-CO-15',
      ['5449.60 DKK', '5449.63 DKK'],
      '/Invoice/cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount',
    ],
    [
      'the amount to pay',
      amount('PayableAmount', '5449.63'),
      amount('PayableAmount', '5449.50'),
      'payable-mismatch',
      'BR-CO-16',
      ['5449.50 DKK', '5449.63 DKK'],
      '/Invoice/cac:LegalMonetaryTotal/cbc:PayableAmount',
    ],
    [
      'the taxable amount',
      amount('TaxableAmount', '4359.70'),
      amount('TaxableAmount', '4360.70'),
      'vat-base-mismatch',
      'BR-S-08',
      ['4360.70 DKK', '4359.70 DKK'],
      '/Invoice/cac:TaxTotal/cac:TaxSubtotal/cbc:TaxableAmount',
    ],
  ] as const)('%s', (_, from, to, code, rule, figures, place) => {
    const { warnings } = read(altered(COFFEE, [from, to]));
    const notice = warnings.find((warning) => warning.code === code);
    expect(notice?.place).toBe(place);
    for (const words of [rule, ...figures]) expect(notice?.message).toContain(words);
  });

  test('the VAT total against its subtotals (BR-CO-14)', () => {
    const text = altered(COFFEE, [amount('TaxAmount', '1089.93'), amount('TaxAmount', '1090.93')]);
    const notice = read(text).warnings.find(({ code }) => code === 'vat-total-mismatch');
    expect(notice?.message).toBe(
      'BR-CO-14: TaxAmount is 1090.93 DKK, but its subtotals come to 1089.93 DKK.',
    );
    expect(notice?.place).toBe('/Invoice/cac:TaxTotal/cbc:TaxAmount');
  });

  test('the VAT of a rate (BR-CO-17), which may differ by one krone for rounding line by line', () => {
    const within = sampleText(COFFEE).replaceAll(
      amount('TaxAmount', '1089.93'),
      amount('TaxAmount', '1090.93'),
    );
    expect(noticeCodes(within)).not.toContain('vat-amount-mismatch');
    const beyond = within.replaceAll(
      amount('TaxAmount', '1090.93'),
      amount('TaxAmount', '1090.94'),
    );
    const notice = read(beyond).warnings.find(({ code }) => code === 'vat-amount-mismatch');
    expect(notice?.message).toBe(
      'BR-CO-17: 25 % of 4359.70 DKK is 1089.93 DKK, but the VAT is 1090.94 DKK.',
    );
  });
});

test('a line may be 0.02 off for rounding, and no more', () => {
  const at = (value: string) =>
    noticeCodes(
      altered(COFFEE, [
        amount('LineExtensionAmount', '1814.40'),
        amount('LineExtensionAmount', value),
      ]),
    );
  expect(at('1814.42')).not.toContain('line-total-mismatch');
  expect(at('1814.43')).toContain('line-total-mismatch');
});

test('when the bill does not come to the amount asked for, a notice says both', () => {
  const text = altered(COFFEE, [
    amount('PayableAmount', '5449.63'),
    amount('PayableAmount', '6000.00'),
  ]);
  const { details, warnings } = read(text);
  expect(billTotals(details).payableMinor).toBe(544_963);
  expect(warnings.find(({ code }) => code === 'bill-total-mismatch')?.message).toBe(
    'As read the bill comes to 5449.63 DKK; the document asks for 6000.00 DKK.',
  );
});

describe('VAT on the lines', () => {
  test('adds up to the stated VAT to the last øre, also when the document rounded otherwise', () => {
    const text = sampleText(COFFEE).replaceAll(
      amount('TaxAmount', '1089.93'),
      amount('TaxAmount', '1089.96'),
    );
    const lines = read(text).details.lines;
    expect(sumMinor(lines.map((line) => line.vatMinor))).toBe(108_996);
    expect(lines.map((line) => line.vatMinor)).toEqual([
      45_361, 31_251, 22_476, 11_370, -3_750, 1_975, 313,
    ]);
  });

  test('two rates keep apart', () => {
    // The oat drink at another rate: 454.80 at 12 %, the rest at 25 %.
    const oat = 'Havredrik, 1 liter</cbc:Name>';
    const subtotal =
      /<cac:TaxSubtotal>[^]*?<\/cac:TaxSubtotal>/.exec(sampleText(COFFEE))?.[0] ?? '';
    const low = subtotal
      .replace('4359.70', '454.80')
      .replace('1089.93', '54.58')
      .replace('>25<', '>12<');
    const high = subtotal.replace('4359.70', '3904.90').replace('1089.93', '976.23');
    const [head = '', tail = ''] = altered(COFFEE, [subtotal, high + low]).split(oat);
    const text = head + oat + tail.replace('<cbc:Percent>25<', '<cbc:Percent>12<');
    const { lines } = read(text).details;
    expect(lines.find((line) => line.vatPercent === '12')).toMatchObject({
      description: 'Havredrik, 1 liter',
      vatMinor: 5_458,
    });
    expect(
      sumMinor(lines.filter((line) => line.vatPercent === '25').map((line) => line.vatMinor)),
    ).toBe(97_623);
  });

  test('VAT that belongs to no line becomes a line of its own, with a notice', () => {
    const text = sampleText(COFFEE)
      .replace(/(<cac:TaxSubtotal>[^]*?<cbc:Percent>)25</, '$16<')
      .replaceAll(
        '<cac:TaxCategory>\n        <cbc:ID>S</cbc:ID>\n        <cbc:Percent>6',
        '<cac:TaxCategory>\n        <cbc:ID>B</cbc:ID>\n        <cbc:Percent>6',
      );
    const { details, warnings } = read(text);
    expect(details.lines.at(-1)).toMatchObject({
      kind: 'charge',
      id: 'c3',
      netMinor: 0,
      vatMinor: 108_993,
      vatCategory: 'B',
    });
    expect(warnings.map(({ code }) => code)).toContain('vat-category-unmatched');
  });

  test('VAT without a breakdown is laid on the lines, with a notice', () => {
    const text = sampleText(COFFEE).replace(/<cac:TaxSubtotal>[^]*?<\/cac:TaxSubtotal>/, '');
    const { details, warnings } = read(text);
    expect(billTotals(details).vatMinor).toBe(108_993);
    expect(warnings.map(({ code }) => code)).toEqual(['vat-breakdown-missing']);
  });

  test('a category nobody knows is told', () => {
    const text = altered(COFFEE, [
      '<cac:ClassifiedTaxCategory>\n        <cbc:ID>S<',
      '<cac:ClassifiedTaxCategory>\n        <cbc:ID>QQ<',
    ]);
    const { details, warnings } = read(text);
    expect(details.lines[0]).toMatchObject({
      vatCategory: 'S',
      vatPercent: '25',
      vatMinor: 45_360,
    });
    expect(warnings.map(({ code }) => code)).toEqual(['vat-category-unknown']);
  });
});

describe('amounts of more decimals than the currency has', () => {
  test('are rounded half away from zero, with a notice', () => {
    const text = altered(COFFEE, [
      amount('LineExtensionAmount', '1814.40'),
      amount('LineExtensionAmount', '1814.405'),
    ]);
    const { details, warnings } = read(text);
    expect(details.lines[0]?.netMinor).toBe(181_441);
    expect(warnings.find(({ code }) => code === 'amount-rounded')).toMatchObject({
      message: '1814.405 has more decimals than DKK (2); read as 1814.41.',
      place: '/Invoice/cac:InvoiceLine[1]/cbc:LineExtensionAmount',
    });
  });

  test('zeros at the end are no decimals', () => {
    expect(noticeCodes(altered(COFFEE, ['>1814.40<', '>1814.4000<']))).toEqual([]);
    expect(
      noticeCodes(
        sampleText('tools-2026-09-jpy.xml').replaceAll(
          /currencyID="JPY">(\d+)</g,
          'currencyID="JPY">$1.00<',
        ),
      ),
    ).toEqual([]);
  });

  test('half a yen is rounded, with a notice', () => {
    const text = altered('tools-2026-09-jpy.xml', [
      '>19935</cbc:LineExtensionAmount>',
      '>19935.5</cbc:LineExtensionAmount>',
    ]);
    expect(read(text).details.lines[1]?.netMinor).toBe(19_936);
    expect(noticeCodes(text)).toContain('amount-rounded');
  });
});

describe('OIOUBL counts differently', () => {
  test('TaxExclusiveAmount is the sum of taxes, and only a third figure is told', () => {
    expect(
      noticeCodes(
        altered(PHONE, [
          amount('TaxExclusiveAmount', '308.54'),
          amount('TaxExclusiveAmount', '1234.15'),
        ]),
      ),
    ).toEqual([]);
    expect(
      noticeCodes(
        altered(PHONE, [
          amount('TaxExclusiveAmount', '308.54'),
          amount('TaxExclusiveAmount', '300.00'),
        ]),
      ),
    ).toEqual(['net-total-mismatch']);
  });

  test('TaxInclusiveAmount may have the rounding in it or not', () => {
    expect(
      noticeCodes(
        altered(PHONE, [
          amount('TaxInclusiveAmount', '1543.00'),
          amount('TaxInclusiveAmount', '1542.69'),
        ]),
      ),
    ).toEqual([]);
    expect(
      noticeCodes(
        altered(PHONE, [
          amount('TaxInclusiveAmount', '1543.00'),
          amount('TaxInclusiveAmount', '1542.00'),
        ]),
      ),
    ).toEqual(['total-with-vat-mismatch']);
  });

  test('a price per case of twelve counts OrderableUnitFactorRate', () => {
    const price = '<cbc:PriceAmount currencyID="DKK">149.20</cbc:PriceAmount>';
    const perCase =
      '<cbc:PriceAmount currencyID="DKK">74.60</cbc:PriceAmount>\n<cbc:BaseQuantity unitCode="MON">1</cbc:BaseQuantity>\n<cbc:OrderableUnitFactorRate>2</cbc:OrderableUnitFactorRate>';
    expect(noticeCodes(altered(PHONE, [price, perCase]))).toEqual([]);
    expect(noticeCodes(altered(PHONE, [price, perCase.replace('>2<', '>3<')]))).toEqual([
      'line-total-mismatch',
    ]);
  });

  test('an allowance of a line is repeated at document level, where it counts once', () => {
    const allowance =
      '<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator><cbc:AllowanceChargeReason>Rabat</cbc:AllowanceChargeReason><cbc:Amount currencyID="DKK">299.00</cbc:Amount><cac:TaxCategory><cbc:ID>StandardRated</cbc:ID><cbc:Percent>25</cbc:Percent></cac:TaxCategory></cac:AllowanceCharge>';
    const line = amount('LineExtensionAmount', '299.00');
    const text = altered(
      PHONE,
      [line, line + allowance],
      ['<cac:TaxTotal>', `${allowance}<cac:TaxTotal>`],
      [amount('TaxAmount', '308.54'), amount('TaxAmount', '233.79')],
      [amount('TaxableAmount', '1234.15'), amount('TaxableAmount', '935.15')],
      [amount('TaxAmount', '308.54'), amount('TaxAmount', '233.79')],
      [amount('TaxExclusiveAmount', '308.54'), amount('TaxExclusiveAmount', '233.79')],
      [
        amount('TaxInclusiveAmount', '1543.00'),
        `${amount('TaxInclusiveAmount', '1169.25')}${amount('AllowanceTotalAmount', '299.00')}`,
      ],
      [amount('PayableAmount', '1543.00'), amount('PayableAmount', '1169.25')],
    );
    const { details, warnings } = read(text);
    expect(warnings).toEqual([]);
    expect(billTotals(details)).toMatchObject({ netMinor: 93_515, payableMinor: 116_925 });
  });

  test('a duty on which no VAT falls is a charge without VAT', () => {
    const text = altered(
      'electricity-2026-09.xml',
      ['>StandardRated</cbc:TaxTypeCode>', '>ZeroRated</cbc:TaxTypeCode>'],
      [amount('TaxAmount', '569.92'), amount('TaxAmount', '280.70')],
      [amount('TaxableAmount', '2279.69'), amount('TaxableAmount', '1122.81')],
      [amount('TaxAmount', '569.92'), amount('TaxAmount', '280.70')],
      [amount('TaxExclusiveAmount', '1726.80'), amount('TaxExclusiveAmount', '1437.58')],
      [amount('TaxInclusiveAmount', '2849.61'), amount('TaxInclusiveAmount', '2560.39')],
      [amount('PayableAmount', '2849.61'), amount('PayableAmount', '2560.39')],
    );
    const { details, warnings } = read(text);
    expect(warnings).toEqual([]);
    expect(details.lines.at(-1)).toMatchObject({
      vatCategory: 'Z',
      netMinor: 115_688,
      vatMinor: 0,
    });
    expect(billTotals(details).payableMinor).toBe(256_039);
  });

  test('a line that names two rates beside a duty has the one of its own amount', () => {
    const line = /<cac:InvoiceLine>[^]*?<\/cac:InvoiceLine>/.exec(sampleText(PHONE))?.[0] ?? '';
    const subtotal = /<cac:TaxSubtotal>[^]*?<\/cac:TaxSubtotal>/.exec(line)?.[0] ?? '';
    const zero = subtotal
      .replace('895.20', '100.00')
      .replace('223.80', '0.00')
      .replace('StandardRated', 'ZeroRated')
      .replace('>25<', '>0<');
    const { details, warnings } = read(
      altered(PHONE, [line, line.replace(subtotal, zero + subtotal)]),
    );
    expect([details.lines[0]?.vatCategory, warnings]).toEqual(['S', []]);
  });

  test('a subtotal without a rate has the one its amounts come to', () => {
    const text = sampleText(PHONE).replace(/<cbc:Percent>25<\/cbc:Percent>/, '');
    const { details, warnings } = read(text);
    expect(warnings).toEqual([]);
    expect(details.lines[0]).toMatchObject({ vatPercent: '25', vatMinor: 22_380 });
  });
});

test('a file that is wrong everywhere is told about a hundred times, then counted', () => {
  const line = /<cac:InvoiceLine>[^]*?<\/cac:InvoiceLine>/.exec(sampleText(COFFEE))?.[0] ?? '';
  const wrong = line.replace('>1814.40<', '>1.00<').repeat(150);
  const { warnings, details } = read(altered(COFFEE, [line, wrong]));
  expect(warnings).toHaveLength(101);
  expect(warnings.at(-1)?.code).toBe('more-notices');
  // Ids stay unique though all lines say they are number 1.
  expect(new Set(details.lines.map(({ id }) => id)).size).toBe(details.lines.length);
});
