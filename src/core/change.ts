/**
 * What happened to a bill, as data: the kinds of change, and how to tell them from two versions.
 * The activity log shows these; the engine only hears "look again".
 */
import { type Bill, type BillLine, billTotals } from './bill.ts';
import { fromMinor } from './money.ts';

export const CHANGE_KINDS = [
  'added',
  'approved',
  'paid',
  'marked-as-paid',
  'payment-removed',
  'cancelled',
  'due-date-changed',
  'issue-date-changed',
  'number-changed',
  'supplier-changed',
  'category-changed',
  'vat-code-changed',
  'amount-changed',
  'description-changed',
  'note-changed',
  'department-changed',
  'project-changed',
  'accepted-as-separate',
] as const;

export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** One line of the activity log that is a change. */
export interface Change {
  readonly kind: ChangeKind;
  /** What of the bill: a line's id, a payment's id; null for the bill itself. */
  readonly subject: string | null;
  readonly before: string | null;
  readonly after: string | null;
}

/** The edits between two versions of a bill, one per field; payments and status have changes of their own. */
export function billChanges(before: Bill, after: Bill): Change[] {
  const changes: Change[] = [];
  const note = (kind: ChangeKind, subject: string | null, a: string | null, b: string | null) => {
    if (a !== b) changes.push({ kind, subject, before: a, after: b });
  };
  note('number-changed', null, before.number, after.number);
  note('supplier-changed', null, before.supplier.name, after.supplier.name);
  note('issue-date-changed', null, before.issuedOn, after.issuedOn);
  note('due-date-changed', null, before.dueOn, after.dueOn);
  note('note-changed', null, before.note, after.note);
  note('department-changed', null, before.department, after.department);
  note('project-changed', null, before.project, after.project);
  const linesBefore = new Map(before.lines.map((line) => [line.id, line]));
  for (const line of after.lines) {
    const old = linesBefore.get(line.id);
    linesBefore.delete(line.id);
    note('category-changed', line.id, old?.category ?? null, line.category);
    note('vat-code-changed', line.id, old?.vatCode ?? null, line.vatCode);
    note('department-changed', line.id, old?.department ?? null, line.department);
    note('project-changed', line.id, old?.project ?? null, line.project);
    note('description-changed', line.id, old?.description ?? null, line.description);
    note(
      'amount-changed',
      line.id,
      old ? lineAmount(old, before.currency) : null,
      lineAmount(line, after.currency),
    );
  }
  for (const line of linesBefore.values()) {
    note('amount-changed', line.id, lineAmount(line, before.currency), null);
  }
  const total = (bill: Bill) => fromMinor(billTotals(bill).totalMinor, bill.currency);
  note('amount-changed', null, total(before), total(after));
  return changes;
}

/** `"100.00 + 25.00"`: net and VAT, so that a change of either is seen. */
function lineAmount(line: BillLine, currency: string): string {
  return `${fromMinor(line.netMinor, currency)} + ${fromMinor(line.vatMinor, currency)}`;
}
