/**
 * The bill's lines: those of the document, then its allowances (a1, a2 …), charges and duties (c1 …).
 *
 * In EN 16931 a line's own allowances and charges lie inside its LineExtensionAmount (BT-131). OIOUBL 2
 * differs: LineExtensionAmount is quantity times price (F-INV348) and a line's allowance is repeated at
 * document level, where alone it counts (F-INV128, F-INV130). Both mean: line amounts as stated, plus
 * the document's allowances and charges. (Rules as cited by invopop/gobl.dk.oioubl and Odoo, read
 * 2026-11-24; the official schematron was not at hand.)
 */
import { type BillLine, LINE_ID } from '../core/bill.ts';
import { plainDecimal } from './decimal.ts';
import { every, first, type XmlElement } from './element.ts';
import type { Reading } from './reading.ts';
import { lineRate, matchRate } from './line-rate.ts';
import { readRate, type VatBreakdown, type VatRate } from './vat.ts';

/** A line beside the element it came from. */
export interface ReadLine {
  readonly line: BillLine;
  readonly element: XmlElement;
}

export function lineElements(reading: Reading): XmlElement[] {
  const path = reading.root.name === 'CreditNote' ? 'cac:CreditNoteLine' : 'cac:InvoiceLine';
  return every(reading.root, path);
}

export function readLines(reading: Reading, breakdown: VatBreakdown): ReadLine[] {
  const elements = lineElements(reading);
  const extras = every(reading.root, 'cac:AllowanceCharge');
  const count = elements.length + extras.length + breakdown.duties.length;
  if (count > reading.limits.maxLines) {
    reading.fail('xml-too-large', `The bill has ${count} lines.`, reading.root);
  }
  if (elements.length === 0) {
    const name = reading.root.name === 'CreditNote' ? 'cac:CreditNoteLine' : 'cac:InvoiceLine';
    reading.fail('field-missing', 'The document has no line (BR-16).', reading.root, name);
  }
  const ids = new LineIds();
  const lines = elements.map((element, index) => {
    const id = ids.free(lineId(reading.id(first(element, 'cbc:ID'))) ?? String(index + 1));
    return { line: readLine(reading, element, id, breakdown), element };
  });
  const allowances: ReadLine[] = [];
  const charges: ReadLine[] = [];
  for (const element of extras) {
    const isCharge = readIndicator(reading, element);
    const id = isCharge ? `c${charges.length + 1}` : `a${allowances.length + 1}`;
    const kind = isCharge ? 'charge' : 'allowance';
    const line = readExtra(reading, element, ids.free(id), kind, breakdown);
    (isCharge ? charges : allowances).push({ line, element });
  }
  const duties = breakdown.duties.map((duty, index) => {
    const id = ids.free(`c${charges.length + index + 1}`);
    const percent = breakdown.subtotals.find(({ category }) => category === duty.category)?.percent;
    const rate = { category: duty.category, percent: percent ?? '0' };
    return {
      line: extraLine(id, 'charge', duty.name, duty.amountMinor, rate),
      element: duty.element,
    };
  });
  return [...lines, ...allowances, ...charges, ...duties];
}

function readLine(
  reading: Reading,
  element: XmlElement,
  id: string,
  breakdown: VatBreakdown,
): BillLine {
  const rate = matchRate(reading, element, lineRate(reading, element), breakdown);
  const quantity = quantityOf(element);
  const unitCode = quantity?.attributes?.get('unitCode')?.trim().slice(0, 20);
  return {
    id,
    kind: 'line',
    description: readDescription(reading, element),
    netMinor: reading.amount(reading.need(element, 'cbc:LineExtensionAmount')),
    vatMinor: 0,
    vatCategory: rate.category,
    vatPercent: rate.percent,
    vatCode: null,
    category: null,
    department: reading.id(first(element, 'cbc:AccountingCost')) ?? null,
    project: null,
    quantity: quantity && plainDecimal(reading.decimal(quantity)),
    unitCode: unitCode === '' ? undefined : unitCode,
  };
}

export function quantityOf(line: XmlElement): XmlElement | undefined {
  return first(line, 'cbc:InvoicedQuantity') ?? first(line, 'cbc:CreditedQuantity');
}

function readDescription(reading: Reading, element: XmlElement): string {
  const name = reading.prose(first(element, 'cac:Item/cbc:Name'), 2000);
  const more = reading.prose(first(element, 'cac:Item/cbc:Description'), 2000);
  if (name !== undefined && more !== undefined) {
    // OIOUBL senders often write the description's beginning as the name.
    if (more.startsWith(name)) return more;
    return name.includes(more) ? name : reading.shorten(`${name} – ${more}`, 2000, element);
  }
  const only = name ?? more ?? reading.prose(first(element, 'cbc:Note'), 2000);
  if (only === undefined)
    reading.warn('description-missing', 'A line has no description.', element);
  return only ?? '';
}

function readExtra(
  reading: Reading,
  element: XmlElement,
  id: string,
  kind: 'allowance' | 'charge',
  breakdown: VatBreakdown,
): BillLine {
  const amountMinor = reading.amount(reading.need(element, 'cbc:Amount'));
  const category = first(element, 'cac:TaxCategory');
  const stated = category ? readRate(reading, category) : null;
  const rate = matchRate(reading, element, stated, breakdown);
  const reason =
    reading.prose(first(element, 'cbc:AllowanceChargeReason'), 500) ??
    (kind === 'charge' ? 'Gebyr' : 'Rabat');
  return extraLine(id, kind, reason, kind === 'charge' ? amountMinor : -amountMinor, rate);
}

/** `ChargeIndicator`: true is a charge. `xs:boolean` also allows 1 and 0. */
export function readIndicator(reading: Reading, element: XmlElement): boolean {
  const indicator = reading.needId(element, 'cbc:ChargeIndicator', 20).toLowerCase();
  if (indicator === 'true' || indicator === '1') return true;
  if (indicator === 'false' || indicator === '0') return false;
  const at = reading.need(element, 'cbc:ChargeIndicator');
  return reading.fail('field-invalid', `"${indicator}" is neither true nor false.`, at);
}

function extraLine(
  id: string,
  kind: 'allowance' | 'charge',
  description: string,
  netMinor: number,
  rate: VatRate,
): BillLine {
  return {
    id,
    kind,
    description,
    // −0 is not an amount.
    netMinor: netMinor === 0 ? 0 : netMinor,
    vatMinor: 0,
    vatCategory: rate.category,
    vatPercent: rate.percent,
    vatCode: null,
    category: null,
    department: null,
    project: null,
  };
}

/** UBL takes any text for a line's id, `LINE_ID` does not; there is room left to make it unique. */
function lineId(given: string | undefined): string | undefined {
  if (given === undefined || LINE_ID.test(given)) return given;
  const usable = given
    .normalize('NFKD')
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  return usable.slice(0, 50) || undefined;
}

/** Hands out ids that are unique in the bill: the wanted one, or one like it. */
class LineIds {
  readonly #taken = new Map<string, number>();

  free(wanted: string): string {
    let id = wanted;
    while (this.#taken.has(id)) {
      const number = (this.#taken.get(wanted) ?? 1) + 1;
      this.#taken.set(wanted, number);
      id = `${wanted}-${number}`;
    }
    this.#taken.set(id, 1);
    return id;
  }
}
