/**
 * A connection's rules: which postings it keeps, from when, on which accounts, and what is opted out.
 */
import { type Bill, billTotals, hasPayment, supplierKey } from './bill.ts';
import type { PostingKind } from './posting.ts';

export interface OptOut {
  readonly posting: PostingKind | 'both';
  /** All given conditions must hold; an opt-out without any condition opts out everything. */
  readonly supplierKey?: string | undefined;
  readonly supplierName?: string | undefined;
  readonly category?: string | undefined;
  readonly billKind?: Bill['kind'] | undefined;
  /** Only bills in this currency; always given with the bounds below. */
  readonly currency?: string | undefined;
  /** Bounds on the bill's total, in minor units of `currency`, both inclusive. */
  readonly amountAtLeastMinor?: number | undefined;
  readonly amountAtMostMinor?: number | undefined;
  /** Shown on the bill. */
  readonly reason: string;
}

export const CONFLICT_RULES = ['ask', 'bill-wins', 'accounting-system-wins'] as const;
export type ConflictRule = (typeof CONFLICT_RULES)[number];

export interface ConnectionRules {
  readonly supplierInvoices: boolean;
  readonly supplierPayments: boolean;
  /** The change at which syncing of a bill begins. */
  readonly beginOn: 'added' | 'approved' | 'paid';
  readonly defaultAccount: string | null;
  readonly paymentAccount: string | null;
  /** The company's categories → accounts of the accounting system. */
  readonly accounts: Readonly<Record<string, string>>;
  /** `S25` (category + percent) → the accounting system's VAT code. */
  readonly vatCodes: Readonly<Record<string, string>>;
  readonly optOuts: readonly OptOut[];
  /** Who decides when somebody changed a posting in the accounting system. */
  readonly onConflict: ConflictRule;
  /** A burst of changes waits this long after the last one … */
  readonly quietMs: number;
  /** … but never longer than this after the first. */
  readonly quietAtMostMs: number;
}

export const DEFAULT_RULES: ConnectionRules = {
  supplierInvoices: true,
  supplierPayments: true,
  beginOn: 'added',
  defaultAccount: null,
  paymentAccount: null,
  accounts: {},
  vatCodes: {},
  optOuts: [],
  onConflict: 'ask',
  quietMs: 2_000,
  quietAtMostMs: 10_000,
};

export type OffReason =
  | { readonly code: 'kind-off' }
  | { readonly code: 'begins-on-approved' }
  | { readonly code: 'begins-on-paid' }
  | { readonly code: 'opted-out'; readonly reason: string }
  | { readonly code: 'duplicate' }
  | { readonly code: 'cancelled' }
  | { readonly code: 'connection-off' };

/** Why a posting of this bill is not to be synced; null when it is. */
export function offReason(bill: Bill, kind: PostingKind, rules: ConnectionRules): OffReason | null {
  if (bill.duplicateOf !== null) return { code: 'duplicate' };
  if (bill.status === 'cancelled') return { code: 'cancelled' };
  if (!(kind === 'supplier-invoice' ? rules.supplierInvoices : rules.supplierPayments))
    return { code: 'kind-off' };
  const optOut = rules.optOuts.find((candidate) => matches(candidate, bill, kind));
  if (optOut) return { code: 'opted-out', reason: optOut.reason };
  if (rules.beginOn === 'approved' && bill.status === 'added' && !hasPayment(bill))
    return { code: 'begins-on-approved' };
  if (rules.beginOn === 'paid' && !hasPayment(bill)) return { code: 'begins-on-paid' };
  return null;
}

function matches(optOut: OptOut, bill: Bill, kind: PostingKind): boolean {
  if (optOut.posting !== 'both' && optOut.posting !== kind) return false;
  if (optOut.supplierKey !== undefined && optOut.supplierKey !== supplierKey(bill.supplier))
    return false;
  if (optOut.supplierName !== undefined && !sameName(optOut.supplierName, bill.supplier.name))
    return false;
  if (
    optOut.category !== undefined &&
    !bill.lines.some((line) => line.category === optOut.category)
  )
    return false;
  if (optOut.billKind !== undefined && optOut.billKind !== bill.kind) return false;
  if (optOut.currency !== undefined && optOut.currency !== bill.currency) return false;
  const { totalMinor } = billTotals(bill);
  if (optOut.amountAtLeastMinor !== undefined && totalMinor < optOut.amountAtLeastMinor)
    return false;
  if (optOut.amountAtMostMinor !== undefined && totalMinor > optOut.amountAtMostMinor) return false;
  return true;
}

function sameName(a: string, b: string): boolean {
  const plain = (text: string) =>
    text.normalize('NFKC').toLocaleLowerCase('da').replaceAll(/\s+/g, ' ').trim();
  return plain(a) === plain(b);
}
