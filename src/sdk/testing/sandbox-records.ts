/** What the sandbox system keeps, and what it starts with. Amounts are decimal strings, credits negative. */
import { z } from 'zod';

export const supplierInput = z.strictObject({
  reference: z.string().nullable(),
  name: z.string(),
  vatNumber: z.string().nullable(),
  companyNumber: z.string().nullable(),
  gln: z.string().nullable(),
  country: z.string().nullable(),
});

export const invoiceInput = z.strictObject({
  externalReference: z.string().max(100),
  supplierId: z.string(),
  type: z.enum(['INVOICE', 'CREDIT_NOTE', 'RECEIPT']),
  number: z.string(),
  issuedOn: z.string(),
  dueOn: z.string().nullable(),
  currency: z.string(),
  lines: z.array(
    z.strictObject({
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
});

export const paymentInput = z.strictObject({
  externalReference: z.string().max(100),
  invoiceId: z.string(),
  paidOn: z.string(),
  currency: z.string(),
  amount: z.string(),
  account: z.string(),
});

export type SupplierInput = z.infer<typeof supplierInput>;
export type InvoiceInput = z.infer<typeof invoiceInput>;
export type PaymentInput = z.infer<typeof paymentInput>;

interface Kept {
  readonly id: string;
  readonly version: number;
}

export interface SandboxSupplier extends SupplierInput, Kept {
  readonly blocked: boolean;
}

export interface SandboxAttachment {
  readonly reference: string;
  readonly name: string;
  readonly mediaType: string;
  readonly byteLength: number;
  readonly sha256: string;
}

export interface SandboxInvoice extends InvoiceInput, Kept {
  readonly attachments: readonly SandboxAttachment[];
  /** Closed by their bookkeeper: can't be changed any more. */
  readonly closed: boolean;
}

export interface SandboxPayment extends PaymentInput, Kept {
  readonly closed: boolean;
}

export interface SandboxAccount {
  readonly number: string;
  readonly name: string;
  readonly archived: boolean;
}

const chart: [string, string][] = [
  ['1310', 'Goods for resale'],
  ['2750', 'Advertising'],
  ['3140', 'Travel'],
  ['3410', 'Rent'],
  ['3600', 'Office supplies'],
  ['3604', 'Software'],
  ['3617', 'Telephone and internet'],
  ['3660', 'Accountants and lawyers'],
  ['5010', 'Other costs'],
  ['5810', 'Cash'],
  ['5820', 'Bank'],
  ['5830', 'Company card'],
];

export const SANDBOX_ACCOUNTS: readonly SandboxAccount[] = [
  ...chart.map(([number, name]) => ({ number, name, archived: false })),
  { number: '3999', name: 'Sundry (no longer used)', archived: true },
];

export const SANDBOX_VAT_CODES = ['I25', 'I12', 'I7', 'I0', 'EXEMPT', 'REVERSE', 'EU', 'EXPORT'];

export const SANDBOX_CURRENCIES = 'DKK EUR SEK NOK USD GBP CHF PLN CZK HUF ISK JPY KWD BHD'.split(
  ' ',
);

export const SANDBOX_DEPARTMENTS = ['SALES', 'OPERATIONS', 'ADMIN'];
export const SANDBOX_PROJECTS = ['P-100', 'P-200'];
