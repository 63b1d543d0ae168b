/** What travels between us and the sandbox system, and the way from our documents to its records and back. */
import { z } from 'zod';
import { type BillKind, supplierKey } from '../../core/bill.ts';
import { SyncFailure } from '../../core/failure.ts';
import { fromMinor, MoneyError, toMinor } from '../../core/money.ts';
import { postingFields } from '../../core/posting-fields.ts';
import type {
  PostingDocument,
  PostingFields,
  SupplierInvoiceDocument,
  SupplierPaymentDocument,
} from '../../core/posting.ts';

export const tokenAnswer = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().optional(),
  expires_in: z.number(),
});

export const supplierAnswer = z.object({
  id: z.string(),
  reference: z.string().nullable(),
  name: z.string(),
  vatNumber: z.string().nullable(),
  companyNumber: z.string().nullable(),
  gln: z.string().nullable(),
  country: z.string().nullable(),
});

const currency = z.string().regex(/^[A-Z]{3}$/);

export const invoiceAnswer = z.object({
  id: z.string(),
  version: z.int(),
  externalReference: z.string(),
  supplier: supplierAnswer.nullable(),
  type: z.enum(['INVOICE', 'CREDIT_NOTE', 'RECEIPT']),
  number: z.string(),
  issuedOn: z.string(),
  dueOn: z.string().nullable(),
  currency,
  lines: z.array(
    z.object({
      reference: z.string(),
      description: z.string(),
      account: z.string(),
      net: z.string(),
      vat: z.string(),
      vatCode: z.string().nullable(),
      department: z.string().nullable(),
      project: z.string().nullable(),
    }),
  ),
  rounding: z.string(),
  total: z.string(),
  memo: z.string(),
  correctsNumber: z.string().nullable(),
  attachments: z.array(z.object({ reference: z.string(), name: z.string(), sha256: z.string() })),
});
export type InvoiceAnswer = z.infer<typeof invoiceAnswer>;

export const paymentAnswer = z.object({
  id: z.string(),
  version: z.int(),
  externalReference: z.string(),
  invoiceId: z.string(),
  paidOn: z.string(),
  currency,
  amount: z.string(),
  account: z.string(),
});
export type PaymentAnswer = z.infer<typeof paymentAnswer>;

export type RecordAnswer = InvoiceAnswer | PaymentAnswer;

export const PATHS = {
  'supplier-invoice': '/supplier-invoices',
  'supplier-payment': '/supplier-payments',
} as const;

const TYPES = { invoice: 'INVOICE', 'credit-note': 'CREDIT_NOTE', receipt: 'RECEIPT' } as const;
const KINDS: Record<InvoiceAnswer['type'], BillKind> = {
  INVOICE: 'invoice',
  CREDIT_NOTE: 'credit-note',
  RECEIPT: 'receipt',
};

/** The system's normal form: one line, composed characters, trimmed, and no longer than it takes. */
function kept(text: string, atMost: number): string {
  const normal = text
    .toWellFormed()
    .normalize('NFC')
    // oxlint-disable-next-line no-control-regex
    .replaceAll(/[\u0000-\u001f\u007f]/g, ' ')
    .trim();
  if (normal.length <= atMost) return normal;
  // Never through the middle of a character.
  return normal
    .slice(0, atMost)
    .replace(/[\ud800-\udbff]$/, '')
    .trim();
}

/** The document as the system can keep it. */
function normal(document: SupplierInvoiceDocument): SupplierInvoiceDocument {
  return {
    ...document,
    number: kept(document.number, 255),
    note: kept(document.note, 1000),
    correctsNumber: document.correctsNumber === null ? null : kept(document.correctsNumber, 255),
    lines: document.lines.map((line) => ({ ...line, description: kept(line.description, 255) })),
    attachments: document.attachments.map((attachment) => ({
      ...attachment,
      name: kept(attachment.name, 255),
    })),
  };
}

/** Credits are negative there. */
function signOf(billKind: BillKind): 1 | -1 {
  return billKind === 'credit-note' ? -1 : 1;
}

