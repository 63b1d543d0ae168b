/**
 * Exact arithmetic on decimals, for checking a document's sums: a price may have many more decimals
 * than its currency, and must not be rounded before it is multiplied.
 */
import { MoneyError, parseDecimal, rescale, type Decimal } from '../core/money.ts';

export const ZERO: Decimal = { unscaled: 0n, scale: 0 };
export const ONE: Decimal = { unscaled: 1n, scale: 0 };

/** Reads an `xs:decimal` as senders write it (`.5`, `5.`, `+5`, leading and trailing zeros); null when it is none. */
export function readDecimal(text: string): Decimal | null {
  const trimmed = text.trim();
  // No number needs more; and the pattern would be slow on a million zeros.
  if (trimmed.length > 100) return null;
  const match = /^([+-]?)0*(\d*)(?:\.(\d*?)0*)?$/.exec(trimmed);
  if (!match) return null;
  const [, sign = '', whole = '', fraction = ''] = match;
  if (whole === '' && fraction === '' && !/\d/.test(text)) return null;
  try {
    return parseDecimal(`${sign}${whole || '0'}${fraction ? `.${fraction}` : ''}`);
  } catch (cause) {
    if (cause instanceof MoneyError) return null;
    throw cause;
  }
}

export function ofMinor(minor: number, scale: number): Decimal {
  return { unscaled: BigInt(minor), scale };
}

export function add(...values: readonly Decimal[]): Decimal {
  const scale = Math.max(0, ...values.map((value) => value.scale));
  return { unscaled: values.reduce((sum, value) => sum + rescale(value, scale), 0n), scale };
}

export function negate(value: Decimal): Decimal {
  return { unscaled: -value.unscaled, scale: value.scale };
}

export function isZero(value: Decimal): boolean {
  return value.unscaled === 0n;
}

/** |a − b| ≤ slack. */
export function within(a: Decimal, b: Decimal, slack: Decimal): boolean {
  const difference = add(a, negate(b));
  const size = difference.unscaled < 0n ? negate(difference) : difference;
  return add(size, negate(slack)).unscaled <= 0n;
}

/** `"25.00"` → `"25"`: the form in which two rates can be compared. */
export function plainDecimal(value: Decimal): string {
  let { unscaled, scale } = value;
  while (scale > 0 && unscaled % 10n === 0n) {
    unscaled /= 10n;
    scale--;
  }
  const sign = unscaled < 0n ? '-' : '';
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  if (scale === 0) return sign + digits;
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}
