/**
 * Lays the VAT of the breakdown on the bill's lines.
 *
 * Must stay true: the lines of a category and rate sum to its TaxAmount, to the last øre, however the
 * document rounded; and the lines together to the document's VAT.
 */
import type { BillLine } from '../core/bill.ts';
import { allocate, sumMinor } from '../core/money.ts';
import type { Reading } from './reading.ts';
import { lineKey, rateKey, vatOf, type VatBreakdown, type VatRate } from './vat.ts';

/**
 * Gives the lines their VAT. Each gets its net times the rate; what rounding leaves of the stated
 * amount is shared by `allocate`, so that the lines of a category and rate always sum to its TaxAmount.
 */
export function layVatOnLines(
  reading: Reading,
  lines: readonly BillLine[],
  breakdown: VatBreakdown,
): BillLine[] {
  const result = [...lines];
  if (breakdown.subtotals.length === 0) {
    const taxMinor = sumMinor([
      breakdown.taxMinor,
      ...breakdown.duties.map((duty) => -duty.amountMinor),
    ]);
    if (taxMinor === 0) return result;
    const message = `The VAT of ${reading.money(taxMinor)} is not broken down by rate; it was laid on the lines by theirs.`;
    reading.warn('vat-breakdown-missing', message, breakdown.taxTotals[0] ?? null);
    const taxed = indexesOf(result, (line) => line.vatPercent !== '0');
    lay(taxed.length > 0 ? taxed : result.map((_, index) => index), taxMinor);
    return result;
  }
  for (const [key, subtotals] of Map.groupBy(breakdown.subtotals, rateKey)) {
    const taxMinor = sumMinor(subtotals.map((subtotal) => subtotal.taxMinor));
    const [subtotal] = subtotals;
    const group = indexesOf(result, (line) => lineKey(line) === key);
    if (group.length > 0) lay(group, taxMinor);
    else if (subtotal && taxMinor !== 0) {
      const message = `VAT of ${reading.money(taxMinor)} (${subtotal.category} ${subtotal.percent} %) belongs to no line; it was added as a line of its own.`;
      reading.warn('vat-category-unmatched', message, subtotal.element);
      result.push(unmatchedLine(result, subtotal, taxMinor));
    }
  }
  return result;

  function lay(group: readonly number[], taxMinor: number): void {
    const own = group.map((index) => {
      const line = result[index];
      if (!line) return 0;
      const rate = { category: line.vatCategory, percent: line.vatPercent };
      return vatOf(line.netMinor, rate, reading.currency);
    });
    const rest = allocate(
      sumMinor([taxMinor, ...own.map((minor) => -minor)]),
      group.map((index) => result[index]?.netMinor ?? 0),
    );
    group.forEach((index, position) => {
      const line = result[index];
      const vatMinor = sumMinor([own[position] ?? 0, rest[position] ?? 0]);
      if (line) result[index] = { ...line, vatMinor };
    });
  }
}

function indexesOf(lines: readonly BillLine[], matches: (line: BillLine) => boolean): number[] {
  return lines.flatMap((line, index) => (matches(line) ? [index] : []));
}

function unmatchedLine(lines: readonly BillLine[], rate: VatRate, vatMinor: number): BillLine {
  const ids = new Set(lines.map((line) => line.id));
  let number = 1;
  while (ids.has(`c${number}`)) number++;
  return {
    id: `c${number}`,
    kind: 'charge',
    description: `VAT ${rate.percent} %`,
    netMinor: 0,
    vatMinor,
    vatCategory: rate.category,
    vatPercent: rate.percent,
    vatCode: null,
    category: null,
    department: null,
    project: null,
  };
}
