/** A value of the activity log as people read it: days and amounts in the reader's locale. */
import { isDay } from '../../core/day.ts';
import { formatAmount } from '../reader/amounts.ts';
import { formatDay } from '../reader/moments.ts';

/** `100.00 + 25.00` is a line's net and VAT; `100.00 DKK 2026-12-01` is a payment. */
export function activityValue(text: string, currency: string, locale: string): string {
  if (isDay(text)) return formatDay(text, locale);
  const [, amount, paidIn, day] = /^(-?\d+(?:\.\d+)?) ([A-Z]{3}) (\S+)$/.exec(text) ?? [];
  if (amount !== undefined && paidIn !== undefined && day !== undefined && isDay(day))
    return `${formatAmount(amount, paidIn, locale)} ${paidIn}, ${formatDay(day, locale)}`;
  const parts = text.split(' + ');
  if (parts.every((part) => /^-?\d+\.\d+$/.test(part)))
    return parts.map((part) => formatAmount(part, currency, locale)).join(' + ');
  return text;
}
