/**
 * Amounts as our files write them: decimal point, no grouping, the currency after: `-125.00 DKK`.
 * Reads what a person may have typed instead (`DKK 1,250.00`), as hledger does under
 * `decimal-mark .`; what it cannot read with certainty is null, never a guess.
 */
import { fromMinor, MoneyError, toMinor } from '../../core/money.ts';

export interface Amount {
  readonly minor: number;
  readonly currency: string;
}

export function formatAmount(minor: number, currency: string): string {
  return `${fromMinor(minor, currency)} ${currency}`;
}

const NUMBER = /^(?:\d+|\d{1,3}(?:[, ]\d{3})+)(?:\.\d*)?$/;

export function parseAmount(text: string): Amount | null {
  // `= 0.00 DKK` is a balance assertion somebody added; it says nothing about this amount.
  const amount = text.replace(/\s*=.*$/u, '').trim();
  const currency = /[A-Z]{3}/.exec(amount)?.[0];
  if (currency === undefined) return null;
  const match =
    /^([+-]?)\s*(?:"?[A-Z]{3}"?\s*([+-]?)\s*([\d., ]+)|([\d., ]+?)\s*"?[A-Z]{3}"?)$/.exec(amount);
  const number = (match?.[3] ?? match?.[4])?.trim();
  if (match === null || number === undefined || !NUMBER.test(number)) return null;
  const negative = (match[1] === '-') !== (match[2] === '-');
  const digits = number.replaceAll(/[, ]/g, '').replace(/\.$/, '');
  try {
    const minor = toMinor(digits, currency);
    return { minor: negative ? 0 - minor : minor, currency };
  } catch (error) {
    if (error instanceof MoneyError) return null;
    throw error;
  }
}
