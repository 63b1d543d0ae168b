/**
 * What of a supplier invoice Tryton carries, as flat fields: of our document, and of its record.
 *
 * Must stay true: what was written, read back, gives the same fields. Left out, because Tryton has no
 * place for them: VAT per line (it keeps VAT per tax of the whole invoice: the field `vat`), the number
 * a credit note corrects, and that a receipt is a receipt.
 */
import { sumMinor } from '../../core/money.ts';
import { fromMinor, multiply, parseDecimal, rescale, toMinorRounded } from '../../core/money.ts';
import { postingFields } from '../../core/posting-fields.ts';
import type { PostingFields, SupplierInvoiceDocument } from '../../core/posting.ts';
import type { KeptFile } from './attachments.ts';
import type { TrytonSettings } from './index.ts';
import type { InvoiceLine, InvoiceRecord } from './invoice-record.ts';
import { oneLine, readComment, readLineMark } from './marks.ts';
import { isSameSupplier } from './parties.ts';
import { plainDecimal } from './values.ts';

/** Credits are bills with negative quantities there. */
export function signOf({ billKind }: Pick<SupplierInvoiceDocument, 'billKind'>): 1 | -1 {
  return billKind === 'credit-note' ? -1 : 1;
}

/** The document as Tryton can keep it. */
export function normal(document: SupplierInvoiceDocument): SupplierInvoiceDocument {
  return {
    ...document,
    billKind: document.billKind === 'credit-note' ? 'credit-note' : 'invoice',
    supplier: { ...document.supplier, name: oneLine(document.supplier.name) },
    number: oneLine(document.number),
    note: oneLine(document.note),
    correctsNumber: null,
    lines: document.lines.map((line) => ({ ...line, description: oneLine(line.description) })),
    attachments: document.attachments.map((file) => ({
      ...file,
      name: oneLine(file.name) || 'file',
    })),
  };
}

export function fieldsOfInvoice(
  document: SupplierInvoiceDocument,
  settings: TrytonSettings,
): PostingFields {
  const fields: Record<string, string> = { ...postingFields(normal(document)) };
  for (const { id } of document.lines) {
    delete fields[`lines.${id}.vat`];
    if (!settings.departmentRoot) delete fields[`lines.${id}.department`];
    if (!settings.projectRoot) delete fields[`lines.${id}.project`];
  }
  fields['vat'] = fromMinor(
    sumMinor(document.lines.map((line) => line.vatMinor)),
    document.currency,
  );
  if (settings.takeTo !== 'draft') fields['state'] = settings.takeTo;
  return fields;
}

export function fieldsOfRecord(
  record: InvoiceRecord,
  files: readonly KeptFile[],
  document: SupplierInvoiceDocument,
  settings: TrytonSettings,
): PostingFields {
  const fields: Record<string, string> = {};
  const put = (name: string, value: string | null | undefined) => {
    if (value !== null && value !== undefined && value !== '') fields[name] = value;
  };
  const currency = record['currency.'].code;
  const isCredit = isCreditNote(record, document);
  const sign = isCredit ? -1 : 1;
  const amount = (minor: number) => fromMinor(minor === 0 ? 0 : minor * sign, currency);
  const supplier = record['party.'];
  const isTheirs = isSameSupplier(supplier, document.supplierKey);
  put('supplier', isTheirs ? oneLine(document.supplier.name) : supplier.name);
  put('number', record.reference);
  put('billKind', isCredit ? 'credit-note' : 'invoice');
  put('currency', currency);
  put('issuedOn', record.invoice_date);
  const term = record['payment_term.'];
  put('dueOn', [record.payment_term_date, term?.name].filter(Boolean).join(' + '));
  for (const line of record['lines.']) {
    if (line.type !== 'line') continue;
    const mark = readLineMark(line.note);
    if (mark.kind === 'rounding') {
      put('rounding', amount(netMinor(line, currency)));
      continue;
    }
    const at = `lines.${mark.kind === 'line' ? mark.id : `tryton-${line.id}`}`;
    put(`${at}.description`, line.description);
    put(`${at}.account`, line['account.']?.code);
    put(`${at}.net`, amount(netMinor(line, currency)));
    put(`${at}.vatCode`, line['taxes.'].map((tax) => tax.name).join(' + '));
    if (settings.departmentRoot) put(`${at}.department`, dimension(line, settings.departmentRoot));
    if (settings.projectRoot) put(`${at}.project`, dimension(line, settings.projectRoot));
  }
  put('vat', amount(toMinorRounded(parseDecimal(record.tax_amount), currency)));
  put('total', amount(toMinorRounded(parseDecimal(record.total_amount), currency)));
  put('note', readComment(record.comment).note);
  for (const file of files) put(`attachments.${file.id}`, file.name);
  put('state', stateReached(record.state, settings.takeTo));
  return fields;
}

/** As far as Spor is to take it; that the bookkeeper took it further changes nothing for us. */
export function stateReached(
  state: InvoiceRecord['state'],
  takeTo: TrytonSettings['takeTo'],
): string | null {
  const order = ['draft', 'validated', 'posted', 'paid'];
  if (takeTo === 'draft') return null;
  return order.indexOf(state) >= order.indexOf(takeTo) ? takeTo : state;
}

/** By its quantities; a bill of nothing but zeros is what we said it is. */
function isCreditNote(record: InvoiceRecord, document: SupplierInvoiceDocument): boolean {
  const ours = record['lines.'].filter((line) => readLineMark(line.note).kind === 'line');
  if (ours.length === 0) {
    const total = Number(record.total_amount);
    return total === 0 ? document.billKind === 'credit-note' : total < 0;
  }
  return ours.some((line) => (line.quantity ?? 0) < 0);
}

function netMinor(line: InvoiceLine, currency: string): number {
  const quantity = parseDecimal(plainDecimal(String(line.quantity ?? 0)));
  const price = parseDecimal(line.unit_price ?? '0');
  const product = multiply(quantity, price);
  // The decimals of a currency are at most 4; more than 12 are no longer money.
  const exact = product.scale > 12 ? { unscaled: rescale(product, 12), scale: 12 } : product;
  return toMinorRounded(exact, currency);
}

function dimension(line: InvoiceLine, root: string): string | null {
  const entry = line['analytic_accounts.']?.find((one) => one['root.']?.code === root);
  return entry?.['account.']?.code ?? null;
}
