/**
 * A posting that Spor takes all the way is several requests. Whichever of them is lost, before Tryton
 * carried it out or after, the next attempt finds what is there and completes it: never twice, never half.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { diffFields } from '../../core/diff.ts';
import { SyncFailure } from '../../core/failure.ts';
import type { SupplierInvoiceDocument, SupplierPaymentDocument } from '../../core/posting.ts';
import type { ConnectorSession } from '../../sdk/connector.ts';
import { exampleInvoice } from '../../sdk/testing/example-documents.ts';
import {
  admin,
  balances,
  bill,
  call,
  closeBooks,
  invoice,
  open,
  openBooks,
  payment,
  server,
  TOTAL,
  write,
} from './test-books.ts';
import { palette } from './test-harness.ts';
import { type FaultyProxy, startFaultyProxy } from './test-proxy.ts';

let proxy: FaultyProxy;
beforeEach(async () => {
  openBooks();
  proxy = await startFaultyProxy(server.url);
});
afterEach(async () => {
  await closeBooks();
  await proxy.close();
});

const OPTIONS = { idempotencyKey: 'taken back', supplierRemoteId: null };
const LOSSES = ['drop-before-commit', 'drop-after-commit'] as const;

/** As the engine does: what is uncertain is looked for, then completed or made. */
async function finish(
  session: ConnectorSession,
  document: SupplierInvoiceDocument | SupplierPaymentDocument,
) {
  try {
    return await write(session, document);
  } catch (error) {
    expect(error).toBeInstanceOf(SyncFailure);
    expect((error as SyncFailure).uncertain).toBe(true);
    const found = await session.find(call(), document);
    const isInStep = found && diffFields(found.fields, session.fields(document)).length === 0;
    return isInStep ? found : write(session, document, found);
  }
}

describe.each(LOSSES)('a request that is lost (%s)', (loss) => {
  test.each([
    ['created', 0],
    ['given its file', 1],
    ['posted', 2],
  ])('while the invoice is %s', async (_step, skip) => {
    const session = open({ baseUrl: proxy.url });
    const { attachments } = exampleInvoice({ reference: 'x', palette, withAttachment: true });
    const document = bill({ attachments });
    await session.ensureSupplier!(call(), document.supplier, document.supplierKey);
    proxy.fault(loss, { on: 'write', skip });
    const there = await finish(session, document);
    expect(proxy.isSpent()).toBe(true);
    expect(there.fields).toEqual(session.fields(document));
    expect(await admin.search('account.invoice', [])).toEqual([Number(there.remoteId)]);
    expect(await admin.search('ir.attachment', [])).toHaveLength(1);
    expect(await balances('3600', '6800')).toEqual({ '3600': '2623.45', '6800': '-3279.31' });
  });

  test.each([
    ['created', 0],
    ['posted', 1],
    ['counted against the invoice', 2],
    ['reconciled with it', 3],
  ])('while the payment is %s', async (_step, skip) => {
    const session = open({ baseUrl: proxy.url });
    const document = bill();
    const there = await write(session, document);
    const paid = payment(document, there, TOTAL);
    proxy.fault(loss, { on: 'write', skip });
    const after = await finish(session, paid);
    expect(proxy.isSpent()).toBe(true);
    expect(after.fields).toEqual(session.fields(paid));
    expect(await invoice(there.remoteId)).toMatchObject({ state: 'paid' });
    expect(await balances('6800', '5820')).toEqual({ '6800': '0.00', '5820': '-3279.31' });
  });

  test.each([
    ['reversed', 2],
    ['posted as reversed', 3],
  ])('while a payment taken back is %s', async (_step, skip) => {
    const session = open({ baseUrl: proxy.url });
    const document = bill();
    const there = await write(session, document);
    const paid = payment(document, there, TOTAL);
    const booked = await write(session, paid);
    proxy.fault(loss, { on: 'write', skip });
    await expect(session.remove!(call(), booked, paid, OPTIONS)).rejects.toMatchObject({
      uncertain: true,
    });
    expect(proxy.isSpent()).toBe(true);
    const left = await session.find(call(), paid);
    if (left) await session.remove!(call(), left, paid, OPTIONS);
    expect(await session.find(call(), paid)).toBeNull();
    expect(await invoice(there.remoteId)).toMatchObject({ state: 'posted' });
    expect(await balances('6800', '5820')).toEqual({ '6800': '-3279.31', '5820': '0.00' });
    // The reversal counts only once it is posted too.
    expect(await admin.search('account.move', [['state', '=', 'draft']])).toEqual([]);
  });
});
