/** The small values of the API: ids, days, amounts. Bounds here are the bounds everywhere. */
import { z } from 'zod';
import { isDay } from '../core/day.ts';

/** In capital letters it is the same one. */
export const id = z.uuid().toLowerCase().describe('A UUID.');
export const day = z
  .string()
  // There was no year 0, and the database knows none.
  .refine((text) => isDay(text) && !text.startsWith('0000'), {
    error: 'is not a day that exists, written YYYY-MM-DD',
  })
  .meta({ format: 'date', description: 'A calendar day, YYYY-MM-DD.' });
export const instant = z.iso.datetime().describe('An instant in UTC, ISO 8601.');
export const amount = z
  .string()
  .regex(/^-?\d{1,13}(\.\d{1,4})?$/, { error: 'is not an amount such as "1234.50"' })
  .describe('A decimal string in major units of the currency: "1234.50".');
/** An amount in an answer: sums may be longer than what each part was told with. */
export const sum = z
  .string()
  .regex(/^-?\d{1,16}(\.\d{1,4})?$/)
  .describe('A decimal string in major units of the currency: "1234.50".');
export const percent = z
  .string()
  .regex(/^\d{1,3}(\.\d{1,4})?$/, { error: 'is not a percentage such as "25"' })
  .describe('A decimal string: "25", "12.5".');
export const currency = z
  .string()
  .regex(/^[A-Z]{3}$/, { error: 'is not a currency code such as "DKK"' })
  .describe('ISO 4217 code.');

/** What UTF-8 and the database can hold: no half of a surrogate pair. */
const whole = (text: z.ZodString) =>
  text.refine((value) => value.isWellFormed(), { error: 'has half a character' });

/** Text of one line, trimmed, without control characters. */
export const line = (most: number) => whole(oneLine(most));

/** A short code or name; empty is refused. */
export const name = (most: number) => whole(oneLine(most).min(1));

const oneLine = (most: number) =>
  z
    .string()
    .trim()
    .max(most)
    .regex(/^[^\p{Cc}]*$/u, { error: 'has control characters' });

/** Text of several lines: tabs and line breaks are allowed. */
export const text = (most: number) =>
  whole(
    z
      .string()
      .max(most)
      .regex(/^(?:[^\p{Cc}]|[\n\r\t])*$/u, { error: 'has control characters' }),
  );

const DEEPEST = 10;

/** Any JSON object that can be kept: text without NUL and half characters, not nested beyond reason. */
export const anyObject = z
  .record(z.string(), z.unknown())
  .refine((value) => isKeepable(value, DEEPEST), {
    error: 'has text that cannot be kept, or is nested too deep',
  });

function isKeepable(value: unknown, deepest: number): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0');
  if (typeof value !== 'object' || value === null) return true;
  return (
    deepest > 0 &&
    Object.entries(value).every(
      ([key, inner]) => isKeepable(key, deepest) && isKeepable(inner, deepest - 1),
    )
  );
}

export const cursor = z
  .string()
  .max(400)
  .regex(/^[A-Za-z0-9_-]+$/);
/** Looking back so many days, the last 24 hours being the first. */
export const days = z.coerce.number().int().min(1).max(366).default(30);
export const limit = z.coerce.number().int().min(1).max(200).default(50);
