/**
 * A UBL `Invoice` or `CreditNote` → what a bill states. Reads downward as the document does.
 *
 * Kept faithful: nothing is recalculated, signs are as written, and what looks odd is told, not mended.
 */
import type { BillDetails, BillKind } from '../core/bill.ts';
import type { Day } from '../core/day.ts';
import { readAttachments, type IncomingAttachment } from './attachments.ts';
import {
  CREDIT_NOTE_NAMESPACE,
  every,
  first,
  INVOICE_NAMESPACE,
  type XmlElement,
} from './element.ts';
import { IntakeError, positionOf } from './intake-error.ts';
import { layVatOnLines } from './lay-vat.ts';
import type { IntakeLimits } from './limits.ts';
import { readLines } from './lines.ts';
import type { IntakeNotice } from './notice.ts';
import { readPaymentMeans } from './payment-means.ts';
import { oneLine, Reading, type IntakeFormat } from './reading.ts';
import { readSupplier } from './supplier.ts';
import { checkTotals, readTotals } from './totals.ts';
import { readBreakdown } from './vat.ts';

export interface ReadBill {
  readonly details: BillDetails;
  readonly attachments: readonly IncomingAttachment[];
  readonly warnings: readonly IntakeNotice[];
  readonly format: IntakeFormat;
}

/** UNTDID 1001 codes that are credit notes (the list of EN 16931, BR-CL-01). */
const CREDIT_TYPES = new Set('81 83 261 262 296 308 381 396 420 458 532'.split(' '));
const PRO_FORMA_TYPE = '325';

/** What senders write where a reference is mandatory and they have none. */
const NO_VALUE = /^(?:n\/?a\.?|none|-+)$/i;

export function readUbl(parsed: XmlElement, text: string, limits: IntakeLimits): ReadBill {
  const root = documentOf(parsed, text);
  return readDocument(new Reading({ root, format: formatOf(root), limits, text }));
}

function readDocument(reading: Reading): ReadBill {
  const { root } = reading;
  const supplier = readSupplier(reading);
  const totals = readTotals(reading);
  const kind = readKind(reading, totals.payableMinor);
  const breakdown = readBreakdown(reading);
  const lines = readLines(reading, breakdown);
  const details: BillDetails = {
    kind,
    number: reading.needId(root, 'cbc:ID'),
    supplier,
    issuedOn: readIssueDate(reading),
    dueOn: readDueDate(reading),
    currency: reading.currency,
    lines: layVatOnLines(
      reading,
      lines.map(({ line }) => line),
      breakdown,
    ),
    roundingMinor: totals.roundingMinor,
    prepaidMinor: totals.prepaidMinor,
    note: readNote(reading),
    department: null,
    project: null,
    orderReference: reference(reading, 'cac:OrderReference/cbc:ID'),
    costCentre:
      reference(reading, 'cbc:AccountingCost') ?? reference(reading, 'cbc:AccountingCostCode'),
    buyerReference: readBuyerReference(reading),
    correctsNumber: kind === 'credit-note' ? readCorrectedNumber(reading) : undefined,
    paymentMeans: readPaymentMeans(reading),
  };
  checkTotals(reading, lines, breakdown, totals, details);
  checkOddities(reading);
  const attachments = readAttachments(reading);
  return { details, attachments, warnings: reading.notices(), format: reading.format };
}

/** The invoice itself, also when it lies in the envelope of the Peppol network (a standard business document). */
function documentOf(parsed: XmlElement, text: string): XmlElement {
  const enveloped = parsed.name === 'StandardBusinessDocument' ? parsed.children : [];
  const found = [parsed, ...enveloped].find(
    ({ name, namespace }) =>
      (name === 'Invoice' && namespace === INVOICE_NAMESPACE) ||
      (name === 'CreditNote' && namespace === CREDIT_NOTE_NAMESPACE),
  );
  if (found) return found;
  const namespace = oneLine(parsed.namespace).slice(0, 200);
  const message = `The document is <${parsed.name.slice(0, 80)}> of "${namespace}", not a UBL Invoice or CreditNote.`;
  throw new IntakeError('not-an-invoice', message, {
    place: `/${parsed.name.slice(0, 80)}`,
    position: positionOf(text, parsed.offset),
  });
}

/** OIOUBL 3 is EN 16931 in arithmetic and codes, and so counts as plain UBL here. */
function formatOf(root: XmlElement): IntakeFormat {
  const customization = oneLine(first(root, 'cbc:CustomizationID')?.text ?? '');
  if (/^OIOUBL-/i.test(customization)) return 'oioubl-2';
  if (customization.includes('urn:fdc:peppol.eu:2017:poacc:billing:3.0')) return 'peppol-bis-3';
  return 'ubl-2.1';
}

