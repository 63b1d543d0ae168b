/**
 * What becomes of bills and payments in Tryton's books, looked at as a bookkeeper would: through Tryton's
 * own records and balances, not through the connector.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { dearer, exampleInvoice } from '../../sdk/testing/example-documents.ts';
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
  TOTAL,
  write,
} from './test-books.ts';
import { closePeriods } from './test-client.ts';
import { palette } from './test-harness.ts';
import { day } from './values.ts';

beforeEach(openBooks);
afterEach(closeBooks);

test('a bill is a draft, is corrected, posted, paid and reconciled, and the books agree', async () => {
  const document = bill();
  expect(document.totalMinor).toBe(TOTAL);
  const drafting = open({ takeTo: 'draft' });
  const draft = await write(drafting, document);
  expect(await invoice(draft.remoteId)).toMatchObject({ state: 'draft', reference: 'F-1001' });
  expect(await balances('3600', '6903', '6800')).toEqual({
    '3600': '0.00',
    '6903': '0.00',
    '6800': '0.00',
  });

  const corrected = dearer(document);
  await write(drafting, corrected, draft);
  await admin.call('account.invoice.post', [Number(draft.remoteId)]);
  expect(await balances('3600', '6903', '6800')).toEqual({
    '3600': '2723.45',
    '6903': '680.86',
    '6800': '-3404.31',
  });

  const posting = open();
  const posted = (await posting.find(call(), corrected))!;
  expect(posted.fields).toEqual(posting.fields(corrected));
  await write(posting, payment(corrected, posted, 100_000));
  expect(await invoice(draft.remoteId)).toMatchObject({ state: 'posted' });
  const rest = await write(posting, payment(corrected, posted, 240_431));
  expect(rest.fields['state']).toBe('posted');
  expect(await invoice(draft.remoteId)).toMatchObject({ state: 'paid' });
  expect(await balances('3600', '6903', '6800', '5820')).toEqual({
    '3600': '2723.45',
    '6903': '680.86',
    '6800': '0.00',
    '5820': '-3404.31',
  });
  const open_ = await admin.search('account.move.line', [
    ['account.code', '=', '6800'],
    ['reconciliation', '=', null],
  ]);
  expect(open_).toEqual([]);
});

describe('what is posted', () => {
  test('takes no other amount, and says that it is locked', async () => {
    const session = open();
    const document = bill();
    const there = await write(session, document);
    expect(await invoice(there.remoteId)).toMatchObject({ state: 'posted', number: '2026/00001' });
    const refused = await failureOf(write(session, dearer(document), there));
    expect(refused).toMatchObject({
      uncertain: false,
      details: { code: 'posting-locked', subject: '2026/00001' },
    });
    expect(await balances('6800')).toEqual({ '6800': '-3279.31' });
  });

  test('takes another file', async () => {
    const session = open();
    const document = bill();
    const there = await write(session, document);
    const { attachments } = exampleInvoice({ reference: 'x', palette, withAttachment: true });
    const after = await write(session, { ...document, attachments }, there);
    expect(after.fields['attachments.a1']).toBe('Faktura 1001 – nordlys.pdf');
  });

  test('is cancelled by a reversal, and then counts as gone', async () => {
    const session = open();
    const document = bill();
    const there = await write(session, document);
    await session.remove!(call(), there, document, { idempotencyKey: 'x', supplierRemoteId: null });
    expect(await invoice(there.remoteId)).toMatchObject({ state: 'cancelled' });
    expect(await balances('3600', '6903', '6800')).toEqual({
      '3600': '0.00',
      '6903': '0.00',
      '6800': '0.00',
    });
    expect(await session.read(call(), there.remoteId, document)).toBeNull();
    expect(await session.find(call(), document)).toBeNull();
  });

  test('is made again under its number after it was cancelled, and posted', async () => {
    const session = open();
    const document = bill();
    const there = await write(session, document);
    await session.remove!(call(), there, document, { idempotencyKey: 'x', supplierRemoteId: null });
    const again = await write(session, document);
    expect(again.remoteId).not.toBe(there.remoteId);
    expect(await invoice(again.remoteId)).toMatchObject({ state: 'posted', reference: 'F-1001' });
  });

  test('is not posted into a closed period, and nothing is left behind', async () => {
    await closePeriods(admin, '2026-03-31');
    const refused = await failureOf(write(open(), bill()));
    expect(refused).toMatchObject({
      uncertain: false,
      details: { code: 'period-locked', subject: '2026-03-02' },
    });
    expect(await admin.search('account.invoice', [])).toEqual([]);
  });

  test('was validated first where the settings say so, and may still be changed', async () => {
    const session = open({ takeTo: 'validated' });
    const document = bill();
    const there = await write(session, document);
    expect(await invoice(there.remoteId)).toMatchObject({ state: 'validated' });
    const after = await write(session, dearer(document), there);
    expect(after.fields).toEqual(session.fields(dearer(document)));
    expect(await invoice(there.remoteId)).toMatchObject({
      state: 'validated',
      number: '2026/00001',
    });
  });
});

test('a paid invoice is not taken back: first its payment is', async () => {
  const session = open();
  const document = bill();
  const there = await write(session, document);
  await write(session, payment(document, there, TOTAL));
  const asked = { idempotencyKey: 'x', supplierRemoteId: null };
  const now = (await session.read(call(), there.remoteId, document))!;
  const refused = await failureOf(session.remove!(call(), now, document, asked));
  expect(refused).toMatchObject({ uncertain: false, details: { code: 'posting-locked' } });
  expect(await invoice(there.remoteId)).toMatchObject({ state: 'paid' });
});

describe('VAT', () => {
  test('is the øre the supplier wrote, also when Tryton computes another', async () => {
    const document = bill();
    const [first, ...others] = document.lines;
    const lines = [{ ...first!, vatMinor: first!.vatMinor + 1 }, ...others];
    const there = await write(open(), { ...document, lines, totalMinor: TOTAL + 1 });
    expect(there.fields).toMatchObject({ vat: '655.87', total: '3279.32' });
    expect(await balances('6903', '6800')).toEqual({ '6903': '655.87', '6800': '-3279.32' });
  });

  test('of services from abroad is owed and deducted at once, and nothing is added to the bill', async () => {
    const document = bill();
    const lines = document.lines.map((line) => ({
      ...line,
      vatMinor: 0,
      vatCategory: 'AE' as const,
      vatPercent: '0',
      vatCode: 'IEUY',
    }));
    await write(open(), { ...document, lines, totalMinor: 262_345 });
    expect(await balances('6902', '6903', '6800')).toEqual({
      '6902': '-655.86',
      '6903': '655.86',
      '6800': '-2623.45',
    });
  });

  test('without a code for it is refused before anything is written', async () => {
    const document = bill();
    const lines = document.lines.map((line) => ({ ...line, vatCode: null }));
    const refused = await failureOf(write(open(), { ...document, lines }));
    expect(refused.details).toMatchObject({ code: 'vat-code-invalid', subject: 'S25' });
  });
});

describe('a payment', () => {
  test('of a credit note comes back into the bank', async () => {
    const session = open();
    const document = bill({ billKind: 'credit-note' });
    const there = await write(session, document);
    expect(await balances('3600', '6800')).toEqual({ '3600': '-2623.45', '6800': '3279.31' });
    await write(session, payment(document, there, TOTAL));
    expect(await invoice(there.remoteId)).toMatchObject({ state: 'paid' });
    expect(await balances('6800', '5820')).toEqual({ '6800': '0.00', '5820': '3279.31' });
  });

  test('that is corrected is reversed and made anew, and the invoice is open for the rest', async () => {
    const session = open();
    const document = bill();
    const there = await write(session, document);
    const whole = payment(document, there, TOTAL);
    const paid = await write(session, whole);
    const part = { ...whole, amountMinor: 100_000, paidOn: '2026-03-20' };
    const after = await write(session, part, paid);
    expect(after.fields).toEqual(session.fields(part));
    expect(after.remoteId).not.toBe(paid.remoteId);
    expect(await session.read(call(), paid.remoteId, whole)).toBeNull();
    expect((await session.find(call(), part))?.remoteId).toBe(after.remoteId);
    expect(await invoice(there.remoteId)).toMatchObject({ state: 'posted' });
    expect(await balances('6800', '5820')).toEqual({ '6800': '-2279.31', '5820': '-1000.00' });
  });

  test('that was taken back leaves the invoice to be paid', async () => {
    const session = open();
    const document = bill();
    const there = await write(session, document);
    const whole = payment(document, there, TOTAL);
    const paid = await write(session, whole);
    await session.remove!(call(), paid, whole, { idempotencyKey: 'x', supplierRemoteId: null });
    expect(await session.find(call(), whole)).toBeNull();
    expect(await invoice(there.remoteId)).toMatchObject({ state: 'posted' });
    expect(await balances('6800', '5820')).toEqual({ '6800': '-3279.31', '5820': '0.00' });
  });

  test('of more than is left is refused, and nothing is paid', async () => {
    const session = open();
    const document = bill();
    const there = await write(session, document);
    await write(session, payment(document, there, 200_000));
    const refused = await failureOf(write(session, payment(document, there, 200_000)));
    expect(refused).toMatchObject({ uncertain: false, details: { code: 'amount-rejected' } });
    expect(await balances('5820')).toEqual({ '5820': '-2000.00' });
  });

  describe('of a bill in euro is booked in kroner at the rate of its day, and the difference written off', () => {
    const rateIs = async (rate: string) => {
      const [currency] = await admin.search('currency.currency', [['code', '=', 'EUR']]);
      await admin.call('currency.currency.rate.create', [
        { currency, date: day('2026-03-10'), rate: { __class__: 'Decimal', decimal: rate } },
      ]);
    };

    test.each([
      ['has become cheaper', '0.135', { '6800': '0.00', '5820': '-24291.19', '3690': '-181.28' }],
      // More kroner than were owed, which Tryton takes for no payment line.
      ['has become dearer', '0.133', { '6800': '0.00', '5820': '-24656.47', '3690': '184.00' }],
    ])('when the euro %s', async (_what, rate, expected) => {
      const session = open({ exchangeWriteOff: 'Valutakursdifference' });
      const document = bill({ currency: 'EUR' });
      const there = await write(session, document);
      await rateIs(rate);
      const first = payment(document, there, 100_000);
      await write(session, first);
      const rest = payment(document, there, TOTAL - 100_000);
      const after = await write(session, rest);
      expect(after.fields).toEqual(session.fields(rest));
      expect(await invoice(there.remoteId)).toMatchObject({ state: 'paid' });
      expect(await balances('6800', '5820', '3690')).toEqual(expected);
    });

    test('and without a write-off it is refused before anything is booked', async () => {
      const session = open();
      const document = bill({ currency: 'EUR' });
      const there = await write(session, document);
      await rateIs('0.133');
      const refused = await failureOf(write(session, payment(document, there, TOTAL)));
      expect(refused).toMatchObject({ uncertain: false, details: { code: 'amount-rejected' } });
      expect(await balances('5820')).toEqual({ '5820': '0.00' });
    });
  });

  test('waits for its invoice to be posted', async () => {
    const document = bill();
    const draft = await write(open({ takeTo: 'draft' }), document);
    const refused = await failureOf(write(open(), payment(document, draft, TOTAL)));
    expect(refused.details).toMatchObject({ code: 'invoice-missing', subject: 'F-1001' });
  });
});
