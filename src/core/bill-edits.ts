/**
 * What people do to a bill, as pure edits: each gives the bill as it becomes and what that is
 * called, or says why it can't be.
 */
import { type Bill, hasPayment, outstandingMinor, type Payment } from './bill.ts';
import { billChanges, type Change } from './change.ts';
import { fromMinor } from './money.ts';

export interface Edited {
  readonly bill: Bill;
  readonly changes: readonly Change[];
}

export type EditRefusalCode =
  | 'bill-cancelled'
  | 'already-so'
  | 'bill-changed'
  | 'bill-number-taken'
  | 'not-found'
  | 'invalid-request';

export class EditRefused extends Error {
  override readonly name = 'EditRefused';
  readonly code: EditRefusalCode;
  constructor(code: EditRefusalCode, message: string) {
    super(message);
    this.code = code;
  }
}

export interface LineEdit {
  readonly id: string;
  readonly description?: string | undefined;
  readonly netMinor?: number | undefined;
  readonly vatMinor?: number | undefined;
  readonly vatCode?: string | null | undefined;
  readonly category?: string | null | undefined;
  readonly department?: string | null | undefined;
  readonly project?: string | null | undefined;
}

export interface DetailsEdit {
  readonly expectedRevision?: number | undefined;
  readonly number?: string | undefined;
  readonly supplierName?: string | undefined;
  readonly issuedOn?: string | undefined;
  readonly dueOn?: string | null | undefined;
  readonly note?: string | undefined;
  readonly department?: string | null | undefined;
  readonly project?: string | null | undefined;
  /** Made on the bill's currency, hence a function of the bill. */
  readonly lines?: ((bill: Bill) => readonly LineEdit[]) | undefined;
}

export function editDetails(before: Bill, edit: DetailsEdit): Edited {
  refuseCancelled(before);
  refuseChanged(before, edit.expectedRevision);
  const { expectedRevision: _, lines, supplierName, ...fields } = edit;
  const bill: Bill = {
    ...before,
    ...given(fields),
    supplier:
      supplierName === undefined ? before.supplier : { ...before.supplier, name: supplierName },
    lines: lines ? editLines(before, lines(before)) : before.lines,
  };
  return { bill, changes: billChanges(before, bill) };
}

function editLines(bill: Bill, edits: readonly LineEdit[]): Bill['lines'] {
  for (const { id } of edits) {
    if (!bill.lines.some((line) => line.id === id)) {
      throw new EditRefused('invalid-request', `The bill has no line "${id}".`);
    }
  }
  return bill.lines.map((line) => {
    const edit = edits.find(({ id }) => id === line.id);
    return edit ? { ...line, ...given(edit) } : line;
  });
}

/** Only what was said: `undefined` means "as it is". */
function given<T extends object>(edit: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(edit).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}

/** @param expectedRevision the one that was looked at; left out, whichever it is */
export function approve(before: Bill, expectedRevision?: number): Edited {
  refuseCancelled(before);
  refuseChanged(before, expectedRevision);
  if (before.status === 'approved')
    throw new EditRefused('already-so', 'The bill is approved already.');
  return {
    bill: { ...before, status: 'approved' },
    changes: [{ kind: 'approved', subject: null, before: before.status, after: 'approved' }],
  };
}

export function addPayment(before: Bill, payment: Payment): Edited {
  refuseCancelled(before);
  if (payment.amountMinor <= 0)
    throw new EditRefused('invalid-request', 'A payment is more than nothing.');
  return {
    bill: { ...before, payments: [...before.payments, payment] },
    changes: [
      {
        kind: payment.kind === 'registered' ? 'paid' : 'marked-as-paid',
        subject: payment.id,
        before: null,
        after: `${fromMinor(payment.amountMinor, before.currency)} ${before.currency} ${payment.paidOn}`,
      },
    ],
  };
}

/** Marks what is outstanding as paid. */
export function markAsPaid(before: Bill, id: string, paidOn: string): Edited {
  const amountMinor = outstandingMinor(before);
  if (amountMinor <= 0 && hasPayment(before))
    throw new EditRefused('already-so', 'The bill is paid already.');
  if (amountMinor <= 0) throw new EditRefused('already-so', 'There is nothing to pay on the bill.');
  return addPayment(before, { id, kind: 'marked-as-paid', amountMinor, paidOn, account: null });
}

export function removePayment(before: Bill, paymentId: string): Edited {
  refuseCancelled(before);
  const payment = before.payments.find(({ id }) => id === paymentId);
  if (!payment) throw new EditRefused('not-found', 'The bill has no such payment.');
  return {
    bill: { ...before, payments: before.payments.filter(({ id }) => id !== paymentId) },
    changes: [
      {
        kind: 'payment-removed',
        subject: paymentId,
        before: `${fromMinor(payment.amountMinor, before.currency)} ${before.currency} ${payment.paidOn}`,
        after: null,
      },
    ],
  };
}

export function cancel(before: Bill): Edited {
  if (before.status === 'cancelled')
    throw new EditRefused('already-so', 'The bill is cancelled already.');
  return {
    bill: { ...before, status: 'cancelled' },
    changes: [{ kind: 'cancelled', subject: null, before: before.status, after: 'cancelled' }],
  };
}

export function acceptAsSeparate(before: Bill): Edited {
  if (before.duplicateOf === null) throw new EditRefused('already-so', 'The bill is no duplicate.');
  return {
    bill: { ...before, duplicateOf: null, acceptedAsSeparate: true },
    changes: [
      { kind: 'accepted-as-separate', subject: null, before: before.duplicateOf, after: null },
    ],
  };
}

function refuseChanged({ revision }: Bill, expected: number | undefined): void {
  if (expected === undefined || expected === revision) return;
  throw new EditRefused(
    'bill-changed',
    `The bill is at revision ${revision} by now; what you did was done on ${expected}. Read it again and repeat it.`,
  );
}

function refuseCancelled(bill: Bill): void {
  if (bill.status === 'cancelled') {
    throw new EditRefused('bill-cancelled', 'A cancelled bill is not changed any more.');
  }
}
