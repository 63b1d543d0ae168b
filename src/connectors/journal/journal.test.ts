import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { createRecordingCall } from '../../sdk/testing/recording-call.ts';
import { journal } from './index.ts';
import {
  attachment,
  failureOf,
  hledger,
  hledgerBalances,
  invoice,
  options,
  payment,
  testJournal,
} from './test-journal.ts';

/** Real disks and real programs, on a machine that may be busy. */
vi.setConfig({ testTimeout: 60_000 });

const MONTH = 'spor/2026-11.journal';

describe('a supplier invoice in the journal', () => {
  it('books cost and input VAT against what is owed, and is found by our reference', async () => {
    using there = testJournal();
    const created = await there.session.create(createRecordingCall(), invoice(), options);
    expect(hledgerBalances(there.main)).toEqual({
      'Omkostninger:Forplejning DKK': 10000,
      '5010 DKK': 5000,
      'Passiver:Moms:Købsmoms DKK': 2500,
      'Passiver:Leverandørgæld DKK': -17500,
    });
    expect(created).toMatchObject({
      remoteId: '0193-1',
      link: `${MONTH}:4`,
      fields: there.session.fields(invoice()),
    });
    expect(await there.open().find(createRecordingCall(), invoice())).toEqual(created);
    expect(hledger(there.main, 'print', 'tag:afdeling=Salg')).toContain('Kontorforsyning A/S');
  });

  it('turns every sign when it is a credit note, and so does its payment', async () => {
    using there = testJournal();
    const call = createRecordingCall();
    await there.session.create(call, invoice({ billKind: 'credit-note' }), options);
    expect(hledgerBalances(there.main)['Passiver:Leverandørgæld DKK']).toBe(17500);
    await there.session.create(call, payment({ billKind: 'credit-note' }), options);
    expect(hledgerBalances(there.main)['Passiver:Leverandørgæld DKK']).toBeUndefined();
    expect(hledgerBalances(there.main)['Aktiver:Bank DKK']).toBe(17500);
  });

  it.each([
    ['JPY', '175 JPY', 175],
    ['KWD', '175.000 KWD', 175000],
  ])('writes %s with its own decimals', async (currency, written, totalMinor) => {
    using there = testJournal();
    const lines = [{ ...invoice().lines[1]!, netMinor: totalMinor }];
    await there.session.create(
      createRecordingCall(),
      invoice({ currency, totalMinor, lines }),
      options,
    );
    expect(there.text(MONTH)).toContain(`-${written}`);
    expect(hledger(there.main, 'bal', '5010')).toContain(written);
  });

  it('written twice is there once', async () => {
    using there = testJournal();
    const first = await there.session.create(createRecordingCall(), invoice(), options);
    const call = createRecordingCall();
    expect(await there.open().create(call, invoice(), options)).toEqual(first);
    expect(call.intents).toEqual([]);
    expect(
      await failureOf(there.session.create(call, invoice({ note: 'en anden' }), options)),
    ).toBe('duplicate-in-target');
  });

  it('keeps its attachments beside the journal, under a name nobody can misuse', async () => {
    using there = testJournal();
    const content = Buffer.from('%PDF-1.7 indhold');
    there.attachments.set('a1', content);
    const file = attachment('a1', '../../etc/Faktura nr. 1; kopi.pdf', content);
    const document = invoice({ attachments: [file] });
    const created = await there.session.create(createRecordingCall(), document, options);
    const path = `bilag/2026/${file.sha256.slice(0, 16)}-etc_Faktura_nr._1_kopi.pdf`;
    expect(readFileSync(join(there.folder, path)).equals(content)).toBe(true);
    expect(there.text(MONTH)).toContain(`; bilag: ${path}, bilag-id: a1`);
    expect(created.fields['attachments.a1']).toBe('etc_Faktura_nr._1_kopi.pdf');
    there.attachments.set('a2', Buffer.from('noget andet'));
    const wrong = invoice({
      reference: '2',
      attachments: [{ ...file, id: 'a2', sha256: 'f'.repeat(64) }],
    });
    expect(await failureOf(there.session.create(createRecordingCall(), wrong, options))).toBe(
      'attachment-rejected',
    );
    expect(await there.session.find(createRecordingCall(), wrong)).toBeNull();
  });
});

describe('the log', () => {
  it('has every write before it is made, with the hash of the bytes that were written', async () => {
    using there = testJournal();
    const seen: string[] = [];
    const call = createRecordingCall({
      beforeWrite: (intent) => {
        const text = existsSync(intent.target) ? readFileSync(intent.target, 'utf8') : '';
        seen.push(text.includes(intent.body ?? '?') ? 'too late' : 'before');
      },
    });
    await there.session.create(call, invoice(), options);
    expect(new Set(seen)).toEqual(new Set(['before']));
    const last = call.intents.at(-1)!;
    expect(last.target).toBe(join(there.folder, MONTH));
    expect(there.text(MONTH).endsWith(last.body!)).toBe(true);
    for (const intent of call.intents)
      expect(intent.sha256).toBe(createHash('sha256').update(intent.body!).digest('hex'));
    expect(call.exchanges.map((each) => [each.kind, each.status])).toEqual(
      call.intents.map(() => ['file', 200]),
    );
    const found = await there.session.find(call, invoice());
    expect(found?.version).toBe(last.sha256);
  });

  it('stops a worker that lost its lane before anything is written', async () => {
    using there = testJournal();
    const call = createRecordingCall();
    call.refuseWrites(new Error('lane lost'));
    await expect(there.session.create(call, invoice(), options)).rejects.toThrow('lane lost');
    expect(readdirSync(there.folder)).toEqual([]);
    const aborted = createRecordingCall();
    aborted.abort();
    expect(await failureOf(there.session.create(aborted, invoice(), options))).toBe('interrupted');
  });
});

