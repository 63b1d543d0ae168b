/** Postings as fast-check makes them for tests: hard texts, odd currencies, many lines, zero amounts. */
import * as fc from 'fast-check';
import type { BillKind } from '../../core/bill.ts';
import type { PostingDocument, SupplierInvoiceDocument } from '../../core/posting.ts';
import { invoice, payment } from './test-journal.ts';

const NASTY = [
  ';',
  '|',
  ',',
  ':',
  '[',
  ']',
  '(',
  ')',
  '{',
  '}',
  '"',
  "'",
  '*',
  '!',
  '=',
  '@',
  '~',
  '#',
  '%',
  '$',
  '\\',
  '/',
  '-',
  '&',
  '<',
  '>',
  '\n',
  '\r\n',
  '\t',
  ' ',
  '  ',
  '\u00A0',
  '\u2028',
  '\u200B',
  '\uFEFF',
  '\0',
  '\u202E',
  '\uD800',
  'date:2020-13-45',
  '[2020-01-01]',
  'spor: x',
  '; spor:0193-1',
  'post: gæld',
  '::',
  'end comment',
  'comment',
  'æøå',
  'ß',
  '会社',
  '；',
  '｜',
  '‚',
  '꞉',
  '［',
  '）',
  '🧾',
  'é',
  'a',
  'B',
  '7',
  '12,5',
  '2026-01-01',
  '1.000,00 DKK',
];
export const hardText = fc.oneof(
  fc.array(fc.constantFrom(...NASTY), { maxLength: 12 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('', ' ', 'a'.repeat(3000), '；|'.repeat(800)),
);

const accounts = fc.constantFrom(
  '5010',
  'Omkostninger:Kontor',
  'Omkostninger:Rejser og (møder)',
  'Ω:Ære, ’x’',
  'Aktiver:Bank',
);
const currency = fc.constantFrom('DKK', 'EUR', 'JPY', 'KWD');
const day = fc
  .integer({ min: 0, max: 800 })
  .map((days) => new Date(Date.UTC(2025, 0, 1 + days)).toISOString().slice(0, 10));
const amount = fc.oneof(
  fc.integer({ min: -1_000_000, max: 100_000_000 }),
  fc.constant(0),
  fc.constant(900_719_925_474),
);
const kind = fc.constantFrom<BillKind>('invoice', 'credit-note', 'receipt');
const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });

const line = fc.record({
  description: hardText,
  account: accounts,
  netMinor: amount,
  vatMinor: amount,
  vatCategory: fc.constantFrom('S' as const, 'E' as const),
  vatPercent: fc.constantFrom('25', '12.5', '0'),
  vatCode: orNull(hardText),
  department: orNull(hardText),
  project: orNull(hardText),
});

const anInvoice: fc.Arbitrary<SupplierInvoiceDocument> = fc
  .record({
    reference: fc.uuid(),
    billKind: kind,
    name: hardText,
    number: hardText,
    issuedOn: day,
    dueOn: orNull(day),
    currency,
    note: hardText,
    correctsNumber: orNull(hardText),
    roundingMinor: fc.oneof(fc.constant(0), fc.integer({ min: -50, max: 50 })),
    lines: fc.array(line, { maxLength: 40, size: '+1' }),
  })
  .map(({ name, ...parts }) =>
    invoice({
      ...parts,
      supplier: { name },
      supplierKey: `name:${name}`,
      lines: parts.lines.map((each, index) => ({
        ...each,
        id: index === 0 ? 'a1' : String(index),
      })),
      totalMinor: parts.lines.reduce(
        (sum, each) => sum + each.netMinor + each.vatMinor,
        parts.roundingMinor,
      ),
    }),
  );

const aPayment = fc
  .record({
    reference: fc.uuid(),
    billKind: kind,
    name: hardText,
    number: hardText,
    paidOn: day,
    currency,
    amountMinor: amount,
    account: accounts,
  })
  .map(({ name, ...parts }) => payment({ ...parts, supplier: { name } }));

export const posting: fc.Arbitrary<PostingDocument> = fc.oneof(anInvoice, aPayment);

/** What the accounts must hold, added up from the documents alone. */
export function expectedBalances(
  documents: readonly PostingDocument[],
  settings: { payablesAccount: string; inputVatAccount: string; roundingAccount: string },
): Record<string, number> {
  const balances: Record<string, number> = {};
  const add = (account: string, currency: string, minor: number) => {
    const key = `${account} ${currency}`;
    balances[key] = (balances[key] ?? 0) + minor;
  };
  for (const document of documents) {
    const sign = document.billKind === 'credit-note' ? -1 : 1;
    if (document.kind === 'supplier-payment') {
      add(settings.payablesAccount, document.currency, sign * document.amountMinor);
      add(document.account, document.currency, -sign * document.amountMinor);
      continue;
    }
    for (const each of document.lines) {
      add(each.account, document.currency, sign * each.netMinor);
      add(settings.inputVatAccount, document.currency, sign * each.vatMinor);
    }
    add(settings.roundingAccount, document.currency, sign * document.roundingMinor);
    add(settings.payablesAccount, document.currency, -sign * document.totalMinor);
  }
  return Object.fromEntries(Object.entries(balances).filter(([, minor]) => minor !== 0));
}
