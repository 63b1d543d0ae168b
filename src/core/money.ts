/**
 * Money as integer minor units of a currency; never a float.
 *
 * Amounts are safe integers (up to 9,007,199,254,740,991 minor units); decimal strings appear only
 * at the edges (API, e-invoices, connectors). Refuses what it cannot hold exactly.
 */

const DECIMAL = /^([+-])?(\d{1,16})(?:\.(\d{1,12}))?$/;

export class MoneyError extends Error {
  override readonly name = 'MoneyError';
}

const decimalsOf = new Map<string, number>();

/**
 * Decimals of a currency's minor unit: 2 for DKK, 0 for JPY, 3 for KWD. The runtime's ISO 4217 table
 * is the source (ECMA-402 §15.1.1, CurrencyDigits); a code it does not know has 2.
 */
export function currencyDecimals(currency: string): number {
  let decimals = decimalsOf.get(currency);
  if (decimals === undefined) {
    if (!/^[A-Z]{3}$/.test(currency))
      throw new MoneyError(`"${currency.slice(0, 10)}" is not a currency code`);
    const format = new Intl.NumberFormat('en', { style: 'currency', currency });
    decimals = format.resolvedOptions().maximumFractionDigits ?? 2;
    decimalsOf.set(currency, decimals);
  }
  return decimals;
}

/** An exact decimal number: `unscaled / 10 ** scale`. */
export interface Decimal {
  readonly unscaled: bigint;
  readonly scale: number;
}

/** Reads `"-12.345"`; throws {@link MoneyError} on anything that is not a plain decimal of at most 16 + 12 digits. */
export function parseDecimal(text: string): Decimal {
  const match = DECIMAL.exec(text.trim());
  if (!match) throw new MoneyError(`"${text.slice(0, 40)}" is not a decimal number`);
  const [, sign, whole = '', fraction = ''] = match;
  const digits = BigInt(whole + fraction);
  return { unscaled: sign === '-' ? -digits : digits, scale: fraction.length };
}

/** Rounds half away from zero, as UBL and Danish bookkeeping do. */
export function rescale(value: Decimal, scale: number): bigint {
  if (scale >= value.scale) return value.unscaled * 10n ** BigInt(scale - value.scale);
  const divisor = 10n ** BigInt(value.scale - scale);
  return divideHalfAwayFromZero(value.unscaled, divisor);
}

/** Halves go to the even neighbour. */
export function divideHalfEven(dividend: bigint, divisor: bigint): bigint {
  const away = divideHalfAwayFromZero(dividend, divisor);
  const isHalf = (dividend % divisor) * 2n === divisor || (dividend % divisor) * -2n === divisor;
  if (!isHalf || away % 2n === 0n) return away;
  return away - (away < 0n ? -1n : 1n);
}

export function divideHalfAwayFromZero(dividend: bigint, divisor: bigint): bigint {
  const negative = dividend < 0n !== divisor < 0n;
  const a = dividend < 0n ? -dividend : dividend;
  const b = divisor < 0n ? -divisor : divisor;
  const rounded = (2n * a + b) / (2n * b);
  return negative ? -rounded : rounded;
}

/** Multiplies exactly. */
export function multiply(a: Decimal, b: Decimal): Decimal {
  return { unscaled: a.unscaled * b.unscaled, scale: a.scale + b.scale };
}

/** A decimal string in major units → minor units. Throws when it has more decimals than the currency. */
export function toMinor(text: string, currency: string): number {
  const value = parseDecimal(text);
  const decimals = currencyDecimals(currency);
  const minor = rescale(value, decimals);
  if (
    rescale({ unscaled: minor, scale: decimals }, Math.max(decimals, value.scale)) !==
    rescale(value, Math.max(decimals, value.scale))
  ) {
    throw new MoneyError(`${text} has more decimals than ${currency} allows (${decimals})`);
  }
  return safe(minor);
}

/** As {@link toMinor}, but rounds what the currency cannot hold (half away from zero). */
export function toMinorRounded(value: Decimal, currency: string): number {
  return safe(rescale(value, currencyDecimals(currency)));
}

/** Minor units → decimal string in major units: `(-12345, 'DKK')` → `"-123.45"`. */
export function fromMinor(minor: number, currency: string): string {
  if (!Number.isSafeInteger(minor))
    throw new MoneyError(`${minor} is not a whole number of minor units`);
  const decimals = currencyDecimals(currency);
  const digits = String(Math.abs(minor)).padStart(decimals + 1, '0');
  const sign = minor < 0 ? '-' : '';
  if (decimals === 0) return sign + digits;
  return `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/** The sum, refusing to pass the largest exact integer. */
export function sumMinor(amounts: Iterable<number>): number {
  let total = 0n;
  for (const amount of amounts) total += BigInt(amount);
  return safe(total);
}

/** Splits `totalMinor` by the sizes of the weights (signs are dropped) so that the parts add up exactly (largest remainder; ties to the first). */
export function allocate(totalMinor: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((a, b) => a + BigInt(Math.abs(b)), 0n);
  if (weights.length === 0) return [];
  if (sum === 0n) return weights.map((_, index) => (index === 0 ? totalMinor : 0));
  const total = BigInt(totalMinor);
  const parts = weights.map((weight, index) => {
    const share = total * BigInt(Math.abs(weight));
    return { index, whole: share / sum, rest: share % sum };
  });
  let left = total - parts.reduce((a, part) => a + part.whole, 0n);
  const step = left < 0n ? -1n : 1n;
  const byRest = [...parts].sort((a, b) => {
    const difference = (b.rest < 0n ? -b.rest : b.rest) - (a.rest < 0n ? -a.rest : a.rest);
    return difference > 0n ? 1 : difference < 0n ? -1 : a.index - b.index;
  });
  for (const part of byRest) {
    if (left === 0n) break;
    part.whole += step;
    left -= step;
  }
  return parts.map((part) => safe(part.whole));
}

function safe(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number))
    throw new MoneyError(`${value} is larger than an amount may be`);
  return number;
}
