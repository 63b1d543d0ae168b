/**
 * Does a line add up? PEPPOL-EN16931-R120, give or take 0.02 (one unit where the currency has no
 * decimals): net = quantity × price / base quantity − allowances + charges.
 *
 * OIOUBL 2 lines are looser (its example invoice of advanced prices, 2009, read 2026-11-24): the price
 * counts OrderableUnitFactorRate, does not always count BaseQuantity, and a line's allowance may stand
 * at document level only. Any of these readings that fits is accepted.
 */
import { currencyDecimals, multiply, rescale, type Decimal } from '../core/money.ts';
import { add, isZero, negate, ofMinor, ONE, within, ZERO } from './decimal.ts';
import { every, first, type XmlElement } from './element.ts';
import { quantityOf, readIndicator } from './lines.ts';
import type { Reading } from './reading.ts';

export function checkLine(reading: Reading, element: XmlElement, netMinor: number): void {
  const price = first(element, 'cac:Price/cbc:PriceAmount');
  if (!price) return;
  const decimalAt = (at: XmlElement | undefined) => (at ? reading.decimal(at) : ONE);
  const quantity = decimalAt(quantityOf(element));
  const base = decimalAt(first(element, 'cac:Price/cbc:BaseQuantity'));
  const factor = decimalAt(first(element, 'cac:Price/cbc:OrderableUnitFactorRate'));
  const decimals = currencyDecimals(reading.currency);
  let extras = ZERO;
  for (const extra of every(element, 'cac:AllowanceCharge')) {
    const amount = reading.decimal(reading.need(extra, 'cbc:Amount'));
    extras = add(extras, readIndicator(reading, extra) ? amount : negate(amount));
  }
  const net = ofMinor(netMinor, decimals);
  const slack = decimals === 0 ? ONE : { unscaled: 2n, scale: 2 };
  const divisor = isZero(base) ? ONE : base;
  const oioubl = reading.format === 'oioubl-2';
  const gross = multiply(multiply(quantity, reading.decimal(price)), oioubl ? factor : ONE);
  // Compared times the divisor: a division need not end.
  const fits = (extra: Decimal, by: Decimal): boolean => {
    const size = by.unscaled < 0n ? negate(by) : by;
    return within(multiply(add(net, negate(extra)), by), gross, multiply(slack, size));
  };
  if (fits(extras, divisor)) return;
  if (oioubl && (fits(ZERO, divisor) || fits(ZERO, ONE) || fits(extras, ONE))) return;
  const expected = add(quotient(gross, divisor, decimals), extras);
  const figure = reading.money(Number(rescale(expected, decimals)));
  const message = `PEPPOL-EN16931-R120: the line's net amount is ${reading.money(netMinor)}, but quantity × price, allowances and charges come to ${figure}.`;
  reading.warn(
    'line-total-mismatch',
    message,
    first(element, 'cbc:LineExtensionAmount') ?? element,
  );
}

/** For the message only: rounded to the currency. */
function quotient(a: Decimal, b: Decimal, scale: number): Decimal {
  const dividend = rescale(a, a.scale) * 10n ** BigInt(b.scale + scale);
  const divisor = b.unscaled * 10n ** BigInt(a.scale);
  return { unscaled: dividend / divisor, scale };
}
