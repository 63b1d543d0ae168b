/** What Tryton lacks is named before anything is written; what people do there is seen and respected. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SupplierInvoiceDocument } from '../../core/posting.ts';
import {
  admin,
  bill,
  call,
  closeBooks,
  failureOf,
  open,
  openBooks,
  payment,
  write,
} from './test-books.ts';
import { day, decimal } from './values.ts';

beforeEach(openBooks);
afterEach(closeBooks);

describe('what Tryton does not have is named', () => {
  const cases: [
    what: string,
    code: string,
    subject: string | null,
    change: (of: SupplierInvoiceDocument) => SupplierInvoiceDocument,
  ][] = [
    ['an account', 'account-missing', '9999', (of) => withAccount(of, '9999')],
    ['a closed account', 'account-archived', '3699', (of) => withAccount(of, '3699')],
    ['an account that is no cost', 'account-invalid', '5820', (of) => withAccount(of, '5820')],
    [
      'a VAT code',
      'vat-code-invalid',
      'X25',
      (of) => ({ ...of, lines: of.lines.map((line) => ({ ...line, vatCode: 'X25' })) }),
    ],
    ['a currency', 'currency-unknown', 'ISK', (of) => ({ ...of, currency: 'ISK' })],
    ['a day', 'date-rejected', '2031-01-01', (of) => ({ ...of, issuedOn: '2031-01-01' })],
    ['a closed year', 'period-locked', '2023-06-01', (of) => ({ ...of, issuedOn: '2023-06-01' })],
    [
      'a department',
      'dimension-invalid',
      'NONE',
      (of) => ({ ...of, lines: of.lines.map((line) => ({ ...line, department: 'NONE' })) }),
    ],
  ];
  test.each(cases)('%s', async (_what, code, subject, change) => {
    const refused = await failureOf(write(open(), change(bill())));
    expect(refused).toMatchObject({ uncertain: false, details: { code, subject } });
    expect(await admin.search('account.invoice', [])).toEqual([]);
  });

  test('a supplier out of use', async () => {
    const supplier = { name: 'Ophørt', vatNumber: 'DK29189757' };
    const refused = await failureOf(open().ensureSupplier!(call(), supplier, 'vat:DK29189757'));
    expect(refused.details).toMatchObject({
      code: 'supplier-blocked',
      subject: 'Ophørt Leverandør ApS',
    });
  });

  test('the database', async () => {
    const refused = await failureOf(open({ database: 'another' }).check(call()));
    expect(refused.details.code).toBe('settings-wrong');
  });

  test('the password', async () => {
    const refused = await failureOf(open({ password: 'not this one' }).check(call()));
    expect(refused.details.code).toBe('signed-out');
  });

  test('a setting', async () => {
    const refused = await failureOf(open({ departmentRoot: 'NONE' }).check(call()));
    expect(refused.details.code).toBe('settings-wrong');
  });
});

describe('what people do in Tryton', () => {
  test('restored from a backup, it gives ids a second time: whose they are is told, and no other bill is paid', async () => {
    const session = open();
    const document = bill();
    const there = await write(session, document);
    openBooks();
    const another = bill({ number: 'F-1002' });
    expect((await write(session, another)).remoteId).toBe(there.remoteId);
    const has = await session.read(call(), there.remoteId, document);
    expect(has?.reference).toBe(another.reference);
    const refused = await failureOf(write(session, payment(document, there, 100)));
    expect(refused.details.code).toBe('invoice-missing');
    expect(await admin.search('account.move', [['journal.type', '=', 'cash']])).toEqual([]);
  });

  test('a supplier entered by hand is used, however the number is written', async () => {
    const [id] = await admin.call<number[]>('party.party.create', [
      { name: 'Indtastet i hånden', identifiers: [['create', [{ code: '88 14 63 28' }]]] },
    ]);
    const called = call();
    const supplier = { name: 'Et andet navn', vatNumber: 'DK88146328' };
    const session = open();
    expect(await session.ensureSupplier!(called, supplier, 'vat:DK88146328')).toBe(String(id));
    expect(called.intents).toEqual([]);
  });

  describe('a supplier that Spor remembers', () => {
    const supplierOf = (given: SupplierInvoiceDocument) =>
      open().ensureSupplier!(call(), given.supplier, given.supplierKey);
    const out = async (party: string, by: number | null) =>
      admin.call('party.party.write', [Number(party)], { active: false, replaced_by: by });
    const made = async (given: object) =>
      (await admin.call<number[]>('party.party.create', [given]))[0]!;
    const create = (document: SupplierInvoiceDocument, supplierRemoteId: string) =>
      open().create(call(), document, { idempotencyKey: document.reference, supplierRemoteId });
    const partyOf = async ({ remoteId }: { remoteId: string }) =>
      (
        await admin.read<{ party: number; invoice_address: number }>(
          'account.invoice',
          [['id', '=', Number(remoteId)]],
          ['party', 'invoice_address'],
        )
      )[0]!;

    test('and that was merged into another is that other one, with its address for invoices', async () => {
      const document = bill();
      const remembered = await supplierOf(document);
      const merged = await made({
        name: document.supplier.name,
        addresses: [['create', [{ city: 'Ribe' }, { city: 'Tønder', invoice: true }]]],
      });
      await out(remembered, merged);
      const { party, invoice_address } = await partyOf(await create(document, remembered));
      expect(party).toBe(merged);
      const [address] = await admin.read<{ city: string }>(
        'party.address',
        [['id', '=', invoice_address]],
        ['city'],
      );
      expect(address!.city).toBe('Tønder');
    });

    test('and that is out of use: another of that number is taken, or it is told', async () => {
      const document = bill();
      const remembered = await supplierOf(document);
      const draft = open({ takeTo: 'draft' });
      const options = { idempotencyKey: document.reference, supplierRemoteId: remembered };
      const there = await draft.create(call(), document, options);
      await out(remembered, null);
      const next = bill({ number: 'F-1002' });
      const refused = await failureOf(create(next, remembered));
      expect(refused.details).toMatchObject({
        code: 'supplier-blocked',
        subject: document.supplier.name,
      });
      const code = document.supplierKey.slice('vat:'.length);
      const other = await made({
        name: 'Den nye',
        identifiers: [['create', [{ code }]]],
        addresses: [['create', [{}]]],
      });
      expect((await partyOf(await create(next, remembered))).party).toBe(other);
      // The one that has an invoice keeps it.
      const edited = { ...document, note: 'Rettet' };
      const after = await draft.update(call(), there, edited, options);
      expect((await partyOf(after)).party).toBe(Number(remembered));
    });
  });

  test('a number with the wrong check digit is kept all the same, once', async () => {
    const session = open();
    const supplier = { name: 'Forkert Nummer ApS', vatNumber: 'DK12345678' };
    const id = await session.ensureSupplier!(call(), supplier, 'vat:DK12345678');
    expect(await session.ensureSupplier!(call(), supplier, 'vat:DK12345678')).toBe(id);
  });

  test('a credit note made there of our invoice is not taken for it', async () => {
    const session = open();
    const document = bill();
    const there = await write(session, document);
    const { comment } = (
      await admin.read<{ comment: string }>('account.invoice', [], ['comment'])
    )[0]!;
    const credit = await write(session, bill({ billKind: 'credit-note', number: 'K-1' }));
    await admin.call('account.invoice.cancel', [Number(credit.remoteId)]);
    const other = await write(
      open({ takeTo: 'draft' }),
      bill({ billKind: 'credit-note', number: 'K-2' }),
    );
    await admin.call('account.invoice.write', [Number(other.remoteId)], { comment });
    expect((await session.find(call(), document))?.remoteId).toBe(there.remoteId);
  });

  describe('an invoice of the supplier and the number that they entered', () => {
    const supplierOf = (given: SupplierInvoiceDocument) =>
      open().ensureSupplier!(call(), given.supplier, given.supplierKey);
    const entered = async (party: string, given: Record<string, unknown> = {}) => {
      const [address] = await admin.search('party.address', [['party', '=', Number(party)]]);
      const [account] = await admin.search('account.account', [['code', '=', '6800']]);
      const journals = await admin.search('account.journal', [['type', '=', 'expense']]);
      const [id] = await admin.call<number[]>('account.invoice.create', [
        {
          type: 'in',
          party: Number(party),
          invoice_address: address,
          account,
          journal: journals[0],
          currency: 1,
          reference: 'F-1001',
          invoice_date: day('2026-03-05'),
          ...given,
        },
      ]);
      return id!;
    };

    test('is told, and nothing is made, until theirs is gone', async () => {
      const document = bill();
      const theirs = await entered(await supplierOf(document));
      const refused = await failureOf(write(open(), document));
      expect(refused).toMatchObject({
        uncertain: false,
        details: { code: 'number-taken', subject: 'F-1001' },
      });
      expect(refused.details.originalMessage).toContain(`id ${theirs}`);
      expect(await admin.search('account.invoice', [])).toEqual([theirs]);
      await admin.call('account.invoice.delete', [theirs]);
      await write(open(), document);
    });

    test('is found by its number, for whoever asks that it be linked, and is as they left it', async () => {
      const document = bill();
      const party = await supplierOf(document);
      const byNumber = () => open().findByNumber!(call(), document, party);
      expect(await byNumber()).toBeNull();
      const theirs = await entered(party, { description: 'ved hånd' });
      await write(open(), bill({ number: 'F-1002' }));
      const found = await byNumber();
      expect(found?.remoteId).toBe(String(theirs));
      expect(found?.fields).toMatchObject({ number: 'F-1001', issuedOn: '2026-03-05' });
      expect(await open().read(call(), String(theirs), document)).toEqual(found);
      // What carries our mark is not linked to another bill.
      expect(await open().findByNumber!(call(), bill({ number: 'F-1002' }), party)).toBeNull();
      const second = await entered(party);
      expect(await failureOf(byNumber())).toMatchObject({
        details: { code: 'duplicate-in-target', subject: `${theirs}, ${second}` },
      });
    });

    test.each([
      ['F-1001 ', 'f - 1001', true],
      ['FÆ-1001', 'Fæ-1001', true],
      ['F-1001', 'F1001', false],
      ['F-1001', 'F-10010', false],
    ])('%s and %s are one number: %s', async (ours, theirs, isOne) => {
      const document = bill({ number: ours });
      await entered(await supplierOf(document), { reference: theirs });
      const failure = await write(open(), document).then(
        () => null,
        (error: unknown) => (error as { details: { code: string } }).details.code,
      );
      expect(failure).toBe(isOne ? 'number-taken' : null);
    });

    test('or when a bill’s number is corrected to it', async () => {
      const document = bill({ number: 'F-1100' });
      const there = await write(open({ takeTo: 'draft' }), document);
      await entered(await supplierOf(document));
      const changed = write(open({ takeTo: 'draft' }), { ...document, number: 'F-1001' }, there);
      expect((await failureOf(changed)).details.code).toBe('number-taken');
    });

    test('and is over when they have credited it; a credit note is none', async () => {
      const document = bill();
      const party = await supplierOf(document);
      const [account] = await admin.search('account.account', [['code', '=', '3600']]);
      const ofQuantity = (quantity: number) => ({
        lines: [
          [
            'create',
            [
              {
                type: 'line',
                account,
                currency: 1,
                quantity,
                description: 'Papir',
                unit_price: decimal('80.5'),
              },
            ],
          ],
        ],
      });
      await entered(party, ofQuantity(1));
      expect((await failureOf(write(open(), document))).details.code).toBe('number-taken');
      await entered(party, ofQuantity(-1));
      await entered(party, ofQuantity(-2));
      await write(open(), document);
      const credit = bill({ billKind: 'credit-note' });
      expect((await failureOf(write(open(), credit))).details.code).toBe('number-taken');
    });

    test.each([
      ['of another number', { reference: 'F-1002' }],
      ['of half a year before', { invoice_date: day('2025-09-05') }],
    ])('is none of its business when it is %s', async (_which, given) => {
      const document = bill();
      await entered(await supplierOf(document), given);
      await write(open(), document);
      expect(await admin.search('account.invoice', [])).toHaveLength(2);
    });
  });

  test('a line, a dimension and a file of theirs: the line is seen, the rest is left alone', async () => {
    const session = open({ takeTo: 'draft', projectRoot: undefined });
    const document = bill();
    const there = await write(session, document);
    const id = Number(there.remoteId);
    await admin.call('ir.attachment.create', [
      { resource: `account.invoice,${id}`, name: 'note.txt', type: 'data' },
    ]);
    expect((await session.read(call(), there.remoteId, document))?.fields).toEqual(there.fields);
    const [account] = await admin.search('account.account', [['code', '=', '3650']]);
    await admin.call('account.invoice.write', [id], {
      lines: [
        [
          'create',
          [
            {
              type: 'line',
              account,
              currency: 1,
              quantity: 1,
              description: 'Gebyr',
              unit_price: { __class__: 'Decimal', decimal: '10' },
            },
          ],
        ],
      ],
    });
    const seen = (await session.read(call(), there.remoteId, document))!;
    expect(seen.fields).toMatchObject({ total: '3289.31' });
    const after = await write(session, document, seen);
    expect(after.fields).toEqual(there.fields);
    expect(await admin.search('ir.attachment', [['name', '=', 'note.txt']])).toHaveLength(1);
  });
});

function withAccount(of: SupplierInvoiceDocument, account: string): SupplierInvoiceDocument {
  return { ...of, lines: of.lines.map((line) => ({ ...line, account })) };
}
