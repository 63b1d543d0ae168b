/**
 * Bills and books, side by side. Pure. What is wanted and there more than once is a duplicate, wanted and not
 * there a loss, anything else that is not as it is to be a disagreement.
 */
import type { BookedInvoice, BookedPayment, Books } from './books.ts';
import type { WantedBill } from './wanted.ts';

export interface Finding {
  readonly kind: 'duplicate' | 'loss' | 'disagreement';
  readonly bill: string | null;
  readonly postingId: string | null;
  readonly what: string;
  /** What Tryton has of it. */
  readonly there: readonly object[];
}

export function compare(wanted: readonly WantedBill[], books: Books): Finding[] {
  const findings: Finding[] = [];
  const inForce = books.payments.filter(({ reversal }) => reversal === null);
  const byReference = <T extends { reference: string | null }>(records: readonly T[]) =>
    Map.groupBy(records, ({ reference }) => reference);
  const invoices = byReference(books.invoices);
  const payments = byReference(inForce);
  const expected = new Set<string>();

  for (const one of wanted) {
    const { bill } = one;
    const find = (
      kind: Finding['kind'],
      what: string,
      postingId: string | null,
      there: readonly object[] = [],
    ) => findings.push({ kind, bill, postingId, what, there });
    /** The one that is there, if there is one; says so when there is none, or more than one. */
    const only = <T extends object>(
      name: string,
      reference: string | null,
      records: ReadonlyMap<string | null, T[]>,
    ): T | null => {
      const there = reference === null ? [] : (records.get(reference) ?? []);
      if (reference !== null) expected.add(reference);
      if (there.length === 0) find('loss', `${name} is not in the books`, reference);
      if (there.length > 1)
        find('duplicate', `${name} is in the books ${there.length} times`, reference, there);
      return there.length === 1 ? there[0]! : null;
    };
    const agrees = (
      name: string,
      postingId: string | null,
      is: object,
      toBe: Readonly<Record<string, unknown>>,
    ) => {
      for (const [field, value] of Object.entries(toBe)) {
        const [has, wants] = [(is as Record<string, unknown>)[field], value].map(text);
        if (has === wants) continue;
        find('disagreement', `${name}: ${field} is ${has}, to be ${wants}`, postingId, [is]);
      }
    };
    if (!one.invoice) continue;
    const { reference, record } = one.invoice;
    const invoice = only('the invoice', reference, invoices);
    if (invoice) agrees('the invoice', reference, invoice, { ...record });
    for (const payment of one.payments) {
      const there = only('the payment', payment.reference, payments);
      if (!there) continue;
      const toBe = { ...payment.record, invoiceId: invoice ? invoice.id : there.invoiceId };
      agrees('the payment', payment.reference, there, toBe);
      const wrong = invoice && one.isPosted && notSettled(invoice, there, one.isPaid);
      if (wrong) find('disagreement', wrong, payment.reference, [there, invoice]);
    }
    if (invoice && one.isPosted && !one.isPaid && invoice.owed.some((in_) => in_ !== null))
      find('disagreement', 'the invoice is reconciled though not paid', reference, [invoice]);
    const ours = new Set(
      one.payments.map((payment) => payments.get(payment.reference)?.[0]?.payableLine),
    );
    if (invoice?.paymentLines.some((line) => !ours.has(line)))
      find('disagreement', 'a payment counts that is none of the bill', reference, [invoice]);
  }
  return [...findings, ...nobodyAskedFor(wanted, books, expected), ...suppliers(wanted, books)];
}

/** Counted against its invoice; and once that is paid in full, reconciled with it. */
function notSettled(
  invoice: BookedInvoice,
  payment: BookedPayment,
  isPaid: boolean,
): string | null {
  if (!invoice.paymentLines.includes(payment.payableLine ?? -1))
    return 'the payment does not count against its invoice';
  if (isPaid !== (payment.reconciliation !== null))
    return isPaid
      ? 'the payment is not reconciled'
      : 'the payment is reconciled though more is owed';
  if (isPaid && invoice.owed.some((owed) => owed !== payment.reconciliation))
    return 'the payment is reconciled with something else';
  return null;
}

/** Nobody but Spor keeps these books. */
function nobodyAskedFor(
  wanted: readonly WantedBill[],
  books: Books,
  expected: ReadonlySet<string>,
): Finding[] {
  const billOf = new Map(
    wanted.flatMap(({ bill, known }) => known.map(({ id }) => [id, bill] as const)),
  );
  const stray =
    (name: string) =>
    (record: BookedInvoice | BookedPayment): Finding[] => {
      const { reference } = record;
      if (reference !== null && expected.has(reference)) return [];
      const bill = reference === null ? null : (billOf.get(reference) ?? null);
      // The same bill a second time under another reference, or none, is the worst there is.
      const number = 'number' in record ? record.number : null;
      const isSecond = wanted.some(({ invoice }) => invoice && invoice.record.number === number);
      return [
        {
          kind: isSecond ? 'duplicate' : 'disagreement',
          bill: bill ?? number,
          postingId: reference,
          what: `${name} is in the books that ${reference === null ? 'carries no mark' : 'is not to be there'}`,
          there: [record],
        },
      ];
    };
  const halfUndone = books.payments.filter(
    ({ state, reversal }) => reversal !== null && reversal !== state,
  );
  return [
    ...books.invoices.flatMap(stray('an invoice')),
    ...books.payments.filter(({ reversal }) => reversal === null).flatMap(stray('a payment')),
    ...halfUndone.map((payment) => ({
      kind: 'disagreement' as const,
      bill: billOf.get(payment.reference ?? '') ?? null,
      postingId: payment.reference,
      what: `the payment is ${payment.state}, its reversal ${payment.reversal}`,
      there: [payment],
    })),
  ];
}

function suppliers(wanted: readonly WantedBill[], books: Books): Finding[] {
  return [...new Set(wanted.map(({ supplier }) => supplier))].flatMap((supplier) => {
    const times = books.parties.filter((name) => name === supplier).length;
    if (times < 2) return [];
    const what = `the supplier ${supplier} is there ${times} times`;
    return [{ kind: 'duplicate' as const, bill: null, postingId: null, what, there: [] }];
  });
}

function text(value: unknown): string {
  return Array.isArray(value) ? `[${value.join('; ')}]` : String(value);
}
