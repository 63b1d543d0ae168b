/** The small values of the API: ids, days, amounts. Bounds here are the bounds everywhere. */
import { z } from 'zod';
import { isDay } from '../core/day.ts';

export const id = z.uuid().describe('A UUID.');
export const day = z
  .string()
  .refine(isDay, { error: 'is not a day that exists, written YYYY-MM-DD' })
  .meta({ format: 'date', description: 'A calendar day, YYYY-MM-DD.' });
export const instant = z.iso.datetime().describe('An instant in UTC, ISO 8601.');
export const amount = z
  .string()
  .regex(/^-?\d{1,13}(\.\d{1,4})?$/, { error: 'is not an amount such as "1234.50"' })
  .describe('A decimal string in major units of the currency: "1234.50".');
export const percent = z
  .string()
  .regex(/^\d{1,3}(\.\d{1,4})?$/, { error: 'is not a percentage such as "25"' })
  .describe('A decimal string: "25", "12.5".');
export const currency = z
  .string()
  .regex(/^[A-Z]{3}$/, { error: 'is not a currency code such as "DKK"' })
  .describe('ISO 4217 code.');

/** Text of one line, trimmed, without control characters. */
export const line = (most: number) =>
  z
    .string()
    .trim()
    .max(most)
    .regex(/^[^\p{Cc}]*$/u, { error: 'has control characters' });

/** A short code or name; empty is refused. */
export const name = (most: number) => line(most).min(1);

/** Text of several lines: tabs and line breaks are allowed. */
export const text = (most: number) =>
  z
    .string()
    .max(most)
    .regex(/^[^\p{Cc}]*$|^(?:[^\p{Cc}]|[\n\r\t])*$/u, { error: 'has control characters' });

export const cursor = z
  .string()
  .max(400)
  .regex(/^[A-Za-z0-9_-]+$/);
export const limit = z.coerce.number().int().min(1).max(200).default(50);
