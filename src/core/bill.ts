/**
 * A bill: the document to be paid. This file says what a bill is and what follows from its parts;
 * how it changes is in `change.ts`.
 *
 * Must stay true: amounts are minor units of the bill's one currency; a credit note carries positive
 * amounts and says `credit-note` (what sign that gives is the posting's affair); `totalMinor` is
 * always the sum of its parts (`billTotals`).
 */
import { sumMinor } from './money.ts';
import type { Day } from './day.ts';

export type BillKind = 'invoice' | 'credit-note' | 'receipt';

/** Where the bill stands. Paid is not a status: it follows from the payments. */
export type BillStatus = 'added' | 'approved' | 'cancelled';

export interface Supplier {
  readonly name: string;
  /** VAT number as written, e.g. `DK12345678`. */
  readonly vatNumber?: string | undefined;
  /** National company number, e.g. a Danish CVR number: `12345678`. */
  readonly companyNumber?: string | undefined;
  /** Global Location Number, 13 digits. */
  readonly gln?: string | undefined;
  /** ISO 3166-1 alpha-2. */
  readonly country?: string | undefined;
}

/** UNCL5305 categories as EN 16931 uses them: S standard, Z zero, E exempt, AE reverse charge, K intra-community, G export, O outside, L/M Canary Islands, Ceuta. */
export type VatCategory = 'S' | 'Z' | 'E' | 'AE' | 'K' | 'G' | 'O' | 'L' | 'M' | 'B';

/** What a line's id may be: connectors make marks of it, which people read and search for. */
export const LINE_ID = /^[A-Za-z0-9._-]{1,60}$/;

export interface BillLine {
  /** Unique in the bill, stable across edits: `1`, `2`, `a1` (allowance), `c1` (charge). */
  readonly id: string;
  /** `allowance` and `charge` are those of the whole document; a line's own are in its net amount. An allowance's net amount is negative. */
  readonly kind: 'line' | 'allowance' | 'charge';
  readonly description: string;
  readonly netMinor: number;
  readonly vatMinor: number;
  readonly vatCategory: VatCategory;
  /** Decimal string: `"25"`, `"12.5"`. */
  readonly vatPercent: string;
  /** The company's own VAT code; null lets the connection's mapping decide. */
  readonly vatCode: string | null;
  /** The company's category (kontoplan-kategori); null lets the connection's default account decide. */
  readonly category: string | null;
  readonly department: string | null;
  readonly project: string | null;
  /** Decimal string, with unit code as written. */
  readonly quantity?: string | undefined;
  readonly unitCode?: string | undefined;
}

export interface Payment {
  readonly id: string;
  /** `marked-as-paid`: somebody said so; no bank transaction is known. */
  readonly kind: 'registered' | 'marked-as-paid';
  readonly amountMinor: number;
  readonly paidOn: Day;
  /** The account it was paid from; null lets the connection's default decide. */
  readonly account: string | null;
}

/** How the supplier wants the money. */
export interface PaymentMeans {
  readonly kind: 'iban' | 'fik' | 'giro' | 'bank-account' | 'card' | 'direct-debit' | 'other';
  /** UNCL4461 code as written. */
  readonly code: string;
  /** IBAN, creditor number or account number. */
  readonly account?: string | undefined;
  /** BIC or registration number (reg.nr.). */
  readonly bank?: string | undefined;
  /** Payment reference: FI-kort/giro line or remittance id. */
  readonly reference?: string | undefined;
  /** Danish card type: `71`, `73`, `75`, `04`, `15`, `01`. */
  readonly cardType?: string | undefined;
}

export interface Attachment {
  readonly id: string;
  readonly name: string;
  readonly mediaType: string;
  readonly byteLength: number;
  readonly sha256: string;
}

