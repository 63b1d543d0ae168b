/** A supplier invoice as Tryton gives it, in one read with its lines, taxes and supplier. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { dayValue, decimalValue, flag, text } from './values.ts';

const named = z.object({ name: text }).nullable();
const root = z.object({ id: z.int(), code: text }).nullable();
const coded = z.object({ code: text }).nullable();

export const identifier = z.object({ type: text, code: text });
export const party = z.object({
  id: z.int(),
  name: text,
  active: flag,
  'identifiers.': z.array(identifier),
});
export type Party = z.infer<typeof party>;

const line = z.object({
  id: z.int(),
  type: z.string(),
  note: text,
  description: text,
  quantity: z.number().nullable(),
  unit_price: decimalValue.nullable(),
  _timestamp: z.string(),
  'account.': coded,
  'taxes.': z.array(z.object({ id: z.int(), name: text })),
  'analytic_accounts.': z
    .array(z.object({ id: z.int(), 'root.': root, 'account.': coded }))
    .optional(),
});
export type InvoiceLine = z.infer<typeof line>;

export const invoiceRecord = z.object({
  id: z.int(),
  state: z.enum(['draft', 'validated', 'posted', 'paid', 'cancelled']),
  number: text,
  reference: text,
  comment: text,
  invoice_date: dayValue.nullable(),
  accounting_date: dayValue.nullable(),
  payment_term_date: dayValue.nullable(),
  total_amount: decimalValue,
  tax_amount: decimalValue,
  _timestamp: z.string(),
  'payment_term.': named,
  'currency.': z.object({ code: z.string() }),
  'party.': party,
  'lines.': z.array(line),
  'taxes.': z.array(z.object({ id: z.int() })),
});
export type InvoiceRecord = z.infer<typeof invoiceRecord>;

export const INVOICE_FIELDS = [
  'state',
  'number',
  'reference',
  'comment',
  'invoice_date',
  'accounting_date',
  'payment_term_date',
  'total_amount',
  'tax_amount',
  '_timestamp',
  'payment_term.name',
  'currency.code',
  'party.name',
  'party.active',
  'party.identifiers.type',
  'party.identifiers.code',
  'lines.type',
  'lines.note',
  'lines.description',
  'lines.quantity',
  'lines.unit_price',
  'lines._timestamp',
  'lines.account.code',
  'lines.taxes.name',
  'taxes.tax',
];

/** Asked for only where dimensions are kept: the module may not be there. */
export const DIMENSION_FIELDS = [
  'lines.analytic_accounts.root.code',
  'lines.analytic_accounts.account.code',
];

/** For Tryton's own check while it writes: nobody wrote these meanwhile. */
export function timestamps(record: InvoiceRecord): Record<string, string> {
  return Object.fromEntries([
    [`account.invoice,${record.id}`, record._timestamp],
    ...record['lines.'].map((one) => [`account.invoice.line,${one.id}`, one._timestamp]),
  ]);
}

/**
 * Changes whenever the record does. The content is part of it, because with SQLite a timestamp counts
 * whole seconds (in PostgreSQL: microseconds).
 */
export function versionOf(seen: unknown): string {
  return createHash('sha256').update(JSON.stringify(seen)).digest('hex').slice(0, 16);
}
