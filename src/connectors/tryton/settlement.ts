/**
 * Payments that are posted: counted against their invoice, reconciled once it is paid in full, and
 * undone again by Tryton's own reversal.
 */
import { z } from 'zod';
import { SyncFailure } from '../../core/failure.ts';
import type { SupplierPaymentDocument } from '../../core/posting.ts';
import type { Call } from '../../sdk/connector.ts';
import { answering } from './answering.ts';
import type { TrytonSettings } from './index.ts';
import type { Lookups } from './lookups.ts';
import {
  canReconcile,
  countsAsPaymentLine,
  leftMinor,
  takenBack,
  NOT_APPLIED,
  type OpenLines,
  openOf,
  type PayableInvoice,
  ratesHaveMoved,
  settledLines,
} from './payable-invoice.ts';
import { payableLine } from './payment-record.ts';
import type { KeptPayment, PaymentShelf } from './payment-shelf.ts';
import type { Progress } from './progress.ts';
import type { Rpc } from './rpc.ts';
import { day } from './values.ts';

/**
 * Tryton 7.0 asks before a move is cancelled that has an open invoice as its origin, since that would count the
 * invoice as paid (account_invoice/account.py, `CancelMoves`, 7.0.12, read 2026-11-30). Of the invoice's own
 * move it would; this is its payment, whose origin is how people find the invoice.
 */
const MEANT_FOR_INVOICES = /\.cancel_invoice_move$/;

export interface Settlement {
  finish(
    call: Call,
    progress: Progress,
    id: number,
    invoice: PayableInvoice,
    document: SupplierPaymentDocument,
  ): Promise<void>;
  undo(
    call: Call,
    progress: Progress,
    payment: Pick<KeptPayment, 'move' | 'reversal'>,
    invoice: PayableInvoice | null,
  ): Promise<void>;
}

export function createSettlement(
  rpc: Rpc,
  lookups: Lookups,
  shelf: PaymentShelf,
  settings: TrytonSettings,
): Settlement {
  const payments = (
    call: Call,
    invoice: PayableInvoice,
    command: 'add' | 'remove',
    lineId: number,
  ) =>
    rpc.write(
      call,
      'account.invoice.write',
      [[invoice.id], { payment_lines: [[command, [lineId]]] }],
      z.unknown(),
    );
  const post = (call: Call, id: number) =>
    rpc.write(call, 'account.move.post', [[id]], z.unknown());

  async function reconcile(
    call: Call,
    progress: Progress,
    { ids, balances }: OpenLines,
    { paidOn }: SupplierPaymentDocument,
  ): Promise<void> {
    const lines = { model: 'account.move.line', ids };
    const wizard = 'account.move.reconcile_lines';
    if (balances) {
      await progress.write(() => rpc.wizard(call, wizard, lines, 'start', {}));
      return;
    }
    // Paid in full in its own currency, but rates have moved meanwhile.
    const name = settings.exchangeWriteOff;
    // It is booked by now: whatever comes next looks for it first.
    if (name === undefined) return progress.look(() => Promise.reject(ratesHaveMoved()));
    const writeoff = await progress.look(() => lookups.writeOff(call, name));
    const form = { writeoff: { writeoff, date: day(paidOn) } };
    await progress.write(() => rpc.wizard(call, wizard, lines, 'reconcile', form));
  }

  return {
    /** Each step only where it is not done yet, so that half a payment is completed. */
    async finish(call, progress, id, invoice, document) {
      const look = () => progress.look(() => shelf.load(call, id, document));
      let there = await look();
      if (there?.move.state === 'draft') {
        await progress.write(() => post(call, id));
        there = await look();
      }
      if (!there) throw progress.gone();
      const line = payableLine(there.move);
      if (!line) throw new SyncFailure('deleted-in-target', { uncertain: true });
      if (there.posting.fields['state'] === NOT_APPLIED) {
        const over = await progress.look(() => takenBack(rpc, call, invoice));
        for (const one of over) await progress.write(() => payments(call, invoice, 'remove', one));
        const paymentLines = invoice.paymentLines.filter((one) => !over.includes(one));
        const now = { ...invoice, paymentLines };
        if (!(await progress.look(() => countsAsPaymentLine(rpc, call, now, line)))) {
          // Only what settles it is reconciled with a write-off.
          if (document.amountMinor !== leftMinor(invoice, document))
            return progress.look(() => Promise.reject(ratesHaveMoved()));
          const open = await progress.look(() => openOf(rpc, call, invoice));
          await reconcile(call, progress, { ids: [...open, line.id], balances: false }, document);
          return;
        }
        await progress.write(() => payments(call, invoice, 'add', line.id));
      }
      const open = await progress.look(() => settledLines(rpc, call, invoice.id));
      if (canReconcile(open, settings.exchangeWriteOff !== undefined))
        await reconcile(call, progress, open, document);
    },

    /** A reversal that was begun is completed, not made a second time. */
    async undo(call, progress, { move, reversal: begun }, invoice) {
      const line = payableLine(move);
      if (begun) {
        await progress.write(() => post(call, begun.id));
        if (line && invoice?.paymentLines.includes(line.id))
          await progress.write(() => payments(call, invoice, 'remove', line.id));
        return;
      }
      // What would be refused is better refused before the invoice is open again.
      await progress.look(() => lookups.period(call, move.date));
      if (line && line.reconciliation !== null) {
        const lines = { model: 'account.move.line', ids: [line.id] };
        await progress.write(() =>
          rpc.wizard(call, 'account.move.unreconcile_lines', lines, 'unreconcile', {}),
        );
      }
      if (line && invoice?.paymentLines.includes(line.id))
        await progress.write(() => payments(call, invoice, 'remove', line.id));
      // Without our mark: the reversal is not the payment.
      const description = `Reverses ${move.number}`;
      const form = await progress.look(() =>
        rpc.read(call, 'account.move.cancel.default.fields_get', [[]], z.looseObject({})),
      );
      // Since 7.0 the form asks how; debit and credit change places, as Tryton itself proposes (same source).
      const how = 'reversal' in form ? { description, reversal: true } : { description };
      const moves = { model: 'account.move', ids: [move.id] };
      const cancel = () =>
        rpc.wizard(call, 'account.move.cancel', moves, 'cancel', { default: how });
      await progress.write(() =>
        answering(rpc, call, cancel, (key) => MEANT_FOR_INVOICES.test(key)),
      );
      const [reversal] = await progress.look(() => shelf.reversalsOf(call, [move]));
      if (reversal?.state === 'draft') await progress.write(() => post(call, reversal.id));
    },
  };
}
