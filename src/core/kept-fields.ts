/**
 * Fields that somebody changed in the accounting system and that are to stay so. Such a decision holds
 * for what was seen: as long as that value still stands there and the bill still says what it said then.
 */
import type { ThreeWayDifference } from './attempt.ts';
import { toMinor } from './money.ts';
import type {
  PostingDocument,
  PostingFields,
  PostingLine,
  SupplierInvoiceDocument,
  SupplierPaymentDocument,
} from './posting.ts';

export interface KeptField {
  readonly there: string | null;
  readonly wanted: string | null;
}

export type KeptFields = Readonly<Record<string, KeptField>>;

/** The decision to keep these as they are there. */
export function asKept(
  conflicts: readonly Pick<ThreeWayDifference, 'field' | 'there' | 'wanted'>[],
): KeptFields {
  return Object.fromEntries(
    conflicts.map(({ field, there, wanted }) => [field, { there, wanted }]),
  );
}

/** The decisions that still hold. */
export function keptInForce(
  kept: KeptFields,
  there: PostingFields,
  wanted: PostingFields,
): KeptFields {
  return Object.fromEntries(
    Object.entries(kept).filter(
      ([field, then]) =>
        (there[field] ?? null) === then.there && (wanted[field] ?? null) === then.wanted,
    ),
  );
}

/** The wanted fields, but those that are kept as they are there. */
export function withKept(wanted: PostingFields, kept: KeptFields): PostingFields {
  const fields: Record<string, string> = { ...wanted };
  for (const [field, { there }] of Object.entries(kept)) {
    if (there === null) delete fields[field];
    else fields[field] = there;
  }
  return fields;
}

/**
 * The document with the kept fields as they are there, as far as a neutral document can say so; whether
 * it could, the caller sees by comparing the fields that come out. Sums follow from their parts.
 */
export function mergeKept(document: PostingDocument, kept: KeptFields): PostingDocument {
  return document.kind === 'supplier-payment'
    ? mergePayment(document, kept)
    : mergeInvoice(document, kept);
}

function mergePayment(
  document: SupplierPaymentDocument,
  kept: KeptFields,
): SupplierPaymentDocument {
  const read = reading(kept, document.currency);
  return {
    ...document,
    number: read.text('number', document.number),
    paidOn: read.text('paidOn', document.paidOn),
    amountMinor: read.minor('amount', document.amountMinor),
    account: read.text('account', document.account),
  };
}

function mergeInvoice(
  document: SupplierInvoiceDocument,
  kept: KeptFields,
): SupplierInvoiceDocument {
  const read = reading(kept, document.currency);
  const lines = document.lines.map((line) => mergeLine(line, read));
  const roundingMinor = read.minor('rounding', document.roundingMinor);
  return {
    ...document,
    number: read.text('number', document.number),
    issuedOn: read.text('issuedOn', document.issuedOn),
    dueOn: read.optional('dueOn', document.dueOn),
    note: read.optional('note', document.note) ?? '',
    correctsNumber: read.optional('correctsNumber', document.correctsNumber),
    lines,
    roundingMinor,
    totalMinor: lines.reduce((sum, line) => sum + line.netMinor + line.vatMinor, roundingMinor),
    attachments: document.attachments.flatMap((attachment) => {
      const name = read.optional(`attachments.${attachment.id}`, attachment.name);
      return name === null ? [] : [{ ...attachment, name }];
    }),
  };
}

function mergeLine(line: PostingLine, read: ReturnType<typeof reading>): PostingLine {
  const at = (name: string) => `lines.${line.id}.${name}`;
  return {
    ...line,
    description: read.optional(at('description'), line.description) ?? '',
    account: read.text(at('account'), line.account),
    netMinor: read.minor(at('net'), line.netMinor),
    vatMinor: read.minor(at('vat'), line.vatMinor),
    vatCode: read.optional(at('vatCode'), line.vatCode),
    department: read.optional(at('department'), line.department),
    project: read.optional(at('project'), line.project),
  };
}

/** What is kept of a field, else what the document says. */
function reading(kept: KeptFields, currency: string) {
  const there = (field: string) => (Object.hasOwn(kept, field) ? kept[field]!.there : undefined);
  return {
    text: (field: string, otherwise: string) => there(field) ?? otherwise,
    optional(field: string, otherwise: string | null) {
      const value = there(field);
      return value === undefined ? otherwise : value;
    },
    minor(field: string, otherwise: number) {
      const value = there(field);
      if (value === undefined || value === null) return otherwise;
      try {
        return toMinor(value, currency);
      } catch {
        return otherwise;
      }
    },
  };
}
