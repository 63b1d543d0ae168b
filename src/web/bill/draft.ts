/**
 * What a person has typed on a bill and not yet saved. Only what they touched is in it, so that what
 * others change meanwhile shows at once, and is never overwritten unseen.
 *
 * - `typed`: field → the text as typed.
 * - `base`: field → what the bill said when they began on that field. When the bill says something
 *   else by now (and not what they typed), there is a conflict for them to settle.
 */
import type { BillEdit, BillShape } from '../../contract/bill-shapes.ts';
import { formatAmount, readAmount } from '../reader/amounts.ts';
import { dayToType, readDay } from '../reader/typed-days.ts';

export interface Draft {
  readonly typed: Readonly<Record<string, string>>;
  readonly base: Readonly<Record<string, string>>;
}

export const NO_DRAFT: Draft = { typed: {}, base: {} };

export const BILL_FIELDS = [
  'number',
  'issuedOn',
  'dueOn',
  'note',
  'department',
  'project',
] as const;
export const LINE_FIELDS = ['description', 'category', 'vatCode', 'net', 'vat'] as const;
export type BillField = (typeof BILL_FIELDS)[number];
export type LineField = (typeof LINE_FIELDS)[number];

export function lineField(lineId: string, field: LineField): string {
  return `lines.${lineId}.${field}`;
}

/** The bill's editable fields as plain text; nothing is the empty text. */
export function billValues(bill: BillShape): Record<string, string> {
  const values: Record<string, string> = {};
  for (const field of BILL_FIELDS) values[field] = bill[field] ?? '';
  for (const line of bill.lines)
    for (const field of LINE_FIELDS) values[lineField(line.id, field)] = line[field] ?? '';
  return values;
}

function isDayField(field: string): boolean {
  return field === 'issuedOn' || field === 'dueOn';
}

/** Fields a bill can't be without. */
function isWanted(field: string): boolean {
  return field === 'number' || field === 'issuedOn';
}

export function isAmountField(field: string): boolean {
  return /\.(net|vat)$/.test(field);
}

/** What stands in a field: what was typed, else what the bill says. */
export function shown(draft: Draft, bill: BillShape, field: string, locale: string): string {
  const typed = draft.typed[field];
  if (typed !== undefined) return typed;
  const value = billValues(bill)[field] ?? '';
  if (isAmountField(field)) return formatAmount(value, bill.currency, locale);
  return isDayField(field) ? dayToType(value, locale) : value;
}

export function type(
  draft: Draft,
  bill: BillShape,
  field: string,
  text: string,
  locale: string,
): Draft {
  const now = billValues(bill)[field] ?? '';
  const base = draft.base[field] ?? now;
  if (meaning(field, text, locale) === base && base === now) return forget(draft, field);
  return {
    typed: { ...draft.typed, [field]: text },
    base: { ...draft.base, [field]: base },
  };
}

/** Takes what the bill says now. */
export function forget(draft: Draft, field: string): Draft {
  const { [field]: _typed, ...typed } = draft.typed;
  const { [field]: _base, ...base } = draft.base;
  return { typed, base };
}

/** Keeps what was typed, knowing what the bill says now. */
export function insist(draft: Draft, bill: BillShape, field: string): Draft {
  return { ...draft, base: { ...draft.base, [field]: billValues(bill)[field] ?? '' } };
}

/** Fields that somebody else changed since the person began on them. */
export function conflicts(draft: Draft, bill: BillShape, locale: string): string[] {
  const now = billValues(bill);
  return Object.entries(draft.typed)
    .filter(([field, text]) => {
      const there = now[field] ?? '';
      return there !== draft.base[field] && there !== meaning(field, text, locale);
    })
    .map(([field]) => field);
}

/** Fields whose text means nothing: no amount, no day, no number. */
export function wrongFields(draft: Draft, locale: string): string[] {
  return Object.entries(draft.typed)
    .filter(([field, text]) => meaning(field, text, locale) === null)
    .map(([field]) => field);
}

/** The edit to send; null when nothing differs or something is wrong. */
export function toEdit(draft: Draft, bill: BillShape, locale: string): BillEdit | null {
  const values: Record<string, string> = {};
  for (const [field, text] of Object.entries(draft.typed)) {
    const value = meaning(field, text, locale);
    if (value === null) return null;
    values[field] = value;
  }
  return editOf(values, bill);
}

/** The edit that gives a bill these values; null when it has them. */
export function editOf(values: Readonly<Record<string, string>>, bill: BillShape): BillEdit | null {
  const now = billValues(bill);
  const edit: Record<string, unknown> = {};
  const lines = new Map<string, Record<string, unknown>>();
  for (const [field, value] of Object.entries(values)) {
    if (value === now[field] || now[field] === undefined) continue;
    const [, lineId, name] = /^lines\.(.+)\.(\w+)$/.exec(field) ?? [];
    const sent = isText(name ?? field) ? value : value || null;
    if (lineId === undefined || name === undefined) edit[field] = sent;
    else lines.set(lineId, { ...lines.get(lineId), [name]: sent });
  }
  if (lines.size > 0) edit['lines'] = [...lines].map(([id, line]) => ({ id, ...line }));
  if (Object.keys(edit).length === 0) return null;
  return { ...edit, expectedRevision: bill.revision };
}

/** Fields that are empty rather than absent. */
function isText(name: string): boolean {
  return name === 'note' || name === 'description' || name === 'net' || name === 'vat';
}

/** The value a text stands for; null when it stands for none. */
function meaning(field: string, text: string, locale: string): string | null {
  if (isAmountField(field)) return readAmount(text, locale);
  if (text.trim() === '') return isWanted(field) ? null : field === 'note' ? text : '';
  if (isDayField(field)) return readDay(text, new Date().getFullYear());
  return field === 'note' ? text : text.trim();
}
