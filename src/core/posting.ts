/**
 * The neutral documents Spor keeps in step: what a posting says, free of any accounting system's
 * shape. A connector turns one into its API and back into flat fields, so that one comparison
 * (`diff.ts`) serves every system.
 */
import type { BillKind, Supplier, VatCategory } from './bill.ts';
import type { Day } from './day.ts';

export type PostingKind = 'supplier-invoice' | 'supplier-payment';

export interface PostingLine {
  readonly id: string;
  readonly description: string;
  /** The cost account in the accounting system's chart. */
  readonly account: string;
  readonly netMinor: number;
  readonly vatMinor: number;
  readonly vatCategory: VatCategory;
  readonly vatPercent: string;
  readonly vatCode: string | null;
  readonly department: string | null;
  readonly project: string | null;
}

export interface PostingAttachment {
  readonly id: string;
  readonly name: string;
  readonly mediaType: string;
  readonly byteLength: number;
  readonly sha256: string;
}

export interface SupplierInvoiceDocument {
  readonly kind: 'supplier-invoice';
  /** Ours, on the record in the accounting system, so that it can be found again: the posting's id. */
  readonly reference: string;
  readonly billId: string;
  readonly billKind: BillKind;
  readonly supplierKey: string;
  readonly supplier: Supplier;
  readonly number: string;
  readonly issuedOn: Day;
  readonly dueOn: Day | null;
  readonly currency: string;
  /** Positive for an invoice and for a credit note alike; `billKind` says which. */
  readonly lines: readonly PostingLine[];
  readonly roundingMinor: number;
  /** Sum of net and VAT of the lines and the rounding. */
  readonly totalMinor: number;
  readonly note: string;
  readonly correctsNumber: string | null;
  readonly attachments: readonly PostingAttachment[];
}

export interface SupplierPaymentDocument {
  readonly kind: 'supplier-payment';
  readonly reference: string;
  readonly billId: string;
  readonly billKind: BillKind;
  readonly supplierKey: string;
  readonly supplier: Supplier;
  /** The bill's number and, once known, the posting it pays. */
  readonly number: string;
  readonly invoiceReference: string;
  readonly invoiceRemoteId: string | null;
  readonly paidOn: Day;
  readonly currency: string;
  /** Positive: money out for an invoice, money back for a credit note. */
  readonly amountMinor: number;
  /** The account it was paid from. */
  readonly account: string;
  readonly markedAsPaid: boolean;
}

export type PostingDocument = SupplierInvoiceDocument | SupplierPaymentDocument;

/**
 * A document or a record as flat, comparable text: `dueOn` → `2026-01-31`, `lines.1.account` →
 * `5010`, `lines.1.net` → `100.00`. A connector leaves out what its system cannot carry.
 */
export type PostingFields = Readonly<Record<string, string>>;
