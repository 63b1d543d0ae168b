/**
 * Does the document add up? Every mismatch is a notice with the rule, both figures and the place; none
 * stops the bill, which a person must be able to see before saying what is wrong with it.
 *
 * Sources, read 2026-11-24. EN 16931: BR-CO-10 to BR-CO-17 (CEN-EN16931-UBL.sch in OpenPEPPOL/
 * peppol-bis-invoice-3; BR-CO-17 allows one currency unit, for rounding line by line). OIOUBL 2:
 * guideline G28 as quoted on OASIS ubl-psc, October 2007: TaxExclusiveAmount is the *sum of the taxes*;
 * and in its credit note example of 2009 TaxInclusiveAmount includes PayableRoundingAmount.
 */
import { billTotals, type BillDetails } from '../core/bill.ts';
import { currencyDecimals, sumMinor } from '../core/money.ts';
import { checkLine } from './check-line.ts';
import { every, first, type XmlElement } from './element.ts';
import type { ReadLine } from './lines.ts';
import type { NoticeCode } from './notice.ts';
import type { Reading } from './reading.ts';
import { lineKey, rateKey, vatOf, type VatBreakdown, type VatSubtotal } from './vat.ts';

export interface StatedTotals {
  readonly element: XmlElement;
  readonly prepaidMinor: number;
  readonly roundingMinor: number;
  readonly payableMinor: number;
}

export function readTotals(reading: Reading): StatedTotals {
  const element = reading.need(reading.root, 'cac:LegalMonetaryTotal');
  return {
    element,
    prepaidMinor: reading.amountAt(element, 'cbc:PrepaidAmount') ?? 0,
    roundingMinor: reading.amountAt(element, 'cbc:PayableRoundingAmount') ?? 0,
    payableMinor: reading.amount(reading.need(element, 'cbc:PayableAmount')),
  };
}

export function checkTotals(
  reading: Reading,
  lines: readonly ReadLine[],
  breakdown: VatBreakdown,
  stated: StatedTotals,
  details: BillDetails,
): void {
  for (const { line, element } of lines) {
    if (line.kind === 'line') checkLine(reading, element, line.netMinor);
  }
  const dutyElements = new Set(breakdown.duties.map((duty) => duty.element));
  const sumOf = (kind: string): number =>
    sumMinor(
      lines
        .filter(({ line, element }) => line.kind === kind && !dutyElements.has(element))
        .map(({ line }) => line.netMinor),
    );
  const linesMinor = sumOf('line');
  const allowances = -sumOf('allowance');
  const charges = sumOf('charge');
  check('lines-total-mismatch', 'BR-CO-10', 'cbc:LineExtensionAmount', 'the lines', [linesMinor]);
  check('allowances-total-mismatch', 'BR-CO-11', 'cbc:AllowanceTotalAmount', 'the allowances', [
    allowances,
  ]);
  check('charges-total-mismatch', 'BR-CO-12', 'cbc:ChargeTotalAmount', 'the charges', [charges]);

  const netMinor = sumMinor([linesMinor, -allowances, charges]);
  const taxMinor = breakdown.taxMinor;
  const withVat = sumMinor([netMinor, taxMinor]);
  const oioubl = reading.format === 'oioubl-2';
  check(
    'net-total-mismatch',
    oioubl ? 'OIOUBL G28' : 'BR-CO-13',
    'cbc:TaxExclusiveAmount',
    oioubl ? 'the taxes' : 'lines − allowances + charges',
    oioubl ? [taxMinor, netMinor] : [netMinor],
  );
  check(
    'total-with-vat-mismatch',
    oioubl ? 'OIOUBL G28' : 'BR-CO-15',
    'cbc:TaxInclusiveAmount',
    'net + VAT',
    oioubl ? [withVat, sumMinor([withVat, stated.roundingMinor])] : [withVat],
  );
  const payable = sumMinor([withVat, stated.roundingMinor, -stated.prepaidMinor]);
  check('payable-mismatch', 'BR-CO-16', 'cbc:PayableAmount', 'net + VAT + rounding − prepaid', [
    payable,
  ]);
  checkBreakdown(reading, breakdown, details);

  const totals = billTotals(details);
  if (totals.payableMinor !== stated.payableMinor) {
    const message = `As read the bill comes to ${reading.money(totals.payableMinor)}; the document asks for ${reading.money(stated.payableMinor)}.`;
    reading.warn(
      'bill-total-mismatch',
      message,
      first(stated.element, 'cbc:PayableAmount') ?? null,
    );
  }

  /** A total that is not stated is only wrong when there is something to sum up. */
  function check(
    code: NoticeCode,
    rule: string,
    path: string,
    what: string,
    expected: readonly number[],
  ): void {
    const element = first(stated.element, path);
    if (!element && path !== 'cbc:AllowanceTotalAmount' && path !== 'cbc:ChargeTotalAmount') return;
    const minor = element ? reading.amountQuietly(element) : 0;
    if (expected.includes(minor)) return;
    const figure = reading.money(expected[0] ?? 0);
    const name = path.slice('cbc:'.length);
    const message = element
      ? `${rule}: ${name} is ${reading.money(minor)}, but ${what} come to ${figure}.`
      : `${rule}: ${what} come to ${figure}, but ${name} is missing.`;
    reading.warn(code, message, element ?? stated.element);
  }
}

