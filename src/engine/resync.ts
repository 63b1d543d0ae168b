/**
 * *Synkroniser igen*: a person asks for an attempt, now and first. The wish and the line in the
 * activity log are one transaction; the lane makes the attempt with the bill as it is then.
 */
import { type Bill, hasPayment } from '../core/bill.ts';
import type { PostingKind } from '../core/posting.ts';
import { insertActivity } from '../store/activity.ts';
import { lockBill } from '../store/bills.ts';
import { lockConnections } from '../store/connections.ts';
import { tryNow } from '../store/lanes.ts';
import { lockPostings, type Wish } from '../store/postings.ts';
import { type Asking, askAgain, planBill } from './plan.ts';
import type { Recording } from './record-change.ts';
import { wish } from './wish.ts';

export interface ResyncRequest {
  readonly companyId: string;
  readonly billId: string;
  /** Null: every connection. */
  readonly connectionId: string | null;
  /** Null: invoice and payments, as far as there are any. */
  readonly posting: PostingKind | null;
  /** Null: every payment. */
  readonly paymentId: string | null;
  readonly trigger: 'manual' | 'bulk';
}

export type ResyncRefusal =
  | { readonly code: 'not-found' }
  | { readonly code: 'payment-not-offered' }
  | { readonly code: 'bill-is-duplicate' }
  | { readonly code: 'bill-cancelled' }
  | { readonly code: 'connection-off' }
  | { readonly code: 'posting-off'; readonly reason: string };

export type ResyncResult =
  | { readonly ok: true; readonly postingIds: readonly string[] }
  | { readonly ok: false; readonly refusal: ResyncRefusal };

export async function resync(recording: Recording, request: ResyncRequest): Promise<ResyncResult> {
  const { db, clock, ids, actor } = recording;
  const { companyId, billId } = request;
  const connections = (await lockConnections(db, companyId)).filter(
    ({ id }) => request.connectionId === null || request.connectionId === id,
  );
  const bill = await lockBill(db, companyId, billId);
  if (!bill || connections.length === 0) return refuse({ code: 'not-found' });
  if (bill.duplicateOf !== null) return refuse({ code: 'bill-is-duplicate' });
  if (request.posting === 'supplier-payment' && !isPaymentOffered(bill, request.paymentId)) {
    return refuse({ code: 'payment-not-offered' });
  }
  const enabled = connections.filter((connection) => connection.enabled);
  if (enabled.length === 0) return refuse({ code: 'connection-off' });
  const existing = await lockPostings(db, companyId, billId);
  const now = clock.now();
  const wishes: Wish[] = [];
  const asked: Wish[] = [];
  let refusal: ResyncRefusal = { code: 'not-found' };
  for (const connection of enabled) {
    const requestId = ids.next();
    const asking: Asking = { trigger: request.trigger, changes: [], actor, requestId, now };
    const planned = planBill(bill, connection, existing, { ...asking, requestId: null }, () =>
      ids.next(),
    );
    const all: Wish[] = [
      ...planned,
      ...existing.filter(
        ({ id, connectionId }) =>
          connectionId === connection.id && !planned.some((p) => p.id === id),
      ),
    ];
    const chosen = all.filter(
      ({ kind, paymentId }) =>
        (request.posting === null || kind === request.posting) &&
        (request.paymentId === null || paymentId === request.paymentId),
    );
    const wanted = chosen.filter(
      ({ off, wanted: presence }) => off === null || presence === 'absent',
    );
    if (wanted.length === 0) {
      const [first] = chosen;
      if (first?.off?.code === 'cancelled') refusal = { code: 'bill-cancelled' };
      else if (first?.off)
        refusal = {
          code: 'posting-off',
          reason: 'reason' in first.off ? first.off.reason : first.off.code,
        };
      continue;
    }
    // A payment can't go before its invoice: what holds it back is asked for as well.
    const held = wanted.some(({ kind }) => kind === 'supplier-payment');
    const invoice = all.find(({ kind, off }) => kind === 'supplier-invoice' && off === null);
    const invoiceKnown = existing.some(
      ({ id, remoteId }) => id === invoice?.id && remoteId !== null,
    );
    const alsoInvoice =
      held && invoice && !invoiceKnown && !wanted.includes(invoice) ? [invoice] : [];
    const now_ = [...wanted, ...alsoInvoice].map((posting) =>
      askAgain(posting, connection.rules, asking),
    );
    wishes.push(...planned.filter(({ id }) => !now_.some((other) => other.id === id)), ...now_);
    asked.push(...now_.slice(0, wanted.length));
    await insertActivity(db, [
      {
        id: requestId,
        companyId,
        billId,
        at: now,
        actor,
        kind: 'sync-requested',
        subject: null,
        before: null,
        after: null,
        connectionId: connection.id,
        postingKind: request.posting,
      },
    ]);
    await tryNow(db, { companyId, connectionId: connection.id }, now);
  }
  if (asked.length === 0) return refuse(refusal);
  await wish(db, wishes);
  return { ok: true, postingIds: asked.map(({ id }) => id) };
}

function isPaymentOffered(bill: Bill, paymentId: string | null): boolean {
  return paymentId === null ? hasPayment(bill) : bill.payments.some(({ id }) => id === paymentId);
}

function refuse(refusal: ResyncRefusal): ResyncResult {
  return { ok: false, refusal };
}