export function toInvoice(document: SupplierInvoiceDocument, supplierId: string) {
  const { currency, lines, roundingMinor, totalMinor, ...rest } = normal(document);
  const amount = (minor: number) => fromMinor(minor * signOf(document.billKind), currency);
  return {
    externalReference: rest.reference,
    supplierId,
    type: TYPES[rest.billKind],
    number: rest.number,
    issuedOn: rest.issuedOn,
    dueOn: rest.dueOn,
    currency,
    lines: lines.map((line) => ({
      reference: line.id,
      description: line.description,
      account: line.account,
      net: amount(line.netMinor),
      vat: amount(line.vatMinor),
      vatCode: line.vatCode,
      department: line.department,
      project: line.project,
    })),
    rounding: amount(roundingMinor),
    total: amount(totalMinor),
    memo: rest.note,
    correctsNumber: rest.correctsNumber,
  };
}

export function toPayment(document: SupplierPaymentDocument, invoiceId: string) {
  const { reference, paidOn, currency, amountMinor, account, billKind } = document;
  return {
    externalReference: reference,
    invoiceId,
    paidOn,
    currency,
    amount: fromMinor(amountMinor * signOf(billKind), currency),
    account,
  };
}

/**
 * What of a document the system carries. The supplier is named by its key, because the name in their
 * register is theirs; a payment names its invoice by id only.
 */
export function fieldsOf(document: PostingDocument): PostingFields {
  if (document.kind === 'supplier-invoice') {
    const { supplierKey: supplier, ...rest } = normal(document);
    return { ...postingFields({ ...rest, supplierKey: supplier }), supplier };
  }
  const { currency, paidOn, amount, account } = postingFields(document);
  return { currency: currency!, paidOn: paidOn!, amount: amount!, account: account! };
}

export function invoiceFields(invoice: InvoiceAnswer): PostingFields {
  const fields: Record<string, string> = {};
  const put = (name: string, value: string | null) => {
    if (value !== null && value !== '') fields[name] = value;
  };
  const sign = invoice.type === 'CREDIT_NOTE' ? -1 : 1;
  const amount = (text: string) => flipped(text, invoice.currency, sign);
  put('supplier', invoice.supplier && keyOf(invoice.supplier));
  put('number', invoice.number);
  put('billKind', KINDS[invoice.type]);
  put('currency', invoice.currency);
  put('issuedOn', invoice.issuedOn);
  put('dueOn', invoice.dueOn);
  for (const line of invoice.lines) {
    const at = `lines.${line.reference}`;
    put(`${at}.description`, line.description);
    put(`${at}.account`, line.account);
    put(`${at}.net`, amount(line.net));
    put(`${at}.vat`, amount(line.vat));
    put(`${at}.vatCode`, line.vatCode);
    put(`${at}.department`, line.department);
    put(`${at}.project`, line.project);
  }
  if (toMinorOf(invoice.rounding, invoice.currency) !== 0)
    put('rounding', amount(invoice.rounding));
  put('total', amount(invoice.total));
  put('note', invoice.memo);
  put('correctsNumber', invoice.correctsNumber);
  for (const { reference, name } of invoice.attachments) put(`attachments.${reference}`, name);
  return fields;
}

export function paymentFields(
  payment: PaymentAnswer,
  document: SupplierPaymentDocument,
): PostingFields {
  return {
    currency: payment.currency,
    paidOn: payment.paidOn,
    amount: flipped(payment.amount, payment.currency, signOf(document.billKind)),
    account: payment.account,
  };
}

/** Suppliers we made carry our key; one that was there before is known by its numbers. */
function keyOf(supplier: z.infer<typeof supplierAnswer>): string {
  if (supplier.reference !== null) return supplier.reference;
  return supplierKey({
    name: supplier.name,
    vatNumber: supplier.vatNumber ?? undefined,
    companyNumber: supplier.companyNumber ?? undefined,
    gln: supplier.gln ?? undefined,
    country: supplier.country ?? undefined,
  });
}

function flipped(text: string, currency: string, sign: 1 | -1): string {
  return fromMinor(toMinorOf(text, currency) * sign, currency);
}

function toMinorOf(text: string, currency: string): number {
  try {
    return toMinor(text, currency);
  } catch (error) {
    if (!(error instanceof MoneyError)) throw error;
    throw new SyncFailure('answer-unreadable', { originalMessage: error.message, cause: error });
  }
}
