/** What is to be in the books for a bill: worked out from the bill and its company alone, not by the engine. */
import { type Bill, billTotals, paidMinor } from '../src/core/bill.ts';
import { fromMinor } from '../src/core/money.ts';
import type { BookedInvoice, BookedPayment } from './books.ts';

export interface BookedOn {
  readonly defaultAccount: string;
  /** By category. */
  readonly accounts: Readonly<Record<string, string>>;
  readonly paymentAccount: string;
  /** Only what is approved, and that posted and reconciled; else all of it, as drafts. */
  readonly booksApproved: boolean;
}

/** A posting's id, as Spor has it; the reference over there. */
export interface KnownPosting {
  readonly id: string;
  readonly kind: string;
  readonly paymentId: string | null;
}

type InvoiceWanted = Omit<BookedInvoice, 'id' | 'reference' | 'paymentLines' | 'owed'>;

export interface WantedBill {
  readonly bill: string;
  readonly supplier: string;
  readonly known: readonly KnownPosting[];
  /** Null: none. */
  readonly invoice: { readonly reference: string | null; readonly record: InvoiceWanted } | null;
  readonly payments: readonly {
    readonly reference: string | null;
    readonly record: Pick<BookedPayment, 'state' | 'on' | 'paid'>;
  }[];
  readonly isPosted: boolean;
  readonly isPaid: boolean;
}

/** VAT code of all lines here. */
const TAX = 'I25';

export function wantedOf(
  bill: Bill,
  known: readonly KnownPosting[],
  { defaultAccount, accounts, paymentAccount, booksApproved }: BookedOn,
): WantedBill {
  const sign = bill.kind === 'credit-note' ? -1 : 1;
  const money = (minor: number) => fromMinor(minor * sign, bill.currency);
  const { totalMinor, vatMinor } = billTotals(bill);
  const isWanted = bill.status !== 'cancelled' && (!booksApproved || bill.status === 'approved');
  const isPaid = booksApproved && isWanted && paidMinor(bill) === totalMinor;
  const booked = booksApproved ? 'posted' : 'draft';
  const referenceOf = (kind: string, paymentId: string | null) =>
    known.find((one) => one.kind === kind && one.paymentId === paymentId)?.id ?? null;
  const record: InvoiceWanted = {
    state: isPaid ? 'paid' : booked,
    number: bill.number,
    supplier: bill.supplier.name,
    on: bill.issuedOn,
    dueOn: bill.dueOn,
    note: bill.note,
    currency: bill.currency,
    lines: bill.lines
      .map(({ category, description, netMinor }) => {
        const account = (category === null ? undefined : accounts[category]) ?? defaultAccount;
        return `${account} ${description} ${money(netMinor)} ${TAX}`;
      })
      .sort(),
    vat: money(vatMinor),
    total: money(totalMinor),
  };
  return {
    bill: bill.number,
    supplier: bill.supplier.name,
    known,
    invoice: isWanted ? { reference: referenceOf('supplier-invoice', null), record } : null,
    payments: isWanted
      ? bill.payments.map(({ id, amountMinor, paidOn }) => ({
          reference: referenceOf('supplier-payment', id),
          record: { state: booked, on: paidOn, paid: `${paymentAccount} ${money(amountMinor)}` },
        }))
      : [],
    isPosted: booksApproved,
    isPaid,
  };
}
