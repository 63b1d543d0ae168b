/**
 * Amounts as people read and write them. They stay decimal strings all the way: `Intl.NumberFormat`
 * formats a decimal string exactly, so no float touches them.
 */
import { currencyDecimals } from '../../core/money.ts';

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

/**
 * What a person typed → a decimal string, or null when it is no amount. Danish `1.234,50` and plain
 * `1234.50` both work: a dot followed by anything but groups of three is a decimal sign.
 */
export function readAmount(typed: string, locale: string): string | null {
  const decimal = decimalSign(locale);
  const grouping = decimal === ',' ? '.' : ',';
  let text = typed.replaceAll(/[\s\u00a0\u202f']/g, '').replace('\u2212', '-');
  const escaped = `\\${grouping}`;
  const grouped = new RegExp(`^-?\\d{1,3}(${escaped}\\d{3})+(\\${decimal}\\d*)?$`);
  if (grouped.test(text)) text = text.replaceAll(grouping, '');
  else if (!text.includes(decimal)) text = text.replace(grouping, decimal);
  text = text.replace(decimal, '.').replace(/\.$/, '');
  if (text.startsWith('.')) text = `0${text}`;
  return /^-?\d{1,13}(\.\d{1,4})?$/.test(text) ? text : null;
}

function decimalSign(locale: string): string {
  const parts = new Intl.NumberFormat(locale).formatToParts(1.5);
  return parts.find((part) => part.type === 'decimal')?.value ?? '.';
}

function isCurrency(code: string): boolean {
  return /^[A-Z]{3}$/.test(code);
}
