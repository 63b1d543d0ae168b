/**
 * Calendar days (`YYYY-MM-DD`), free of time zones. Instants are `Date`s; a day is what a bill says.
 */

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;

/** A calendar day, `YYYY-MM-DD`. */
export type Day = string;

/** True for a day that exists: `2024-02-29` yes, `2023-02-29` no; there was no year 0. */
export function isDay(text: string): boolean {
  const match = DAY.exec(text);
  if (!match || match[1] === '0000') return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === text;
}

/** The day it is at an instant in a time zone (IANA name). */
export function dayOf(instant: Date, timeZone = 'Europe/Copenhagen'): Day {
  return new Intl.DateTimeFormat('sv-SE', { timeZone }).format(instant);
}

/** There are days from year 1 to year 9999: what would be beyond is the first, or the last. */
export function addDays(day: Day, days: number): Day {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  const year = date.getUTCFullYear();
  if (year < 1) return '0001-01-01';
  return year > 9999 ? '9999-12-31' : date.toISOString().slice(0, 10);
}
