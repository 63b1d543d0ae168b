/**
 * Supplier payments in Tryton: a move that debits the supplier and credits the account it was paid
 * from, with the invoice as its origin.
 *
 * As a draft it is the bookkeeper's to post and reconcile, like the invoice. Taken to `posted`, it is
 * posted, counts against the invoice, and once the invoice is paid in full the lines are reconciled and
 * Tryton calls the invoice paid. Must stay true: the move with our mark is one request; what is posted
 * is never changed but reversed, and made anew; no more is applied to an invoice than is left of it.
 */
import { z } from 'zod';
import { diffFields } from '../../core/diff.ts';
import { SyncFailure } from '../../core/failure.ts';
import { toMinor } from '../../core/money.ts';
import type { SupplierPaymentDocument } from '../../core/posting.ts';
import type { Call, ConnectionContext, RemotePosting } from '../../sdk/connector.ts';
import type { TrytonSettings } from './index.ts';
import type { Lookups } from './lookups.ts';
import {
  invoiceToPay,
  NOT_RECONCILED,
  type PayableInvoice,
  refuseMoreThanIsLeft,
} from './payable-invoice.ts';
import { fieldsOfPayment, type MoveRecord, moveTimestamps } from './payment-record.ts';
import { createPaymentShelf } from './payment-shelf.ts';
import { moveValues, NEW, type Place } from './payment-values.ts';
import { type Progress, startProgress } from './progress.ts';
import type { Rpc } from './rpc.ts';
import { createSettlement } from './settlement.ts';

export function createPayments(
  rpc: Rpc,
  lookups: Lookups,
  { settings }: ConnectionContext<TrytonSettings>,
) {
  const shelf = createPaymentShelf(rpc, settings);
  const settlement = createSettlement(rpc, lookups, shelf, settings);
  const isPosting = settings.takeTo === 'posted';
  const values = (
    call: Call,
    document: SupplierPaymentDocument,
    invoice: PayableInvoice,
    place: Place,
  ) => moveValues({ rpc, lookups, settings }, call, document, invoice, place);

  async function made(
    call: Call,
    progress: Progress,
    document: SupplierPaymentDocument,
    invoice: PayableInvoice,
  ): Promise<RemotePosting> {
    const record = await progress.look(() => values(call, document, invoice, NEW));
    const id = await progress.make(() =>
      rpc.write(call, 'account.move.create', [[record]], z.array(z.int()).min(1)),
    );
    return finished(call, progress, id, document, invoice);
  }

  async function finished(
    call: Call,
    progress: Progress,
    id: number,
    document: SupplierPaymentDocument,
    invoice: PayableInvoice,
  ): Promise<RemotePosting> {
    if (isPosting) await settlement.finish(call, progress, id, invoice, document);
    const there = await progress.look(() => shelf.load(call, id, document));
    if (!there) throw progress.gone();
    return there.posting;
  }

  return {
    fields: (document: SupplierPaymentDocument) => fieldsOfPayment(document, settings),

    find: async (call: Call, document: SupplierPaymentDocument) =>
      (await shelf.find(call, document))?.posting ?? null,

    findMany: shelf.findMany,

    read: async (call: Call, remoteId: string, document: SupplierPaymentDocument) =>
      (await shelf.load(call, Number(remoteId), document))?.posting ?? null,

    async create(call: Call, document: SupplierPaymentDocument): Promise<RemotePosting> {
      const invoice = await invoiceToPay(rpc, call, document);
      if (isPosting) refuseMoreThanIsLeft(invoice, document, 0);
      const progress = startProgress((id) => shelf.load(call, id, document));
      return made(call, progress, document, invoice);
    },

    async update(
      call: Call,
      seen: RemotePosting,
      document: SupplierPaymentDocument,
    ): Promise<RemotePosting> {
      const id = Number(seen.remoteId);
      const progress = startProgress(() => shelf.load(call, id, document), id);
      const there = await shelf.load(call, id, document);
      if (!there) throw new SyncFailure('deleted-in-target');
      const { move, posting, reversal } = there;
      const differing = diffFields(posting.fields, fieldsOfPayment(document, settings)).find(
        ({ field }) => field !== 'state',
      );
      const isPosted = move.state === 'posted';
      if (differing && isPosted && !isPosting) throw locked(move, differing.field);
      if (posting.version !== seen.version) throw new SyncFailure('version-stale');
      const invoice = await invoiceToPay(rpc, call, document);
      if (isPosting) refuseMoreThanIsLeft(invoice, document, countsNow(posting, document));
      if (!differing && !reversal) return finished(call, progress, move.id, document, invoice);
      // What would be refused is better refused before the old one is undone.
      const record = await values(call, document, invoice, {
        there: isPosted ? null : move,
        replaced: move,
        freedMinor: countsNow(posting, document),
      });
      if (isPosted) {
        await settlement.undo(call, progress, there, invoice);
        return made(
          call,
          progress,
          document,
          await progress.look(() => invoiceToPay(rpc, call, document)),
        );
      }
      const guard = { _timestamp: moveTimestamps(move) };
      await progress.write(() =>
        rpc.write(call, 'account.move.write', [[move.id], record], z.unknown(), guard),
      );
      return finished(call, progress, move.id, document, invoice);
    },

    async remove(
      call: Call,
      seen: RemotePosting,
      document: SupplierPaymentDocument,
    ): Promise<void> {
      const id = Number(seen.remoteId);
      const progress = startProgress(() => shelf.load(call, id, document), id);
      const now = await shelf.load(call, id, document);
      // Gone already: that is what was wanted.
      if (!now) return;
      const { move } = now;
      if (move.state === 'posted' && !isPosting) throw locked(move, 'state');
      if (now.posting.version !== seen.version) throw new SyncFailure('version-stale');
      if (move.state === 'posted') {
        const invoice = await invoiceToPay(rpc, call, document).catch(noneToPay);
        await settlement.undo(call, progress, now, invoice);
        return;
      }
      const guard = { _timestamp: moveTimestamps(move) };
      await progress.write(() =>
        rpc.write(call, 'account.move.delete', [[move.id]], z.unknown(), guard),
      );
    },
  };
}

/** The invoice is cancelled, and Tryton has taken the payment off it. */
function noneToPay(error: unknown): null {
  if (error instanceof SyncFailure && error.details.code === 'invoice-missing') return null;
  throw error;
}

/** What the payment takes of the invoice as it is: free again when it is made anew. */
function countsNow(posting: RemotePosting, document: SupplierPaymentDocument): number {
  const { state, amount, currency } = posting.fields;
  const counts = state === 'posted' || state === NOT_RECONCILED;
  if (!counts || currency !== document.currency || amount === undefined) return 0;
  return Math.abs(toMinor(amount, currency));
}

function locked({ number }: MoveRecord, differing: string): SyncFailure {
  return new SyncFailure('posting-locked', {
    subject: number,
    originalMessage: `The move ${number} is posted in Tryton (${differing} would change).`,
  });
}
