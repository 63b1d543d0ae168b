/** A supplier payment as Tryton keeps it: a move of two lines, the payable one and the one it was paid from. */
import { z } from 'zod';
import { fromMinor, parseDecimal, toMinorRounded } from '../../core/money.ts';
import { postingFields } from '../../core/posting-fields.ts';
import type { PostingFields, SupplierPaymentDocument } from '../../core/posting.ts';
import type { TrytonSettings } from './index.ts';
import { dayValue, decimalValue, flag, text } from './values.ts';

const line = z.object({
  id: z.int(),
  debit: decimalValue,
  credit: decimalValue,
  amount_second_currency: decimalValue.nullable(),
  reconciliation: z.int().nullable(),
  _timestamp: z.string(),
  'account.': z.object({ code: text, 'type.': z.object({ payable: flag }).nullable() }),
  'second_currency.': z.object({ code: z.string() }).nullable(),
});
export type MoveLine = z.infer<typeof line>;

export const moveRecord = z.object({
  id: z.int(),
  number: text,
  state: z.enum(['draft', 'posted']),
  date: dayValue,
  description: text,
  origin: text,
  _timestamp: z.string(),
  'company.': z.object({ 'currency.': z.object({ code: z.string() }) }),
  'lines.': z.array(line),
});
export type MoveRecord = z.infer<typeof moveRecord>;

export const MOVE_FIELDS = [
  'number',
  'state',
  'date',
  'description',
  'origin',
  '_timestamp',
  'company.currency.code',
  'lines.debit',
  'lines.credit',
  'lines.amount_second_currency',
  'lines.reconciliation',
  'lines._timestamp',
  'lines.account.code',
  'lines.account.type.payable',
  'lines.second_currency.code',
];

export function moveTimestamps(move: MoveRecord): Record<string, string> {
  return Object.fromEntries([
    [`account.move,${move.id}`, move._timestamp],
    ...move['lines.'].map((one) => [`account.move.line,${one.id}`, one._timestamp]),
  ]);
}

export const payableLine = (move: MoveRecord) =>
  move['lines.'].find((one) => one['account.']['type.']?.payable);
/** Where most of the money left or came: a bookkeeper may have added a fee. */
export function bankLine(move: MoveRecord): MoveLine | undefined {
  const own = move['company.']['currency.'].code;
  const size = ({ debit, credit }: MoveLine) =>
    Math.abs(toMinorRounded(parseDecimal(credit), own) - toMinorRounded(parseDecimal(debit), own));
  return move['lines.']
    .filter((one) => !one['account.']['type.']?.payable)
    .reduce<MoveLine | undefined>(
      (most, one) => (most && size(most) >= size(one) ? most : one),
      undefined,
    );
}

export const currencyOfMove = (move: MoveRecord) =>
  bankLine(move)?.['second_currency.']?.code ?? move['company.']['currency.'].code;

/** Money out is a credit of the account it left; money back for a credit note a debit. */
export const outOf = ({ billKind }: Pick<SupplierPaymentDocument, 'billKind'>): 1 | -1 =>
  billKind === 'credit-note' ? -1 : 1;

export function fieldsOfPayment(
  document: SupplierPaymentDocument,
  settings: TrytonSettings,
): PostingFields {
  const { currency, paidOn, amount, account } = postingFields(document);
  const fields = { currency: currency!, paidOn: paidOn!, amount: amount!, account: account! };
  return settings.takeTo === 'posted' ? { ...fields, state: 'posted' } : fields;
}

/** @param state how far it has come */
export function fieldsOfMove(
  move: MoveRecord,
  state: string,
  document: SupplierPaymentDocument,
  settings: TrytonSettings,
): PostingFields {
  const bank = bankLine(move);
  const currency = currencyOfMove(move);
  const fields: Record<string, string> = { currency, paidOn: move.date };
  if (bank) {
    fields['amount'] = fromMinor(moneyOut(bank, currency) * outOf(document), currency);
    fields['account'] = bank['account.'].code;
  }
  if (settings.takeTo === 'posted') fields['state'] = state;
  return fields;
}

export function moneyOut(line: MoveLine, currency: string): number {
  const minor = (amount: string) => toMinorRounded(parseDecimal(amount), currency);
  if (line['second_currency.'] !== null) return -minor(line.amount_second_currency ?? '0');
  return minor(line.credit) - minor(line.debit);
}
