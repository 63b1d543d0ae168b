/**
 * Days as people type them. Browsers write date fields in their own language, not the reader's, so
 * a day is text here: `1.12.2026`, `1/12`, `0112`, `011226` and `2026-12-01` all work; day first.
 */
import { isDay } from '../../core/day.ts';

/** As it stands in a field: `01.12.2026` for Danish, `01/12/2026` for English. */
export function dayToType(day: string, locale: string): string {
  if (!isDay(day)) return day;
  const [year, month, date] = day.split('-');
  return [date, month, year].join(locale.startsWith('da') ? '.' : '/');
}

/** What was typed → a day; null when there is no such day. Without a year it is `thisYear`. */
export function readDay(typed: string, thisYear: number): string | null {
  const text = typed.trim();
  if (isDay(text)) return text;
  const [, d = '', m = '', y = ''] =
    /^(\d{1,2})[.\-/ ](\d{1,2})(?:[.\-/ ](\d{4}|\d{2}))?\.?$/.exec(text) ??
    /^(\d{2})(\d{2})(\d{4}|\d{2})?$/.exec(text) ??
    [];
  if (d === '') return null;
  const year = y === '' ? String(thisYear) : y.length === 2 ? `20${y}` : y;
  const day = `${year}-${m.padStart(2, '0')}-${d.padStart(2, '0')}`;
  return isDay(day) ? day : null;
}
