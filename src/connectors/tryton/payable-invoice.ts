/** The invoice a payment pays: what is known of it, what is left of it, and what has been paid in full. */
import { z } from 'zod';
import { SyncFailure } from '../../core/failure.ts';
import { parseDecimal, rescale, toMinorRounded } from '../../core/money.ts';
import type { SupplierPaymentDocument } from '../../core/posting.ts';
import type { Call } from '../../sdk/connector.ts';
import { readComment } from './marks.ts';
import { type MoveRecord, outOf, payableLine } from './payment-record.ts';
import type { Rpc } from './rpc.ts';
import { decimalValue, flag, text } from './values.ts';

const record = z.object({
  id: z.int(),
  state: z.string(),
  number: text,
  party: z.int(),
  comment: text,
  amount_to_pay: decimalValue,
  lines_to_pay: z.array(z.int()),
  payment_lines: z.array(z.int()),
  'account.': z.object({ id: z.int(), party_required: flag }),
});

export interface PayableInvoice {
  readonly id: number;
  readonly state: string;
  readonly number: string;
  readonly partyId: number;
  readonly accountId: number;
  readonly partyRequired: boolean;
  /** In its own currency; negative for a credit note. */
  readonly leftToPay: string;
  readonly linesToPay: readonly number[];
  readonly paymentLines: readonly number[];
}

export async function invoiceToPay(
  rpc: Rpc,
  call: Call,
  document: SupplierPaymentDocument,
): Promise<PayableInvoice> {
  const { companyId } = await rpc.signed(call);
  const missing = () => new SyncFailure('invoice-missing', { subject: document.number });
  if (document.invoiceRemoteId === null) throw missing();
  const domain = [
    ['id', '=', Number(document.invoiceRemoteId)],
    ['company', '=', companyId],
    ['state', '!=', 'cancelled'],
  ];
  const fields = [
    'state',
    'number',
    'party',
    'comment',
    'amount_to_pay',
    'lines_to_pay',
    'payment_lines',
    'account.party_required',
  ];
  const [found] = await rpc.search(call, 'account.invoice', domain, fields, record);
  if (!found) throw missing();
  // Restored from a backup, Tryton gives ids a second time: an invoice of another bill's is not paid.
  const { reference } = readComment(found.comment);
  if (reference !== null && reference !== document.invoiceReference) throw missing();
  return {
    id: found.id,
    state: found.state,
    number: found.number,
    partyId: found.party,
    accountId: found['account.'].id,
    partyRequired: found['account.'].party_required,
    leftToPay: found.amount_to_pay,
    linesToPay: found.lines_to_pay,
    paymentLines: found.payment_lines,
  };
}

export function leftMinor(
  { leftToPay }: PayableInvoice,
  document: SupplierPaymentDocument,
): number {
  return toMinorRounded(parseDecimal(leftToPay), document.currency) * outOf(document);
}

/** @param freedMinor what this payment itself takes of it now */
export function refuseMoreThanIsLeft(
  invoice: PayableInvoice,
  document: SupplierPaymentDocument,
  freedMinor: number,
): void {
  if (invoice.state !== 'posted' && invoice.state !== 'paid')
    throw new SyncFailure('invoice-missing', {
      subject: document.number,
      originalMessage: `The invoice ${document.number} is not posted in Tryton yet (${invoice.state}).`,
    });
  if (document.amountMinor > leftMinor(invoice, document) + freedMinor)
    throw new SyncFailure('amount-rejected', {
      originalMessage: `Of the invoice ${invoice.number} ${invoice.leftToPay} ${document.currency} is left to pay in Tryton.`,
    });
}

export const NOT_APPLIED = 'posted, not applied to the invoice';
export const NOT_RECONCILED = 'posted, not reconciled';
/** Taken back, but that the reversal is not posted yet. */
export const HALF_REVERSED = 'posted, reversal not posted';
export type Reached = 'posted' | typeof NOT_APPLIED | typeof NOT_RECONCILED;

/**
 * How far a posted payment has come: it counts against an invoice, by its reconciliation or as one of its
 * payment lines; and the last payment of an invoice that is paid in full is to reconcile them all.
 */
export async function reached(
  rpc: Rpc,
  call: Call,
  move: MoveRecord,
  writesOff: boolean,
): Promise<Reached> {
  const line = payableLine(move);
  if (!line) return NOT_APPLIED;
  if (line.reconciliation !== null) return 'posted';
  const row = z.object({ id: z.int(), payment_lines: z.array(z.int()) });
  const params = [[['payment_lines', '=', line.id]], 0, 1, null, ['payment_lines']];
  const [invoice] = await rpc.read(call, 'account.invoice.search_read', params, z.array(row));
  if (!invoice) return NOT_APPLIED;
  if (invoice.payment_lines.some((id) => id > line.id)) return 'posted';
  const open = await settledLines(rpc, call, invoice.id);
  return canReconcile(open, writesOff) ? NOT_RECONCILED : 'posted';
}

