/** What a bill adds up to with what is typed; while an amount makes no sense, what was saved. */
import type { BillShape } from '../../contract/bill-shapes.ts';
import { fromMinor, sumMinor, toMinor } from '../../core/money.ts';
import { readAmount } from '../reader/amounts.ts';
import { type Draft, lineField } from './draft.ts';

export function draftTotals(
  draft: Draft,
  bill: BillShape,
  locale: string,
): Pick<BillShape['totals'], 'net' | 'vat' | 'total' | 'payable'> {
  const { currency } = bill;
  const sum = (field: 'net' | 'vat') =>
    sumMinor(
      bill.lines.map((line) => {
        const typed = draft.typed[lineField(line.id, field)];
        const amount = typed === undefined ? line[field] : readAmount(typed, locale);
        return toMinor(amount ?? '', currency);
      }),
    );
  try {
    const net = sum('net');
    const vat = sum('vat');
    const total = sumMinor([net, vat, toMinor(bill.rounding, currency)]);
    const payable = sumMinor([total, -toMinor(bill.prepaid, currency)]);
    return {
      net: fromMinor(net, currency),
      vat: fromMinor(vat, currency),
      total: fromMinor(total, currency),
      payable: fromMinor(payable, currency),
    };
  } catch {
    return bill.totals;
  }
}
