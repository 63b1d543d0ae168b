/**
 * Tryton's values in JSON and ours: decimals as text, days as `YYYY-MM-DD`, bytes as base64
 * (trytond/protocols/jsonrpc.py, 6.0.29, read 2026-11-24).
 */
import { z } from 'zod';

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [name: string]: Json };

export const decimal = (text: string) => ({ __class__: 'Decimal', decimal: text });

export function day(on: string) {
  const [year = 0, month = 0, dayOfMonth = 0] = on.split('-').map(Number);
  return { __class__: 'date', year, month, day: dayOfMonth };
}

/** The first moment of a day, as Tryton keeps moments: in UTC. */
export const midnight = (on: string) => ({
  ...day(on),
  __class__: 'datetime',
  hour: 0,
  minute: 0,
  second: 0,
  microsecond: 0,
});

export const bytes = (content: Uint8Array) => ({
  __class__: 'bytes',
  base64: Buffer.from(content).toString('base64'),
});

export const decimalValue = z
  .object({ __class__: z.literal('Decimal'), decimal: z.string() })
  .transform((value) => plainDecimal(value.decimal));

export const dayValue = z
  .object({ __class__: z.literal('date'), year: z.int(), month: z.int(), day: z.int() })
  .transform(({ year, month, day: dayOfMonth }) =>
    [String(year).padStart(4, '0'), twoDigits(month), twoDigits(dayOfMonth)].join('-'),
  );

/** SQLite knows no booleans; Tryton hands on its 0 and 1. */
export const flag = z
  .union([z.boolean(), z.number()])
  .nullable()
  .transform((value) => Boolean(value));

/** A text that may be empty. */
export const text = z
  .string()
  .nullable()
  .transform((value) => value ?? '');

/** Python writes a decimal like 0E-8 or 1E+3 when it is as exact as that. */
export function plainDecimal(written: string): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?E([+-]\d+)$/i.exec(written);
  if (!match) return written;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (point >= digits.length) return sign + digits.padEnd(point, '0');
  const padded = digits.padStart(digits.length + Math.max(0, 1 - point), '0');
  const at = padded.length - (digits.length - point);
  return `${sign}${padded.slice(0, at)}.${padded.slice(at)}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