/** What a person or a supplier may state about a bill; the rest of `Bill` is Spor's own. */
export interface BillDetails {
  readonly kind: BillKind;
  readonly number: string;
  readonly supplier: Supplier;
  readonly issuedOn: Day;
  readonly dueOn: Day | null;
  /** ISO 4217. */
  readonly currency: string;
  readonly lines: readonly BillLine[];
  readonly roundingMinor: number;
  readonly prepaidMinor: number;
  readonly note: string;
  readonly department: string | null;
  readonly project: string | null;
  readonly orderReference?: string | undefined;
  readonly costCentre?: string | undefined;
  readonly buyerReference?: string | undefined;
  /** For a credit note: the number of the invoice it corrects. */
  readonly correctsNumber?: string | undefined;
  readonly paymentMeans: readonly PaymentMeans[];
}

/** Something odd the intake found: totals that do not add up, a date that is missing. */
export interface BillNotice {
  readonly code: string;
  readonly message: string;
  readonly place: string | null;
}

export interface Bill extends BillDetails {
  readonly id: string;
  readonly companyId: string;
  /** Grows by one with each change. */
  readonly revision: number;
  readonly status: BillStatus;
  /** The bill this one repeats (same supplier, number and kind); such a bill is never synced. */
  readonly duplicateOf: string | null;
  /** A person said that it is no duplicate, though number and supplier are another bill's. */
  readonly acceptedAsSeparate: boolean;
  readonly payments: readonly Payment[];
  readonly attachments: readonly Attachment[];
  readonly notices: readonly BillNotice[];
  readonly addedAt: string;
  readonly changedAt: string;
}

export interface BillTotals {
  readonly netMinor: number;
  readonly vatMinor: number;
  /** Net + VAT + rounding. */
  readonly totalMinor: number;
  /** Total − prepaid. */
  readonly payableMinor: number;
}

export function billTotals(
  bill: Pick<BillDetails, 'lines' | 'roundingMinor' | 'prepaidMinor'>,
): BillTotals {
  const netMinor = sumMinor(bill.lines.map((line) => line.netMinor));
  const vatMinor = sumMinor(bill.lines.map((line) => line.vatMinor));
  const totalMinor = sumMinor([netMinor, vatMinor, bill.roundingMinor]);
  return {
    netMinor,
    vatMinor,
    totalMinor,
    payableMinor: sumMinor([totalMinor, -bill.prepaidMinor]),
  };
}

export function paidMinor(bill: Pick<Bill, 'payments'>): number {
  return sumMinor(bill.payments.map((payment) => payment.amountMinor));
}

/** What is still to be paid; negative when too much was. */
export function outstandingMinor(bill: Bill): number {
  return sumMinor([billTotals(bill).payableMinor, -paidMinor(bill)]);
}

/** True when the bill has a payment or is marked as paid: only then is there a supplier payment to sync. */
export function hasPayment(bill: Pick<Bill, 'payments'>): boolean {
  return bill.payments.length > 0;
}

/**
 * The supplier's identity within a company, so that two bills of one supplier meet: VAT number, else
 * country + company number, else GLN, else the name. Letters and digits only, upper case.
 */
export function supplierKey(supplier: Supplier): string {
  if (supplier.vatNumber) return `vat:${squeeze(supplier.vatNumber)}`;
  if (supplier.companyNumber) {
    const number = squeeze(supplier.companyNumber);
    const country = supplier.country ?? '';
    // A Danish CVR number is the VAT number without its DK; both name one company.
    return country === 'DK' && /^\d{8}$/.test(number)
      ? `vat:DK${number}`
      : `company:${country}${number}`;
  }
  if (supplier.gln) return `gln:${squeeze(supplier.gln)}`;
  return `name:${supplier.name.normalize('NFKC').toLocaleUpperCase('en').replaceAll(/\s+/g, ' ').trim()}`;
}

/** Two bills with one key are the same bill: supplier, kind and number. */
export function billKey(bill: Pick<BillDetails, 'supplier' | 'number' | 'kind'>): string {
  return `${supplierKey(bill.supplier)}|${bill.kind}|${numberKey(bill.number)}`;
}

/** Numbers that differ in spaces and case are one. */
export function numberKey(number: string): string {
  return number.normalize('NFKC').toLocaleUpperCase('en').replaceAll(/\s+/g, '');
}

function squeeze(text: string): string {
  return text
    .normalize('NFKC')
    .toLocaleUpperCase('en')
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
}
