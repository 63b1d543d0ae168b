/**
 * Arbitrary documents (fast-check) for trying connectors: every currency, kind and VAT category, with
 * texts as people and scanners really produce them. The fixed ones are in `example-documents.ts`.
 *
 * Must stay true: every document is one the engine could send — VAT is the line's rate of its net
 * amount, the total is the sum, a total is never negative, days exist.
 */
import * as fc from 'fast-check';
import { type Supplier, supplierKey } from '../../core/bill.ts';
import { addDays } from '../../core/day.ts';
import type {
  PostingLine,
  SupplierInvoiceDocument,
  SupplierPaymentDocument,
} from '../../core/posting.ts';
import { type DocumentPalette, totalOf, vatOf, WIDE_PALETTE } from './document-palette.ts';
import { EXAMPLE_ATTACHMENT, EXAMPLE_SUPPLIER, examplePayment } from './example-documents.ts';

const ODDITIES = [
  ' ',
  '  leading and trailing  ',
  'tab\tand\nline break',
  'e\u0301 decomposed, é composed',
  '👩‍👩‍👧‍👦 🇩🇰',
  'שלום עולם',
  '\u202eright to left\u202c',
  'zero\u200bwidth\ufeff',
  `"quoted" 'and' <b>&amp;</b> \\ / ; , | { } %s %00`,
  '=1+1',
  'ÆØÅ æøå ß ﬁ ⅷ',
  '100,00 kr.',
];

function textOf(palette: DocumentPalette, maxLength: number): fc.Arbitrary<string> {
  if (palette.texts === 'ascii') return fc.string({ unit: 'grapheme-ascii', maxLength });
  return fc.oneof(
    fc.string({ unit: 'grapheme', maxLength }),
    fc.string({ unit: 'binary', maxLength }).map((text) => text.replaceAll('\0', '')),
    fc.constantFrom(...ODDITIES),
    fc.lorem({ maxCount: Math.max(1, Math.floor(maxLength / 8)) }),
  );
}

/** An arbitrary invoice, credit note or receipt; `reference` and `billId` are the caller's to set. */
export function arbitraryInvoice(
  palette: DocumentPalette = WIDE_PALETTE,
): fc.Arbitrary<SupplierInvoiceDocument> {
  const text = textOf(palette, 60);
  const line = fc.record({
    description: text,
    account: fc.constantFrom(...palette.accounts),
    netMinor: fc.oneof(
      fc.integer({ min: 0, max: 1_000_000 }),
      fc.integer({ min: 0, max: palette.largestMinor }),
    ),
    vat: fc.constantFrom(...palette.vat),
    department: optional(palette.departments),
    project: optional(palette.projects),
    negative: palette.negativeLines ? fc.nat(9).map((n) => n === 0) : fc.constant(false),
  });
  return fc
    .record({
      billKind: fc.constantFrom(...palette.billKinds),
      supplier: arbitrarySupplier(),
      number: fc.stringMatching(/^[A-Z0-9][A-Z0-9/ -]{0,14}[0-9]$/),
      issuedOn: arbitraryDay(),
      dueInDays: fc.option(fc.integer({ min: 0, max: 120 })),
      currency: fc.constantFrom(...palette.currencies),
      lines: fc.array(line, { minLength: 1, maxLength: 5 }),
      roundingMinor: palette.rounding ? fc.integer({ min: -50, max: 50 }) : fc.constant(0),
      note: text,
      correctsNumber: fc.option(fc.stringMatching(/^[A-Z0-9-]{1,12}$/)),
      attachments: fc.array(text, { maxLength: palette.attachments ? 2 : 0 }),
    })
    .map((made): SupplierInvoiceDocument => {
      const lines = withoutDebt(
        made.lines.map(({ vat, netMinor, negative, ...rest }, index) => {
          const signed = negative && netMinor !== 0 ? -netMinor : netMinor;
          return {
            ...rest,
            id: negative ? `a${index + 1}` : String(index + 1),
            netMinor: signed,
            vatMinor: vatOf(signed, vat.percent),
            vatCategory: vat.category,
            vatPercent: vat.percent,
            vatCode: vat.code,
          };
        }),
      );
      const roundingMinor = totalOf(lines, made.roundingMinor) < 0 ? 0 : made.roundingMinor;
      return {
        kind: 'supplier-invoice',
        reference: '',
        billId: '',
        billKind: made.billKind,
        supplierKey: supplierKey(made.supplier),
        supplier: made.supplier,
        number: made.number,
        issuedOn: made.issuedOn,
        dueOn: made.dueInDays === null ? null : addDays(made.issuedOn, made.dueInDays),
        currency: made.currency,
        lines,
        roundingMinor,
        totalMinor: totalOf(lines, roundingMinor),
        note: made.note,
        correctsNumber: made.billKind === 'credit-note' ? made.correctsNumber : null,
        attachments: made.attachments.map((name, index) => ({
          ...EXAMPLE_ATTACHMENT.meta,
          id: `a${index + 1}`,
          name: name.trim() === '' ? 'file.pdf' : name,
        })),
      };
    });
}

/** An arbitrary payment of a given invoice. */
export function arbitraryPayment(
  invoice: SupplierInvoiceDocument,
  invoiceRemoteId: string | null,
  palette: DocumentPalette = WIDE_PALETTE,
): fc.Arbitrary<SupplierPaymentDocument> {
  return fc
    .record({
      paidOn: arbitraryDay(),
      amountMinor: fc.integer({ min: 1, max: Math.max(1, invoice.totalMinor) }),
      account: fc.constantFrom(...palette.paymentAccounts),
      markedAsPaid: fc.boolean(),
    })
    .map((made) => ({
      ...examplePayment(invoice, { reference: '', invoiceRemoteId, palette }),
      ...made,
    }));
}

function arbitrarySupplier(): fc.Arbitrary<Supplier> {
  return fc.constantFrom<Supplier>(
    EXAMPLE_SUPPLIER,
    { name: 'Bäckerei Süß & Söhne GmbH', vatNumber: 'DE136695976', country: 'DE' },
    { name: 'Vesterhav Fisk', companyNumber: '25313763', country: 'DK' },
    { name: '株式会社サンプル', gln: '5790000435975' },
    { name: 'O\'Sample "Quote" <Ltd>', country: 'GB' },
  );
}

function arbitraryDay(): fc.Arbitrary<string> {
  return fc.integer({ min: 0, max: 1200 }).map((days) => addDays('2024-01-01', days));
}

function optional(choices: readonly string[]): fc.Arbitrary<string | null> {
  return choices.length === 0 ? fc.constant(null) : fc.constantFrom(null, ...choices);
}

/** Allowances larger than the rest would turn an invoice into a credit: then all lines are positive. */
function withoutDebt(lines: PostingLine[]): PostingLine[] {
  if (totalOf(lines, 0) >= 0) return lines;
  return lines.map((line) => ({
    ...line,
    netMinor: Math.abs(line.netMinor),
    vatMinor: Math.abs(line.vatMinor),
  }));
}
