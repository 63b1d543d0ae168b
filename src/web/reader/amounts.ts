/**
 * Amounts as people read and write them. They stay decimal strings all the way: `Intl.NumberFormat`
 * formats a decimal string exactly, so no float touches them.
 */
import { currencyDecimals } from '../../core/money.ts';
import { readTypedAmount } from '../../core/typed-amount.ts';

const formats = new Map<string, Intl.NumberFormat>();

/** `("1234.5", "DKK", "da-DK")` → `1.234,50`. What is no amount is shown as it is. */
export function formatAmount(amount: string, currency: string, locale: string): string {
  if (!/^-?\d+(\.\d+)?$/.test(amount)) return amount;
  const decimals = isCurrency(currency) ? currencyDecimals(currency) : 2;
  const key = `${locale} ${decimals}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(locale, {
      minimumFractionDigits: decimals,
      maximumFractionDigits: Math.max(decimals, 4),
    });
    formats.set(key, format);
  }
  return format.format(amount as Intl.StringNumericLiteral);
}

/** The other way round: `12.00` → `-12.00`. */
export function negated(amount: string): string {
  if (Number(amount) === 0) return amount;
  return amount.startsWith('-') ? amount.slice(1) : `-${amount}`;
}

/** What a person typed → a decimal string, or null when it is no amount. */
export function readAmount(typed: string, locale: string): string | null {
  return readTypedAmount(typed, decimalSign(locale));
}

function decimalSign(locale: string): ',' | '.' {
  const parts = new Intl.NumberFormat(locale).formatToParts(1.5);
  return parts.find((part) => part.type === 'decimal')?.value === ',' ? ',' : '.';
}

function isCurrency(code: string): boolean {
  return /^[A-Z]{3}$/.test(code);
}
