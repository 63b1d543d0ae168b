/**
 * A posting that Spor takes all the way is several requests. Whichever of them is lost, before Tryton
 * carried it out or after, the next attempt finds what is there and completes it: never twice, never half.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { diffFields } from '../../core/diff.ts';
import { SyncFailure } from '../../core/failure.ts';
import type { SupplierInvoiceDocument, SupplierPaymentDocument } from '../../core/posting.ts';
import type { Call, ConnectorSession } from '../../sdk/connector.ts';
import { exampleInvoice } from '../../sdk/testing/example-documents.ts';
import {
  admin,
  balances,
  bill,
  call,
  closeBooks,
  failureOf,
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

const supplierOf = (
  session: ConnectorSession,
  { supplier, supplierKey }: SupplierInvoiceDocument,
) => session.ensureSupplier!(call(), supplier, supplierKey);

/** A call whose nth write meets somebody who is quicker. */
function meets(nth: number, act: () => Promise<unknown>): Call {
  const recording = call();
  let writes = 0;
  return {
    ...recording,
    async write(intent) {
      await recording.write(intent);
      writes += 1;
      if (writes === nth) await act();
    },
  };
}

// It used to be taken for half done, and was made again by the next attempt, which found nothing.
describe.each(['draft', 'posted'] as const)('taken to %s', (takeTo) => {
  test('An invoice that is deleted before its file comes is gone, and which it was is told', async () => {
    const session = open({ takeTo });
    const { attachments } = exampleInvoice({ reference: 'x', palette, withAttachment: true });
    const document = bill({ attachments });
    const supplierRemoteId = await supplierOf(session, document);
    let ids: number[] = [];
    const deleting = meets(2, async () => {
      ids = await admin.search('account.invoice', []);
      await admin.call('account.invoice.delete', ids);
    });
    const options = { ...OPTIONS, supplierRemoteId };
    const failure = await failureOf(session.create(deleting, document, options));
    expect(ids).toHaveLength(1);
    expect(failure).toMatchObject({
      details: { code: 'deleted-in-target' },
      uncertain: false,
      remoteId: String(ids[0]),
    });
  });
});

test('A payment that is deleted before it is posted is gone, and which it was is told', async () => {
  const session = open();
  const document = bill();
  const paid = payment(document, await write(session, document), TOTAL);
  let ids: number[] = [];
  const deleting = meets(2, async () => {
    ids = await admin.search('account.move', [['state', '=', 'draft']]);
    await admin.call('account.move.delete', ids);
  });
  const failure = await failureOf(session.create(deleting, paid, OPTIONS));
  expect(ids).toHaveLength(1);
  expect(failure).toMatchObject({
    details: { code: 'deleted-in-target' },
    uncertain: false,
    remoteId: String(ids[0]),
  });
});

// Tryton says of it that it may not be touched, which would stop the whole connection.
test.each([
  ['updated', 'draft'],
  ['updated', 'posted'],
  ['removed', 'draft'],
] as const)(
  'A record that is deleted as it is %s (%s) is gone, not forbidden',
  async (how, takeTo) => {
    // Made as a draft: what is posted nobody can delete.
    const document = bill();
    const there = await write(open({ takeTo: 'draft' }), document);
    const session = open({ takeTo });
    const deleting = meets(1, () => admin.call('account.invoice.delete', [Number(there.remoteId)]));
    const seen = (await session.find(call(), document))!;
    const options = { ...OPTIONS, supplierRemoteId: await supplierOf(session, document) };
    const working =
      how === 'removed'
        ? session.remove!(deleting, seen, document, options)
        : session.update(deleting, seen, { ...document, note: 'ny' }, options);
    const { details } = await failureOf(working);
    expect(details.code).toBe('deleted-in-target');
  },
);
