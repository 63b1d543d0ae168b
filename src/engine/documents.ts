/**
 * From a bill to what a posting says of it, on a connection's accounts and VAT codes. Pure; throws a
 * posting failure when the rules leave out what the posting needs.
 */
import { type Bill, type BillLine, billTotals, supplierKey } from '../core/bill.ts';
import { type OwnSubject, SyncFailure } from '../core/failure.ts';
import type {
  PostingDocument,
  PostingKind,
  PostingLine,
  SupplierInvoiceDocument,
  SupplierPaymentDocument,
} from '../core/posting.ts';
import type { ConnectionRules } from '../core/rules.ts';

export interface DocumentOf {
  readonly postingId: string;
  readonly kind: PostingKind;
  readonly paymentId: string | null;
  readonly wanted: 'present' | 'absent';
  readonly invoice: { readonly postingId: string; readonly remoteId: string | null } | null;
}

export function documentFor(
  bill: Bill,
  posting: DocumentOf,
  rules: ConnectionRules,
): PostingDocument {
  return posting.kind === 'supplier-invoice'
    ? invoiceDocument(bill, posting, rules)
    : paymentDocument(bill, posting, rules);
}

function invoiceDocument(
  bill: Bill,
  posting: DocumentOf,
  rules: ConnectionRules,
): SupplierInvoiceDocument {
  return {
    kind: 'supplier-invoice',
    reference: posting.postingId,
    billId: bill.id,
    billKind: bill.kind,
    supplierKey: supplierKey(bill.supplier),
    supplier: bill.supplier,
    number: bill.number,
    issuedOn: bill.issuedOn,
    dueOn: bill.dueOn,
    currency: bill.currency,
    lines: bill.lines.map((line) => postingLine(line, bill, posting, rules)),
    roundingMinor: bill.roundingMinor,
    totalMinor: billTotals(bill).totalMinor,
    note: bill.note,
    correctsNumber: bill.correctsNumber ?? null,
    attachments: bill.attachments,
  };
}

function postingLine(
  line: BillLine,
  bill: Bill,
  posting: DocumentOf,
  rules: ConnectionRules,
): PostingLine {
  const mapped = line.category === null ? undefined : own(rules.accounts, line.category);
  const account = mapped ?? rules.defaultAccount;
  if (account === null && posting.wanted === 'present') {
    throw new SyncFailure('account-missing', { subject: line.category ?? line.description });
  }
  return {
    id: line.id,
    description: line.description,
    account: account ?? '',
    netMinor: line.netMinor,
    vatMinor: line.vatMinor,
    vatCategory: line.vatCategory,
    vatPercent: line.vatPercent,
    vatCode: line.vatCode ?? own(rules.vatCodes, `${line.vatCategory}${line.vatPercent}`) ?? null,
    department: line.department ?? bill.department,
    project: line.project ?? bill.project,
  };
}

function paymentDocument(
  bill: Bill,
  posting: DocumentOf,
  rules: ConnectionRules,
): SupplierPaymentDocument {
  const payment = bill.payments.find(({ id }) => id === posting.paymentId);
  if (!payment && posting.wanted === 'present')
    throw new Error(`The bill has no payment ${posting.paymentId}.`);
  const account = payment?.account ?? rules.paymentAccount;
  if (account === null && posting.wanted === 'present') {
    throw new SyncFailure('account-missing', {
      subject: '@account-paid-from' satisfies OwnSubject,
    });
  }
  return {
    kind: 'supplier-payment',
    reference: posting.postingId,
    billId: bill.id,
    billKind: bill.kind,
    supplierKey: supplierKey(bill.supplier),
    supplier: bill.supplier,
    number: bill.number,
    invoiceReference: posting.invoice?.postingId ?? '',
    invoiceRemoteId: posting.invoice?.remoteId ?? null,
    // A payment that was taken back is only looked for, by its reference.
    paidOn: payment?.paidOn ?? bill.issuedOn,
    currency: bill.currency,
    amountMinor: payment?.amountMinor ?? 0,
    account: account ?? '',
    markedAsPaid: payment?.kind === 'marked-as-paid',
  };
}

/** A category may be called `constructor`. */
function own(map: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}
