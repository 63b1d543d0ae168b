/** From the API's shapes to a bill's: decimal strings to minor units, refused by field when they don't fit. */
import type { BillEdit, BillInput } from '../contract/bill-shapes.ts';
import type { BillDetails } from '../core/bill.ts';
import type { DetailsEdit } from '../core/bill-edits.ts';
import { MoneyError, toMinor } from '../core/money.ts';
import { Refusal } from './refusal.ts';

export function acceptBill(input: BillInput): BillDetails {
  const minor = (text: string, path: string) => minorAt(text, input.currency, path);
  const { rounding, prepaid, lines, ...rest } = input;
  const ids = lines.map((line, index) => line.id ?? String(index + 1));
  refuseRepeated(ids);
  return {
    ...rest,
    roundingMinor: minor(rounding, 'rounding'),
    prepaidMinor: minor(prepaid, 'prepaid'),
    lines: lines.map(({ net, vat, ...line }, index) => ({
      ...line,
      id: ids[index]!,
      netMinor: minor(net, `lines.${index}.net`),
      vatMinor: minor(vat, `lines.${index}.vat`),
    })),
  };
}

export function acceptEdit(edit: BillEdit): DetailsEdit {
  const { lines, ...rest } = edit;
  refuseRepeated(lines?.map(({ id }) => id) ?? []);
  return {
    ...rest,
    lines: lines
      ? (bill) =>
          lines.map(({ net, vat, ...line }, index) => ({
            ...line,
            netMinor:
              net === undefined ? undefined : minorAt(net, bill.currency, `lines.${index}.net`),
            vatMinor:
              vat === undefined ? undefined : minorAt(vat, bill.currency, `lines.${index}.vat`),
          }))
      : undefined,
  };
}

function refuseRepeated(ids: readonly string[]): void {
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index);
  if (repeated === undefined) return;
  throw new Refusal('invalid-request', `Two lines have the id "${repeated}".`);
}

export function minorAt(text: string, currency: string, path: string): number {
  try {
    return toMinor(text, currency);
  } catch (error) {
    if (!(error instanceof MoneyError)) throw error;
    throw new Refusal('invalid-request', `body.${path}: ${error.message}`, [
      { path: `body.${path}`, message: error.message },
    ]);
  }
}
