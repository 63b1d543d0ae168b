import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { createRecordingCall } from '../../sdk/testing/recording-call.ts';
import { expectedBalances, posting } from './generated-postings.ts';
import { journalSettings } from './settings.ts';
import {
  hledger,
  hledgerBalances,
  invoice,
  ledger,
  options,
  payment,
  testJournal,
} from './test-journal.ts';

/** Real disks and real programs, on a machine that may be busy. */
vi.setConfig({ testTimeout: 180_000 });

const settings = journalSettings.parse({ folder: '/regnskab' });

describe('what hledger says of the journal', () => {
  it('is what the bills and payments add up to, in each account and currency', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(posting, {
          selector: (each) => each.reference,
          minLength: 1,
          maxLength: 12,
        }),
        async (generated) => {
          const documents = [invoice(), ...generated];
          using there = testJournal();
          const call = createRecordingCall();
          for (const document of documents) await there.session.create(call, document, options);
          hledger(there.main, 'check', '--strict', 'ordereddates', 'accounts', 'commodities');
          expect(hledgerBalances(there.main)).toEqual(expectedBalances(documents, settings));
          const again = there.open();
          for (const document of documents) {
            const found = await again.read(call, document.reference, document);
            expect(found?.fields).toEqual(again.fields(document));
          }
        },
      ),
      { numRuns: 15 },
    );
  });

  it('has our tags whole, as hledger itself reads them', async () => {
    await fc.assert(
      fc.asyncProperty(posting, async (document) => {
        using there = testJournal();
        await there.session.create(createRecordingCall(), invoice(), options);
        await there.session.create(createRecordingCall(), document, options);
        const [read] = JSON.parse(
          hledger(there.main, 'print', `tag:^spor$=^${document.reference}$`, '-O', 'json'),
        ) as [
          {
            tcode: string;
            tdescription: string;
            tdate: string;
            tdate2: null;
            ttags: [string, string][];
            tpostings: { pdate: null; ptags: [string, string][] }[];
          },
        ];
        const tags = Object.fromEntries(read.ttags);
        const fields = there.session.fields(document);
        expect(tags['spor']).toBe(document.reference);
        expect(tags['forfald']).toBe(fields['dueOn']);
        expect((tags['note'] ?? '').replaceAll('‚', ',').replaceAll('［', '[')).toBe(
          fields['note'] ?? '',
        );
        expect(read.tdate).toBe(fields['issuedOn'] ?? fields['paidOn']);
        expect(read.tpostings.every((each) => each.pdate === null)).toBe(true);
        const names = new Set(read.tpostings.flatMap((each) => each.ptags.map(([name]) => name)));
        expect(
          [...names].filter(
            (name) => !['post', 'momskode', 'momssats', 'afdeling', 'projekt'].includes(name),
          ),
        ).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });

  it('accepts the file after every sync: created, changed, paid, removed', async () => {
    using there = testJournal();
    const call = createRecordingCall();
    const strict = () => hledger(there.main, 'check', '--strict');
    let kept = await there.session.create(call, invoice(), options);
    strict();
    kept = await there.session.update(
      call,
      kept,
      invoice({ issuedOn: '2026-12-24', currency: 'JPY' }),
      options,
    );
    strict();
    const paid = await there.session.create(call, payment({ account: 'Aktiver:Ny bank' }), options);
    strict();
    await there.session.remove!(call, kept, invoice(), options);
    strict();
    await there.session.remove!(call, paid, payment(), options);
    strict();
    expect(hledgerBalances(there.main)).toEqual({});
  });

  it('is unmoved by a main file that writes amounts the Danish way', async () => {
    using there = testJournal();
    there.begin('commodity 1.000,00 DKK\naccount Egenkapital\n\n');
    await there.session.create(createRecordingCall(), invoice(), options);
    hledger(there.main, 'check', '--strict');
    expect(hledgerBalances(there.main)['5010 DKK']).toBe(5000);
  });

  it('is what ledger says too', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(posting, { selector: (each) => each.reference, minLength: 3, maxLength: 6 }),
        async (generated) => {
          const documents = [invoice(), ...generated];
          using there = testJournal();
          for (const document of documents)
            await there.session.create(createRecordingCall(), document, options);
          const rows = ledger(
            there.main,
            'bal',
            '--flat',
            '--no-total',
            '--balance-format',
            '%(account)\t%(quantity(scrub(display_total)))\n',
            '--limit',
            'commodity == "DKK"',
          ).trim();
          const balances = Object.fromEntries(
            rows
              .split('\n')
              .filter((row) => row !== '')
              .map((row) => {
                const [account, amount] = row.split('\t');
                return [`${account} DKK`, Math.round(Number(amount) * 100)];
              }),
          );
          const expected = Object.entries(expectedBalances(documents, settings)).filter(([key]) =>
            key.endsWith(' DKK'),
          );
          expect(balances).toEqual(Object.fromEntries(expected));
        },
      ),
      { numRuns: 8 },
    );
  });
});
