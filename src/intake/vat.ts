/**
 * VAT as the document states it: a breakdown with one subtotal per category and rate.
 *
 * Sources, read 2026-11-24: EN 16931 categories and BR-CO-17 (CEN-EN16931-UBL.sch in OpenPEPPOL/
 * peppol-bis-invoice-3); OIOUBL category list urn:oioubl:id:taxcategoryid-1.1 (oioubl.info): ZeroRated,
 * StandardRated, ReverseCharge, and for duties Excise or a number from 3010 to 3671.
 */
import { multiply, rescale, sumMinor, currencyDecimals, parseDecimal } from '../core/money.ts';
import type { BillLine, VatCategory } from '../core/bill.ts';
import { isZero, ofMinor, plainDecimal } from './decimal.ts';
import { every, first, type XmlElement } from './element.ts';
import type { Reading } from './reading.ts';

export interface VatRate {
  readonly category: VatCategory;
  /** Plain decimal: `"25"`. */
  readonly percent: string;
}

/** As one element states it; many leave the rate to the breakdown. */
export interface StatedRate {
  readonly category: VatCategory;
  readonly percent: string | null;
}

export interface VatSubtotal extends VatRate {
  readonly taxableMinor: number | null;
  readonly taxMinor: number;
  readonly element: XmlElement;
}

/** A duty (punktafgift), which OIOUBL states as a tax beside VAT. */
export interface Duty {
  readonly name: string;
  readonly amountMinor: number;
  /** How VAT falls on it; the rate is not stated. */
  readonly category: VatCategory;
  readonly element: XmlElement;
}

export interface VatBreakdown {
  readonly subtotals: readonly VatSubtotal[];
  readonly duties: readonly Duty[];
  /** The document's tax amount, duties included. */
  readonly taxMinor: number;
  /** TaxTotals in the document's currency. */
  readonly taxTotals: readonly XmlElement[];
}

const MAX_SUBTOTALS = 200;

/** Categories under which VAT is on the bill; under the others the buyer owes it, or nobody. */
const CHARGED = new Set<VatCategory>(['S', 'L', 'M', 'B']);

const CATEGORIES: Readonly<Record<string, VatCategory>> = {
  S: 'S',
  Z: 'Z',
  E: 'E',
  AE: 'AE',
  K: 'K',
  G: 'G',
  O: 'O',
  L: 'L',
  M: 'M',
  B: 'B',
  // UNCL5305 outside EN 16931: lower and higher rate are standard VAT at another percentage.
  AA: 'S',
  H: 'S',
  STANDARDRATED: 'S',
  ZERORATED: 'Z',
  REVERSECHARGE: 'AE',
};

export function readBreakdown(reading: Reading): VatBreakdown {
  // TaxCurrencyCode brings a second TaxTotal in that currency; the bill keeps the document's.
  const taxTotals = every(reading.root, 'cac:TaxTotal').filter((total) => {
    const currency = first(total, 'cbc:TaxAmount')?.attributes?.get('currencyID')?.trim();
    return currency === undefined || currency === reading.currency;
  });
  const elements = taxTotals.flatMap((total) => every(total, 'cac:TaxSubtotal'));
  if (elements.length > MAX_SUBTOTALS) {
    reading.fail('xml-too-large', `There are ${elements.length} VAT subtotals.`, reading.root);
  }
  const subtotals: VatSubtotal[] = [];
  const duties: Duty[] = [];
  for (const element of elements) {
    const taxMinor = reading.amount(reading.need(element, 'cbc:TaxAmount'));
    const category = first(element, 'cac:TaxCategory');
    if (category && isDuty(reading, category)) duties.push(readDuty(reading, category, taxMinor));
    else {
      const taxableMinor = reading.amountAt(element, 'cbc:TaxableAmount') ?? null;
      const stated = readRate(reading, category ?? element);
      const percent = stated.percent ?? impliedPercent(stated.category, taxableMinor, taxMinor);
      subtotals.push({ category: stated.category, percent, taxableMinor, taxMinor, element });
    }
  }
  const taxMinor = sumMinor(
    taxTotals.map((total) => reading.amount(reading.need(total, 'cbc:TaxAmount'))),
  );
  return { subtotals, duties, taxMinor, taxTotals };
}

export function isDuty(reading: Reading, category: XmlElement): boolean {
  const id = reading.id(first(category, 'cbc:ID'), 50) ?? '';
  return /^excise$/i.test(id) || (/^\d{4}$/.test(id) && Number(id) >= 3010 && Number(id) <= 3671);
}

function readDuty(reading: Reading, category: XmlElement, amountMinor: number): Duty {
  const type =
    reading.id(first(category, 'cac:TaxScheme/cbc:TaxTypeCode'), 50)?.toUpperCase() ?? '';
  const name = reading.prose(first(category, 'cac:TaxScheme/cbc:Name'), 200) ?? 'Afgift';
  return { name, amountMinor, category: CATEGORIES[type] ?? 'Z', element: category };
}

/** Category and rate of a `TaxCategory`, `ClassifiedTaxCategory` or, without one, a TaxSubtotal. */
export function readRate(reading: Reading, element: XmlElement): StatedRate {
  const stated = first(element, 'cbc:Percent');
  const percent = stated?.text.trim() ? reading.decimal(stated) : null;
  if (percent && (percent.unscaled < 0n || rescale(percent, 0) > 100n)) {
    reading.fail('field-invalid', 'A VAT rate lies between 0 and 100.', stated ?? element);
  }
  const id = reading.id(first(element, 'cbc:ID'), 50);
  const known = id === undefined ? undefined : CATEGORIES[id.toUpperCase()];
  const category = known ?? (percent && !isZero(percent) ? 'S' : 'O');
  if (known === undefined && id !== undefined) {
    const message = `The VAT category "${id}" is not known; read as ${category}.`;
    reading.warn('vat-category-unknown', message, element);
  }
  return { category, percent: percent && plainDecimal(percent) };
}

/** OIOUBL lets a subtotal leave out its rate: the whole percentage its amounts come to, else 0. */
function impliedPercent(
  category: VatCategory,
  taxableMinor: number | null,
  taxMinor: number,
): string {
  if (!CHARGED.has(category) || taxableMinor === null || taxableMinor === 0) return '0';
  const percent = Math.round((taxMinor * 100) / taxableMinor);
  return percent >= 0 && percent <= 100 ? String(percent) : '0';
}

export function rateKey(rate: VatRate): string {
  return `${rate.category} ${rate.percent}`;
}

export function lineKey(line: BillLine): string {
  return `${line.vatCategory} ${line.vatPercent}`;
}

/** Net times rate, rounded to the currency; nothing where the category puts no VAT on the bill. */
export function vatOf(netMinor: number, rate: VatRate, currency: string): number {
  if (!CHARGED.has(rate.category)) return 0;
  const decimals = currencyDecimals(currency);
  const { unscaled, scale } = parseDecimal(rate.percent);
  const factor = { unscaled, scale: scale + 2 };
  return Number(rescale(multiply(ofMinor(netMinor, decimals), factor), decimals));
}
