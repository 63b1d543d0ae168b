/** What documents made for a target may contain, and how their sums come about. */
import type { BillKind, VatCategory } from '../../core/bill.ts';
import { divideHalfAwayFromZero, parseDecimal, sumMinor } from '../../core/money.ts';
import type { PostingLine } from '../../core/posting.ts';

/** What a target knows: accounts, codes and currencies that documents for it may use. */
export interface DocumentPalette {
  readonly accounts: readonly [string, ...string[]];
  readonly paymentAccounts: readonly [string, ...string[]];
  readonly currencies: readonly [string, ...string[]];
  readonly billKinds: readonly [BillKind, ...BillKind[]];
  /** Category and percent, with the target's code for it. */
  readonly vat: readonly [VatChoice, ...VatChoice[]];
  readonly departments: readonly string[];
  readonly projects: readonly string[];
  readonly attachments: boolean;
  readonly rounding: boolean;
  /** Lines with a negative net amount (allowances). */
  readonly negativeLines: boolean;
  /** Texts: `any` Unicode without NUL and lone surrogates, or printable ASCII. */
  readonly texts: 'any' | 'ascii';
  /** The largest net amount of a line. */
  readonly largestMinor: number;
}

export interface VatChoice {
  readonly category: VatCategory;
  readonly percent: string;
  readonly code: string | null;
}

export const ALL_VAT: readonly [VatChoice, ...VatChoice[]] = [
  { category: 'S', percent: '25', code: null },
  { category: 'S', percent: '12.5', code: null },
  { category: 'Z', percent: '0', code: null },
  { category: 'E', percent: '0', code: null },
  { category: 'AE', percent: '0', code: null },
  { category: 'K', percent: '0', code: null },
  { category: 'G', percent: '0', code: null },
  { category: 'O', percent: '0', code: null },
  { category: 'L', percent: '7', code: null },
  { category: 'M', percent: '4', code: null },
  { category: 'B', percent: '22', code: null },
];

export const WIDE_PALETTE: DocumentPalette = {
  accounts: ['5010', '3604', '2750'],
  paymentAccounts: ['5820', '5810'],
  currencies: ['DKK', 'EUR', 'USD', 'SEK', 'JPY', 'KWD'],
  billKinds: ['invoice', 'credit-note', 'receipt'],
  vat: ALL_VAT,
  departments: [],
  projects: [],
  attachments: true,
  rounding: true,
  negativeLines: true,
  texts: 'any',
  largestMinor: 99_999_999_999,
};

/** The VAT of a net amount, rounded as on an invoice. */
export function vatOf(netMinor: number, percent: string): number {
  const rate = parseDecimal(percent);
  const divisor = 100n * 10n ** BigInt(rate.scale);
  return Number(divideHalfAwayFromZero(BigInt(netMinor) * rate.unscaled, divisor));
}

export function totalOf(lines: readonly PostingLine[], roundingMinor: number): number {
  return sumMinor([...lines.flatMap((line) => [line.netMinor, line.vatMinor]), roundingMinor]);
}
