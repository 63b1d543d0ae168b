/** What reconciliation is told of Tryton's books, however many records there are and whatever people did to them. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ListedRecord } from '../../sdk/connector.ts';
import { dearer } from '../../sdk/testing/example-documents.ts';
import { admin, bill, call, closeBooks, open, openBooks, payment, write } from './test-books.ts';
import { day } from './values.ts';

beforeEach(openBooks);
afterEach(closeBooks);

async function listed(session: ReturnType<typeof open>, from: string, to = from) {
  const pages: (readonly ListedRecord[])[] = [];
  let after: string | null = null;
  do {
    const page = await session.list!(call(), { from, to }, after);
    pages.push(page.items);
    after = page.next;
  } while (after !== null);
  return pages;
}

test('more than a page of invoices is listed page by page, each once; others than ours are not', async () => {
  const session = open({ takeTo: 'draft' });
  const document = bill();
  const { remoteId } = await write(session, document);
  const ids = [Number(remoteId)];
  while (ids.length < 128) ids.push(...(await admin.call<number[]>('account.invoice.copy', ids)));
  await admin.call('account.invoice.write', ids, { invoice_date: day(document.issuedOn) });
  // One of a person's own, that tells of ours.
  await admin.call('account.invoice.write', ids.slice(-1), {
    comment: `Se Spor ${crypto.randomUUID()}, den er betalt`,
  });
  const pages = await listed(session, document.issuedOn);
  expect(pages.map((page) => page.length)).toEqual([100, 27, 0]);
  expect(pages.flat().map((one) => Number(one.remoteId))).toEqual(ids.slice(0, -1));
  expect(new Set(pages.flat().map(({ reference }) => reference))).toEqual(
    new Set([document.reference]),
  );
});

test('a copy that nobody gave a date counts by the day it was made', async () => {
  const session = open({ takeTo: 'draft' });
  const { remoteId } = await write(session, bill());
  const [copy] = await admin.call<number[]>('account.invoice.copy', [Number(remoteId)]);
  const today = new Date().toISOString().slice(0, 10);
  const found = (await listed(session, today)).flat();
  expect(found).toMatchObject([{ remoteId: String(copy), on: today }]);
});

test('a payment that was reversed is not listed, and neither is its reversal', async () => {
  const session = open();
  const document = dearer(bill());
  const there = await write(session, document);
  const paid = payment(document, there, 100_000);
  const first = await write(session, paid);
  const changed = { ...paid, amountMinor: 90_000 };
  const second = await write(session, changed, first);
  expect(second.remoteId).not.toBe(first.remoteId);
  const found = (await listed(session, '2026-01-01', '2026-12-31')).flat();
  expect(found.filter(({ reference }) => reference === paid.reference)).toMatchObject([
    { remoteId: second.remoteId, kind: 'supplier-payment', amountMinor: 90_000 },
  ]);
});