function readKind(reading: Reading, payableMinor: number): BillKind {
  if (payableMinor < 0) {
    const message = `The document asks for ${reading.money(payableMinor)}: a negative amount, kept as written.`;
    const at = first(reading.root, 'cac:LegalMonetaryTotal/cbc:PayableAmount') ?? null;
    reading.warn('negative-total', message, at);
  }
  if (reading.root.name === 'CreditNote') return 'credit-note';
  const element = first(reading.root, 'cbc:InvoiceTypeCode');
  const code = reading.id(element, 50);
  if (code === PRO_FORMA_TYPE) {
    reading.warn('pro-forma', 'This is a pro forma invoice (type 325).', element ?? null);
  }
  if (code === undefined || !CREDIT_TYPES.has(code)) return 'invoice';
  // Negative amounts already take back what is owed; turning them into a credit note would owe it again.
  const kind = payableMinor < 0 ? 'invoice' : 'credit-note';
  const word = kind === 'invoice' ? 'an invoice with negative amounts' : 'a credit note';
  const message = `An Invoice document has type ${code}, a credit note; read as ${word}.`;
  reading.warn('type-code-unusual', message, element ?? null);
  return kind;
}

function readIssueDate(reading: Reading): Day {
  const element = reading.need(reading.root, 'cbc:IssueDate');
  return reading.day(element) ?? reading.fail('field-missing', 'cbc:IssueDate is empty.', element);
}

/**
 * Peppol: DueDate on an invoice, PaymentMeans/PaymentDueDate on a credit note. OIOUBL: the payment
 * means, else the terms. The earliest, where there are several.
 */
function readDueDate(reading: Reading): Day | null {
  const paths = [
    'cbc:DueDate',
    'cac:PaymentMeans/cbc:PaymentDueDate',
    'cac:PaymentTerms/cbc:PaymentDueDate',
    'cac:PaymentTerms/cac:SettlementPeriod/cbc:EndDate',
  ];
  for (const path of paths) {
    const days = every(reading.root, path).flatMap((element) => reading.day(element) ?? []);
    const [earliest] = days.sort();
    if (earliest !== undefined) return earliest;
  }
  return null;
}

/** The document's notes, then its payment terms in words. */
function readNote(reading: Reading): string {
  const elements = [
    ...every(reading.root, 'cbc:Note'),
    ...every(reading.root, 'cac:PaymentTerms/cbc:Note'),
  ].slice(0, 50);
  const notes = elements.flatMap((element) => reading.prose(element, 4000) ?? []);
  return reading.shorten([...new Set(notes)].join('\n'), 4000, elements[0] ?? reading.root);
}

function reference(reading: Reading, path: string): string | undefined {
  const value = reading.id(first(reading.root, path));
  return value === undefined || NO_VALUE.test(value) ? undefined : value;
}

/** OIOUBL has no BuyerReference: the buyer's person reference is the id of its contact. */
function readBuyerReference(reading: Reading): string | undefined {
  const stated = reference(reading, 'cbc:BuyerReference');
  if (stated !== undefined || reading.format !== 'oioubl-2') return stated;
  return reference(reading, 'cac:AccountingCustomerParty/cac:Party/cac:Contact/cbc:ID');
}

function readCorrectedNumber(reading: Reading): string | undefined {
  const elements = every(reading.root, 'cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID');
  const numbers = elements.slice(0, 20).flatMap((element) => reading.id(element) ?? []);
  if (numbers.length > 1) {
    const message = `The credit note corrects several invoices: ${numbers.join(', ')}; the first is kept.`;
    reading.warn('several-corrected-invoices', message.slice(0, 1000), elements[1] ?? null);
  }
  return numbers[0];
}

function checkOddities(reading: Reading): void {
  const copy = first(reading.root, 'cbc:CopyIndicator');
  if (copy && oneLine(copy.text) === 'true') {
    reading.warn('copy', 'The document says it is a copy of one sent before.', copy);
  }
  const payee = first(reading.root, 'cac:PayeeParty');
  const name = payee && reading.prose(first(payee, 'cac:PartyName/cbc:Name'), 200);
  if (payee && name !== undefined) {
    reading.warn('payee-differs', `The money goes to "${name}", not to the supplier.`, payee);
  }
}
