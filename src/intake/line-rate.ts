/**
 * Which VAT rate a line carries: its own word, brought in line with the document's breakdown.
 */
import { every, first, type XmlElement } from './element.ts';
import type { Reading } from './reading.ts';
import {
  isDuty,
  rateKey,
  readRate,
  type StatedRate,
  type VatBreakdown,
  type VatRate,
} from './vat.ts';

/** From the item, else from the line's own TaxTotal, where OIOUBL has it. */
export function lineRate(reading: Reading, element: XmlElement): StatedRate | null {
  const classified = first(element, 'cac:Item/cac:ClassifiedTaxCategory');
  if (classified && !isDuty(reading, classified)) return readRate(reading, classified);
  const subtotals = every(element, 'cac:TaxTotal/cac:TaxSubtotal').filter((subtotal) => {
    const category = first(subtotal, 'cac:TaxCategory');
    return category !== undefined && !isDuty(reading, category);
  });
  // With a duty there are two: the one VAT falls on the line by is the one of the line's amount.
  const amount = first(element, 'cbc:LineExtensionAmount')?.text.trim();
  const own =
    subtotals.find((subtotal) => first(subtotal, 'cbc:TaxableAmount')?.text.trim() === amount) ??
    subtotals[0];
  const category = own && first(own, 'cac:TaxCategory');
  return category ? readRate(reading, category) : null;
}

/** Brings a stated rate in line with the breakdown: a line without one, or with one the breakdown lacks. */
export function matchRate(
  reading: Reading,
  element: XmlElement,
  stated: StatedRate | null,
  breakdown: VatBreakdown,
): VatRate {
  const { subtotals } = breakdown;
  const rate = stated && { category: stated.category, percent: stated.percent ?? '0' };
  if (rate && subtotals.some((subtotal) => rateKey(subtotal) === rateKey(rate))) return rate;
  const candidates = stated
    ? subtotals.filter(({ category }) => category === stated.category)
    : subtotals;
  const [only] = candidates;
  if (only && new Set(candidates.map(rateKey)).size === 1) {
    if (stated && stated.percent !== null) {
      const message = `The rate ${stated.percent} % is not in the VAT breakdown; read as ${only.percent} %, the breakdown's for category ${only.category}.`;
      reading.warn('vat-category-unmatched', message, element);
    }
    return { category: only.category, percent: only.percent };
  }
  if (rate) {
    if (subtotals.length > 0) {
      const message = `${rate.category} ${rate.percent} % is not in the VAT breakdown; it carries no VAT.`;
      reading.warn('vat-category-unmatched', message, element);
    }
    return rate;
  }
  if (breakdown.taxTotals.length > 0) {
    reading.warn(
      'vat-category-missing',
      'A line has no VAT category; read as O (outside VAT).',
      element,
    );
  }
  return { category: 'O', percent: '0' };
}
