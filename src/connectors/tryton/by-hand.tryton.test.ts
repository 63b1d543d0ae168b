/** What a bookkeeper books, reverses, credits or cancels in Tryton beside Spor. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  admin,
  balances,
  bill,
  call,
  closeBooks,
  failureOf,
  open,
  openBooks,
  payment,
  server,
  TOTAL,
  write,
} from './test-books.ts';
import { closePeriods } from './test-client.ts';
import { day, decimal } from './values.ts';

const NO_OPTIONS = { idempotencyKey: '', supplierRemoteId: null };

beforeEach(openBooks);
afterEach(closeBooks);

async function books() {
  const [found] = await admin.read<{
    state: string;
    amount_to_pay: { decimal: string };
    payment_lines: number[];
  }>('account.invoice', [['type', '=', 'in']], ['state', 'amount_to_pay', 'payment_lines']);
  const { state, amount_to_pay: left, payment_lines: lines } = found!;
  return { state, left: Number(left.decimal), lines: lines.length };
}

/** One state of a wizard, as Tryton's client runs it; its warnings are answered. */
async function wizard(name: string, model: string, id: number, state: string, data: object) {
  const context = {
    ...server.admin.context,
    active_model: model,
    active_id: id,
    active_ids: [id],
  };
  const send = async (method: string, ...params: unknown[]) => {
    const answer = await fetch(`${server.url}/demo/`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: server.admin.authorization,
      },
      body: JSON.stringify({ id: 1, method, params: [...params, context] }),
    });
    return (await answer.json()) as { result?: unknown[]; error?: [string, string[]] };
  };
  const [user] = await admin.search('res.user', [['login', '=', 'admin']]);
  for (let asked = 0; asked < 5; asked += 1) {
    const { result } = await send(`wizard.${name}.create`);
    const { error } = await send(`wizard.${name}.execute`, result![0], data, state);
    if (!error) return;
    expect(error[0]).toBe('UserWarning');
    const answered = { user, name: error[1][0], always: true };
    await admin.call('res.user.warning.create', [answered]);
  }
}

/** A payment of the invoice, entered there and counted against it. */
async function paidByHand(invoiceId: number, amount: string): Promise<number> {
  const on = day('2026-03-10');
  const one = async (model: string, ...domain: unknown[]) => (await admin.search(model, domain))[0];
  const payable = await one('account.account', ['code', '=', '6800']);
  const bank = await one('account.account', ['code', '=', '5820']);
  const journal = await one('account.journal', ['type', '=', 'cash']);
  const period = await one('account.period', ['start_date', '<=', on], ['end_date', '>=', on]);
  const [{ party }] = (await admin.read<{ party: number }>(
    'account.invoice',
    [['id', '=', invoiceId]],
    ['party'],
  )) as [{ party: number }];
  const [debit, credit] = [decimal(amount), decimal('0')];
  const lines = [
    { account: payable, party, debit, credit },
    { account: bank, debit: credit, credit: debit },
  ];
  const origin = `account.invoice,${invoiceId}`;
  const move = { company: 1, journal, period, date: on, origin, lines: [['create', lines]] };
  const [id] = (await admin.call<number[]>('account.move.create', [move])) as [number];
  await admin.call('account.move.post', [id]);
  const line = await one('account.move.line', ['move', '=', id], ['account', '=', payable]);
  await admin.call('account.invoice.write', [invoiceId], { payment_lines: [['add', [line]]] });
  return id;
}

async function reversed(moveId: number): Promise<void> {
  const data = { default: { description: null } };
  await wizard('account.move.cancel', 'account.move', moveId, 'cancel', data);
  const drafts = await admin.search('account.move', [['origin', '=', `account.move,${moveId}`]]);
  await admin.call('account.move.post', drafts);
}

describe('a payment of theirs that they reversed, and that Tryton counts all the same', () => {
  test.each([undefined, 'Valutakursdifference'])(
    'does not keep a part from being paid, nor is the rest written off (%s)',
    async (exchangeWriteOff) => {
      const session = open({ exchangeWriteOff });
      const document = bill();
      const there = await write(session, document);
      await reversed(await paidByHand(Number(there.remoteId), '2000.00'));
      const paid = await write(session, payment(document, there, 200_000));
      expect(paid.fields['state']).toBe('posted');
      expect(await books()).toEqual({ state: 'posted', left: 1279.31, lines: 1 });
      expect(await balances('6800', '5820', '3690')).toEqual({
        '6800': '-1279.31',
        '5820': '-2000.00',
        '3690': '0.00',
      });
    },
  );
});

