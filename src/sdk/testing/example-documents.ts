/** A few ordinary documents, always the same, for tests that need just one. */
import { type Supplier, supplierKey } from '../../core/bill.ts';
import { addDays } from '../../core/day.ts';
import type {
  PostingAttachment,
  PostingLine,
  SupplierInvoiceDocument,
  SupplierPaymentDocument,
} from '../../core/posting.ts';
import { type DocumentPalette, totalOf, vatOf, WIDE_PALETTE } from './document-palette.ts';

export const EXAMPLE_SUPPLIER: Supplier = {
  name: 'Nordlys Kontor A/S',
  vatNumber: 'DK10150817',
  companyNumber: '10150817',
  country: 'DK',
};

export const EXAMPLE_ATTACHMENT = {
  /** `%PDF-1.4` and a byte that is no text. */
  bytes: Uint8Array.of(37, 80, 68, 70, 45, 49, 46, 52, 10, 255, 0, 10),
  meta: {
    id: 'a1',
    name: 'Faktura 1001 – nordlys.pdf',
    mediaType: 'application/pdf',
    byteLength: 12,
    sha256: '2cabbcf5b5c59c9311b11f26c7d6672b1f7afa5770009b7d7c51367ea038d438',
  } satisfies PostingAttachment,
};

export interface ExampleOptions {
  readonly reference: string;
  readonly palette?: DocumentPalette;
  readonly supplier?: Supplier;
  readonly number?: string;
  readonly withAttachment?: boolean;
}

/** An ordinary invoice of two lines. */
export function exampleInvoice(options: ExampleOptions): SupplierInvoiceDocument {
  const palette = options.palette ?? WIDE_PALETTE;
  const supplier = options.supplier ?? EXAMPLE_SUPPLIER;
  const vat = palette.vat[0];
  const line = (id: string, description: string, netMinor: number): PostingLine => ({
    id,
    description,
    account: palette.accounts[0],
    netMinor,
    vatMinor: vatOf(netMinor, vat.percent),
    vatCategory: vat.category,
    vatPercent: vat.percent,
    vatCode: vat.code,
    department: null,
    project: null,
  });
  const lines = [line('1', 'Kontorstole, grå', 250_000), line('2', 'Fragt & emballage', 12_345)];
  return {
    kind: 'supplier-invoice',
    reference: options.reference,
    billId: options.reference,
    billKind: 'invoice',
    supplierKey: supplierKey(supplier),
    supplier,
    number: options.number ?? `F-${options.reference.slice(-12)}`,
    issuedOn: '2026-03-02',
    dueOn: '2026-04-01',
    currency: palette.currencies[0],
    lines,
    roundingMinor: 0,
    totalMinor: totalOf(lines, 0),
    note: 'Ordre 88',
    correctsNumber: null,
    attachments: options.withAttachment && palette.attachments ? [EXAMPLE_ATTACHMENT.meta] : [],
  };
}

/** A payment of all of an invoice. */
export function examplePayment(
  invoice: SupplierInvoiceDocument,
  options: {
    readonly reference: string;
    readonly invoiceRemoteId: string | null;
    readonly palette?: DocumentPalette;
  },
): SupplierPaymentDocument {
  return {
    kind: 'supplier-payment',
    reference: options.reference,
    billId: invoice.billId,
    billKind: invoice.billKind,
    supplierKey: invoice.supplierKey,
    supplier: invoice.supplier,
    number: invoice.number,
    invoiceReference: invoice.reference,
    invoiceRemoteId: options.invoiceRemoteId,
    paidOn: addDays(invoice.issuedOn, 10),
    currency: invoice.currency,
    amountMinor: Math.max(1, invoice.totalMinor),
    account: (options.palette ?? WIDE_PALETTE).paymentAccounts[0],
    markedAsPaid: false,
  };
}

/** The same invoice after a person corrected its first line. */
export function dearer(invoice: SupplierInvoiceDocument): SupplierInvoiceDocument {
  const [first, ...rest] = invoice.lines;
  if (!first) return invoice;
  const netMinor = first.netMinor + 10_000;
  const changed = { ...first, netMinor, vatMinor: vatOf(netMinor, first.vatPercent) };
  const lines = [changed, ...rest];
  return { ...invoice, lines, totalMinor: totalOf(lines, invoice.roundingMinor) };
}