/** Names of the "taxable amount" rule, one for each category. */
const BASE_RULES: Readonly<Record<string, string>> = {
  S: 'BR-S-08',
  Z: 'BR-Z-08',
  E: 'BR-E-08',
  AE: 'BR-AE-08',
  K: 'BR-IC-08',
  G: 'BR-G-08',
  O: 'BR-O-08',
};

function checkBreakdown(reading: Reading, breakdown: VatBreakdown, details: BillDetails): void {
  for (const total of breakdown.taxTotals) {
    const element = reading.need(total, 'cbc:TaxAmount');
    const parts = every(total, 'cac:TaxSubtotal').map((subtotal) =>
      reading.amountQuietly(reading.need(subtotal, 'cbc:TaxAmount')),
    );
    const stated = reading.amountQuietly(element);
    const sum = sumMinor(parts);
    if (parts.length > 0 && stated !== sum) {
      const message = `BR-CO-14: TaxAmount is ${reading.money(stated)}, but its subtotals come to ${reading.money(sum)}.`;
      reading.warn('vat-total-mismatch', message, element);
    }
  }
  for (const subtotal of breakdown.subtotals) checkSubtotal(reading, subtotal);
  for (const subtotals of Map.groupBy(breakdown.subtotals, rateKey).values()) {
    checkBase(reading, subtotals, details);
  }
}

/** BR-CO-17: VAT = taxable amount × rate, give or take one unit of the currency. */
function checkSubtotal(reading: Reading, subtotal: VatSubtotal): void {
  if (subtotal.taxableMinor === null) return;
  const expected = vatOf(subtotal.taxableMinor, subtotal, reading.currency);
  const unit = 10 ** currencyDecimals(reading.currency);
  if (Math.abs(expected - subtotal.taxMinor) <= unit) return;
  const message = `BR-CO-17: ${subtotal.percent} % of ${reading.money(subtotal.taxableMinor)} is ${reading.money(expected)}, but the VAT is ${reading.money(subtotal.taxMinor)}.`;
  reading.warn('vat-amount-mismatch', message, first(subtotal.element, 'cbc:TaxAmount') ?? null);
}

function checkBase(
  reading: Reading,
  subtotals: readonly VatSubtotal[],
  details: BillDetails,
): void {
  const [subtotal] = subtotals;
  if (!subtotal || subtotals.some(({ taxableMinor }) => taxableMinor === null)) return;
  const stated = sumMinor(subtotals.map(({ taxableMinor }) => taxableMinor ?? 0));
  const key = rateKey(subtotal);
  const net = sumMinor(
    details.lines.filter((line) => lineKey(line) === key).map((line) => line.netMinor),
  );
  if (stated === net) return;
  const rule = BASE_RULES[subtotal.category];
  const message = `${rule ? `${rule}: ` : ''}the taxable amount of ${key} % is ${reading.money(stated)}, but its lines come to ${reading.money(net)}.`;
  reading.warn('vat-base-mismatch', message, first(subtotal.element, 'cbc:TaxableAmount') ?? null);
}