test('a payment of a closed period is not taken back: the invoice stays paid', async () => {
  const session = open();
  const document = bill();
  const there = await write(session, document);
  const all = payment(document, there, TOTAL);
  const paid = await write(session, all);
  await closePeriods(admin, '2026-03-31');
  const before = await books();
  expect(before).toMatchObject({ state: 'paid', left: 0 });
  for (const work of [
    () => session.remove!(call(), paid, all, NO_OPTIONS),
    () => write(session, { ...all, paidOn: '2026-04-02' }, paid),
  ]) {
    const refused = await failureOf(Promise.resolve(work()));
    expect(refused).toMatchObject({ uncertain: false, details: { code: 'period-locked' } });
    expect(await books()).toEqual(before);
  }
});

test('a payment of an invoice that was cancelled there is taken back', async () => {
  const session = open();
  const document = bill();
  const there = await write(session, document);
  const part = payment(document, there, 100_000);
  await write(session, part);
  await admin.call('account.invoice.cancel', [Number(there.remoteId)]);
  const seen = (await session.find(call(), part))!;
  await session.remove!(call(), seen, part, NO_OPTIONS);
  expect(await balances('6800', '5820')).toEqual({ '6800': '0.00', '5820': '0.00' });
});

test.each([true, false])(
  'the credit note Tryton makes of our invoice is not taken for it (refunded: %s)',
  async (withRefund) => {
    const session = open({ takeTo: 'draft' });
    const document = bill();
    const there = await write(session, document);
    const id = Number(there.remoteId);
    await admin.call('account.invoice.post', [id]);
    const data = {
      start: {
        with_refund: withRefund,
        with_refund_allowed: true,
        invoice_date: day('2026-03-20'),
      },
    };
    await wizard('account.invoice.credit', 'account.invoice', id, 'credit', data);
    expect(await admin.search('account.invoice', [['type', '=', 'in']])).toHaveLength(2);
    // Refunded, Tryton cancels it: it is gone.
    const found = await session.find(call(), document);
    expect(found?.remoteId).toBe(withRefund ? undefined : there.remoteId);
    expect(found?.fields['billKind']).toBe(withRefund ? undefined : 'invoice');
  },
);

test.each([
  ['be_vat', '0428759497', 'BE'],
  ['de_vat', '136695976', 'DE'],
  ['se_vat', '123456789701', 'SE'],
])('a supplier entered with a national number (%s) is used', async (type, code, country) => {
  const [party] = await admin.call<number[]>('party.party.create', [
    { name: 'Indtastet', identifiers: [['create', [{ type, code }]]] },
  ]);
  const vatNumber = `${country}${code}`;
  const supplier = { name: 'Et andet navn', vatNumber, country };
  const used = await open().ensureSupplier!(call(), supplier, `vat:${vatNumber}`);
  expect(used).toBe(String(party));
});

test('a fee added to a payment is no bank account: what left it is told', async () => {
  const session = open({ takeTo: 'draft' });
  const document = bill();
  const there = await write(session, document);
  const part = payment(document, there, 100_00);
  const paid = await write(session, part);
  const lines = await admin.read<{ id: number; debit: { decimal: string } }>(
    'account.move.line',
    [['move', '=', Number(paid.remoteId)]],
    ['debit'],
  );
  const bank = lines.find(({ debit }) => Number(debit.decimal) === 0)!;
  const [fee] = await admin.search('account.account', [['code', '=', '3600']]);
  const money = (debit: string, credit: string) => ({
    debit: decimal(debit),
    credit: decimal(credit),
  });
  // Before the others in the move, as Tryton gives them.
  await admin.call('account.move.write', [Number(paid.remoteId)], {
    lines: [
      ['write', [bank.id], money('0', '105')],
      ['create', [{ account: fee, ...money('5', '0') }]],
    ],
  });
  const now = await session.read(call(), paid.remoteId, part);
  expect(now?.fields).toEqual({ ...paid.fields, amount: '105.00' });
});

test('at the same rate a payment settles its invoice to the øre', async () => {
  const [eur] = await admin.search('currency.currency', [['code', '=', 'EUR']]);
  const [dkk] = await admin.search('currency.currency', [['code', '=', 'DKK']]);
  const date = day('2026-02-01');
  await admin.call('currency.currency.rate.create', [
    { currency: eur, date, rate: decimal('1') },
    { currency: dkk, date, rate: decimal('7.46') },
  ]);
  const session = open();
  const of = bill();
  const line = { ...of.lines[0]!, netMinor: 10_025, vatMinor: 0, vatCode: null };
  const lines = [{ ...line, vatCategory: 'Z' as const, vatPercent: '0' }];
  const document = { ...of, currency: 'EUR', lines, totalMinor: 10_025 };
  const there = await write(session, document);
  await write(session, payment(document, there, 10_025));
  expect(await books()).toMatchObject({ state: 'paid', left: 0 });
});