describe('what the journal refuses', () => {
  it('a payment whose invoice is not there', async () => {
    using there = testJournal();
    const code = await failureOf(there.session.create(createRecordingCall(), payment(), options));
    expect(code).toBe('invoice-missing');
  });

  it.each(['(virtuel)', 'a  b', 'A:', ';', '*x', 'a\tb', 'x"y', 'a: b'])(
    'the account %j',
    async (account) => {
      using there = testJournal();
      const lines = [{ ...invoice().lines[0]!, account }];
      expect(
        await failureOf(there.session.create(createRecordingCall(), invoice({ lines }), options)),
      ).toBe('account-invalid');
    },
  );

  it('a posting without account or with an unknown currency', async () => {
    using there = testJournal();
    expect(
      await failureOf(
        there.session.create(createRecordingCall(), payment({ account: '' }), options),
      ),
    ).toBe('account-missing');
    expect(
      await failureOf(
        there.session.create(createRecordingCall(), payment({ currency: 'kroner' }), options),
      ),
    ).toBe('currency-unknown');
  });

  it('anything in a locked period: new, moved into it, or already there', async () => {
    using there = testJournal();
    const call = createRecordingCall();
    const kept = await there.session.create(call, invoice(), options);
    const december = await there.session.create(
      call,
      invoice({ reference: '2', issuedOn: '2026-12-01' }),
      options,
    );
    const locked = there.open({ lockedUntil: '2026-11-30' });
    expect(await failureOf(locked.create(call, invoice({ reference: '3' }), options))).toBe(
      'period-locked',
    );
    expect(
      await failureOf(locked.update(call, kept, invoice({ issuedOn: '2026-12-02' }), options)),
    ).toBe('posting-locked');
    expect(await failureOf(locked.remove!(call, kept, invoice(), options))).toBe('posting-locked');
    expect(
      await failureOf(locked.update(call, december, invoice({ reference: '2' }), options)),
    ).toBe('period-locked');
    expect((await locked.read(call, '0193-1', invoice()))?.version).toBe(kept.version);
  });

  it('settings that are not a folder, a file name and accounts', () => {
    const settings = (change: object) =>
      journal.settings.safeParse({ folder: '/r', ...change }).success;
    expect(settings({})).toBe(true);
    expect(settings({ folder: 'r' })).toBe(false);
    expect(settings({ fileName: '../x.journal' })).toBe(false);
    expect(settings({ lockedUntil: '2026-02-30' })).toBe(false);
    expect(settings({ payablesAccount: '[x]' })).toBe(false);
    expect(settings({ surprise: 1 })).toBe(false);
  });
});

describe('the files', () => {
  it('begin a new one when a month is full, and still find what is in the first', async () => {
    using there = testJournal();
    const call = createRecordingCall();
    await there.session.create(call, invoice(), options);
    there.edit(MONTH, (text) => `${text}\n; ${'x'.repeat(270_000)}\n`);
    const next = await there.session.create(call, invoice({ reference: '2' }), options);
    expect(next.link).toBe('spor/2026-11-2.journal:4');
    expect(await there.open().find(call, invoice())).not.toBeNull();
    hledger(there.main, 'check', '--strict');
  });

  it('join a main file a person already keeps, leaving it as it is', async () => {
    using there = testJournal();
    const own =
      'account a\r\naccount b\n\n2026-01-01 * \u00C5bning\r\n  a  1 DKK\n  b\n; uden linjeskift til sidst';
    mkdirSync(there.folder);
    writeFileSync(there.main, own);
    await there.session.create(createRecordingCall(), invoice(), options);
    expect(there.text()).toBe(`${own}\n\ninclude spor/spor.journal\n`);
    expect(hledgerBalances(there.main)['a DKK']).toBe(100);
  });

  it('keep transactions in date order, also when a date changes', async () => {
    using there = testJournal();
    const call = createRecordingCall();
    for (const [reference, issuedOn] of [
      ['1', '2026-11-20'],
      ['2', '2026-11-02'],
      ['3', '2026-11-11'],
    ] as const)
      await there.session.create(call, invoice({ reference, issuedOn }), options);
    const last = (await there.session.find(call, invoice({ reference: '2' })))!;
    await there.session.update(
      call,
      last,
      invoice({ reference: '2', issuedOn: '2027-01-05' }),
      options,
    );
    hledger(there.main, 'check', '--strict', 'ordereddates');
    expect([...there.text(MONTH).matchAll(/spor: (\d)/g)].map((match) => match[1])).toEqual([
      '3',
      '1',
      '2',
    ]);
    expect(readdirSync(join(there.folder, 'spor')).sort()).toEqual([
      '2026-11.journal',
      'spor.journal',
    ]);
  });

  it('pass the connection check, which finds what hledger cannot read', async () => {
    using there = testJournal();
    // Before the first bill there is no journal; a check begins none, for it changes no books.
    const call = createRecordingCall();
    await there.session.check(call);
    expect(call.intents).toEqual([]);
    expect(existsSync(there.main)).toBe(false);
    await there.session.create(createRecordingCall(), invoice(), options);
    hledger(there.main, 'check', '--strict');
    await there.session.check(createRecordingCall());
    there.edit('regnskab.journal', (text) => `${text}\n2026-01-01 skæv\n  a  1 DKK\n  b  1 DKK\n`);
    await expect(there.session.check(createRecordingCall())).rejects.toMatchObject({
      details: { code: 'target-unreadable', originalMessage: expect.stringContaining('balance') },
    });
  });
});