export interface OpenLines {
  readonly ids: readonly number[];
  /** They balance in the company's currency: they can be reconciled as they are. */
  readonly balances: boolean;
}

/** @param writesOff there is a way to write off what exchange rates leave */
export function canReconcile(open: OpenLines, writesOff: boolean): boolean {
  return open.ids.length > 1 && (open.balances || writesOff);
}

/** The open lines of an invoice and its payments, once nothing is left to pay of it; else none. */
export async function settledLines(rpc: Rpc, call: Call, invoiceId: number): Promise<OpenLines> {
  const own = z.object({
    state: z.string(),
    amount_to_pay: decimalValue,
    lines_to_pay: z.array(z.int()),
    payment_lines: z.array(z.int()),
  });
  const fields = ['state', 'amount_to_pay', 'lines_to_pay', 'payment_lines'];
  const params = [[invoiceId], fields];
  const [invoice] = await rpc.read(call, 'account.invoice.read', params, z.array(own).min(1));
  const isSettled =
    invoice!.state === 'posted' && parseDecimal(invoice!.amount_to_pay).unscaled === 0n;
  if (!isSettled) return { ids: [], balances: true };
  const lines = await linesWith(rpc, call, [...invoice!.lines_to_pay, ...invoice!.payment_lines]);
  const open = lines.filter(({ reconciliation }) => reconciliation === null);
  return { ids: open.map(({ id }) => id), balances: balanceOf(open) === 0n };
}

/**
 * Can it count against the invoice as one of its payment lines? Tryton compares in the company's currency
 * (account_invoice, `Invoice.check_payment_lines`, 6.0.9, read 2026-11-25), so what exchange rates, or
 * their rounding, have added by the day of payment is more than it takes.
 * @param own debit and credit of the payment's line, in the company's currency
 * @param without a line that will have gone by then
 */
export async function countsAsPaymentLine(
  rpc: Rpc,
  call: Call,
  invoice: PayableInvoice,
  own: { debit: string; credit: string },
  without: number | null = null,
): Promise<boolean> {
  const lines = await linesWith(rpc, call, [...invoice.linesToPay, ...invoice.paymentLines]);
  const owed = lines.filter(({ id }) => invoice.linesToPay.includes(id));
  const paid = lines.filter(({ id }) => invoice.paymentLines.includes(id) && id !== without);
  const size = (amount: bigint) => (amount < 0n ? -amount : amount);
  return size(balanceOf([...paid, own])) <= size(balanceOf(owed));
}

/**
 * Payment lines that pay nothing of it any more (reconciled with their reversal, say): Tryton counts them all the same, and
 * a person has to take them off (seen with account_invoice 6.0.9, 2026-12-01).
 */
export async function takenBack(rpc: Rpc, call: Call, invoice: PayableInvoice): Promise<number[]> {
  const lines = await linesWith(rpc, call, [...invoice.linesToPay, ...invoice.paymentLines]);
  const owed = lines.filter(({ id }) => invoice.linesToPay.includes(id));
  const pays = new Set(owed.map(({ reconciliation }) => reconciliation));
  return lines
    .filter(
      ({ id, reconciliation }) =>
        !invoice.linesToPay.includes(id) && reconciliation !== null && !pays.has(reconciliation),
    )
    .map(({ id }) => id);
}

export function ratesHaveMoved(): SyncFailure {
  return new SyncFailure('amount-rejected', {
    originalMessage:
      "In the company's currency the payment is more than the invoice. Tryton takes that only for the payment that settles it, and with a write-off for exchange differences in the integration's settings.",
  });
}

/** What a payment that can't be a payment line is reconciled with instead, once it pays all there is. */
export async function openOf(rpc: Rpc, call: Call, invoice: PayableInvoice): Promise<number[]> {
  const lines = await linesWith(rpc, call, [...invoice.linesToPay, ...invoice.paymentLines]);
  return lines.filter(({ reconciliation }) => reconciliation === null).map(({ id }) => id);
}

function linesWith(rpc: Rpc, call: Call, ids: readonly number[]) {
  const line = z.object({
    id: z.int(),
    debit: decimalValue,
    credit: decimalValue,
    reconciliation: z.int().nullable(),
  });
  const params = [ids, ['debit', 'credit', 'reconciliation']];
  return rpc.read(call, 'account.move.line.read', params, z.array(line));
}

function balanceOf(lines: readonly { debit: string; credit: string }[]): bigint {
  const fine = (amount: string) => rescale(parseDecimal(amount), 12);
  return lines.reduce((sum, { debit, credit }) => sum + fine(debit) - fine(credit), 0n);
}
