/** Bills as the API shows them. */
import { type Bill, billTotals, outstandingMinor, paidMinor } from '../../core/bill.ts';
import { fromMinor } from '../../core/money.ts';
import type { BillShape, BillSummaryShape } from '../../contract/bill-shapes.ts';
import type { BillListItem } from '../../store/bill-list.ts';

export function presentBill(bill: Bill): BillShape {
  const amount = (minor: number) => fromMinor(minor, bill.currency);
  const totals = billTotals(bill);
  const { acceptedAsSeparate: _separate, roundingMinor, prepaidMinor, ...rest } = bill;
  return {
    ...rest,
    lines: bill.lines.map(({ netMinor, vatMinor, ...line }) => ({
      ...line,
      net: amount(netMinor),
      vat: amount(vatMinor),
    })),
    rounding: amount(roundingMinor),
    prepaid: amount(prepaidMinor),
    totals: {
      net: amount(totals.netMinor),
      vat: amount(totals.vatMinor),
      total: amount(totals.totalMinor),
      payable: amount(totals.payableMinor),
      paid: amount(paidMinor(bill)),
      outstanding: amount(outstandingMinor(bill)),
    },
    payments: bill.payments.map(({ amountMinor, ...payment }) => ({
      ...payment,
      amount: amount(amountMinor),
    })),
    paymentMeans: [...bill.paymentMeans],
    attachments: [...bill.attachments],
    notices: [...bill.notices],
  };
}

export function presentBillItem(item: BillListItem): BillSummaryShape {
  const { totalMinor, outstandingMinor: outstanding, addedAt, ...rest } = item;
  return {
    ...rest,
    total: fromMinor(totalMinor, item.currency),
    outstanding: fromMinor(outstanding, item.currency),
    addedAt: addedAt.toISOString(),
  };
}
