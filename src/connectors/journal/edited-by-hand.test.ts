import * as fc from 'fast-check';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { diffFields } from '../../core/diff.ts';
import { createRecordingCall } from '../../sdk/testing/recording-call.ts';
import { transactionFields } from './fields.ts';
import { hardText } from './generated-postings.ts';
import { readTransaction } from './read-transaction.ts';
import { scanFile } from './scan-file.ts';
import { failureOf, hledger, invoice, options, payment, testJournal } from './test-journal.ts';

/** Real disks and real programs, on a machine that may be busy. */
vi.setConfig({ testTimeout: 60_000 });

const MONTH = 'spor/2026-11.journal';

/** What differs after a person changed the file by hand. */
async function seen(change: (text: string) => string, document = invoice()) {
  using there = testJournal();
  const call = createRecordingCall();
  await there.session.create(call, document, options);
  there.edit(MONTH, change);
  const read = await there.session.read(call, document.reference, document);
  return (
    read &&
    Object.fromEntries(
      diffFields(there.session.fields(document), read.fields).map((each) => [
        each.field,
        each.after,
      ]),
    )
  );
}

describe('a transaction somebody edited', () => {
  it.each([
    [
      'amount',
      (t: string) => t.replace('50.00 DKK', '60.00 DKK').replace('-175', '-185'),
      { 'lines.2.net': '60.00', total: '185.00' },
    ],
    [
      'amount so that it no longer balances',
      (t: string) => t.replace('100.00 DKK', '101.00 DKK'),
      { 'lines.1.net': '101.00', text: '± 1.00' },
    ],
    [
      'VAT',
      (t: string) => t.replace('25.00 DKK', '20.00 DKK').replace('-175', '-170'),
      { 'lines.1.vat': '20.00', total: '170.00' },
    ],
    ['account', (t: string) => t.replace('    5010 ', '    5020 '), { 'lines.2.account': '5020' }],
    [
      'debt account',
      (t: string) => t.replace('Passiver:Leverandørgæld', 'Passiver:Andet'),
      { payablesAccount: 'Passiver:Andet' },
    ],
    [
      'VAT account',
      (t: string) => t.replace('Moms:Købsmoms', 'Moms:Anden'),
      { 'lines.1.vatAccount': 'Passiver:Moms:Anden' },
    ],
    ['date', (t: string) => t.replace('2026-11-03 (', '2026/11/4 ('), { issuedOn: '2026-11-04' }],
    [
      'due date',
      (t: string) => t.replace('forfald: 2026-12-03', 'forfald: 2027-01-01'),
      { dueOn: '2027-01-01' },
    ],
    [
      'supplier',
      (t: string) => t.replace('Kontorforsyning A/S |', 'Papir ApS |'),
      { supplier: 'Papir ApS' },
    ],
    ['number', (t: string) => t.replace('(F-1001)', '(F-1002)'), { number: 'F-1002' }],
    [
      'description',
      (t: string) => t.replace('Kaffe, te og kage', 'Te; kage'),
      { 'lines.1.description': 'Te; kage' },
    ],
    [
      'department',
      (t: string) => t.replace('afdeling: Salg', 'afdeling: Lager'),
      { 'lines.1.department': 'Lager' },
    ],
    [
      'currency of a line',
      (t: string) => t.replace('50.00 DKK', '50.00 EUR'),
      { 'lines.2.net': '50.00 EUR' },
    ],
    [
      'amount to something unreadable',
      (t: string) => t.replace('50.00 DKK', 'halvtreds'),
      { 'lines.2.net': 'halvtreds' },
    ],
    ['kind', (t: string) => t.replace('| Faktura', '| Noget'), { billKind: 'Noget' }],
    [
      'by adding a posting',
      (t: string) => t.replace('    5010', '    9999  0.00 DKK\n    5010'),
      { text: '9999 0.00 DKK' },
    ],
    [
      'date to nonsense',
      (t: string) => t.replace('2026-11-03 (', 'x2026-11-03 ('),
      {
        issuedOn: null,
        number: null,
        supplier: null,
        billKind: null,
        text: 'x2026-11-03 (F-1001) Kontorforsyning A/S | Faktura',
      },
    ],
  ])('shows the %s', async (_what, change, expected) => {
    expect(await seen(change)).toEqual(expected);
  });

  it.each([
    ['a status mark', (t: string) => t.replace('2026-11-03 (', '2026-11-03 * (')],
    [
      'comments and tags of their own',
      (t: string) =>
        t.replace('    ; forfald', '    ; husk at ringe\n    ; godkendt: ja\n    ; forfald'),
    ],
    ['an amount left for hledger to fill in', (t: string) => t.replace(/ +-175.00 DKK/, '')],
    ['a balance assertion', (t: string) => t.replace('-175.00 DKK', '-175.00 DKK = -175.00 DKK')],
    ['another way to write the amount', (t: string) => t.replace('50.00 DKK', 'DKK 50')],
    ['Windows line ends', (t: string) => t.replaceAll('\n', '\r\n')],
    ['no line break at the end', (t: string) => t.trimEnd()],
    ['another order', (t: string) => t.replace(/( {4}5010[^]*?)( {4}Passiver:Lev[^]*)/, '$2$1')],
  ])('is not taken as changed by %s', async (_what, change) => {
    expect(await seen(change)).toEqual({});
  });

  it('is gone when it was deleted or made a comment', async () => {
    expect(await seen((text) => text.slice(0, text.indexOf('2026-11-03 (')))).toBeNull();
    expect(
      await seen((text) =>
        text.replace('2026-11-03 (', 'comment\n2026-11-03 (').concat('end comment\n'),
      ),
    ).toBeNull();
    expect(await seen((text) => text.replaceAll(/^(?=2026|  )/gm, ';'))).toBeNull();
  });

  it('never makes reading fail, whatever was typed', async () => {
    using there = testJournal();
    await there.session.create(createRecordingCall(), invoice(), options);
    const original = there.text(MONTH);
    const edit = fc.record({ at: fc.nat(original.length), length: fc.nat(200), typed: hardText });
    const edited = ({ at, length, typed }: { at: number; length: number; typed: string }) =>
      original.slice(0, at) + typed + original.slice(at + length);
    fc.assert(
      fc.property(edit, (change) => {
        const bytes = Buffer.from(edited(change));
        for (const block of [...scanFile(bytes).byReference.values()].flat()) {
          const text = bytes.subarray(block.start, block.end).toString('utf8');
          for (const kind of ['supplier-invoice', 'supplier-payment'] as const)
            expect(
              Object.keys(transactionFields(readTransaction(text), kind)).length,
            ).toBeGreaterThan(0);
        }
      }),
      { numRuns: 1000 },
    );
    await fc.assert(
      fc.asyncProperty(edit, async (change) => {
        writeFileSync(join(there.folder, MONTH), edited(change));
        const failure = await failureOf(
          there.session.read(createRecordingCall(), '0193-1', invoice()),
        );
        expect([null, 'target-unreadable', 'duplicate-in-target']).toContain(failure);
      }),
      { numRuns: 20 },
    );
  });

  it('keeps status marks and their own comments through an update', async () => {
    using there = testJournal();
    const call = createRecordingCall();
    await there.session.create(call, invoice(), options);
    there.edit(MONTH, (text) =>
      text
        .replace('2026-11-03 (', '2026-11-03 * (')
        .replace('    ; forfald', '    ; husk at ringe\n    ; forfald')
        .replace('    Passiver:Lev', '    ! Passiver:Lev')
        .concat('    ; afstemt: 12\n'),
    );
    const there1 = (await there.session.read(call, '0193-1', invoice()))!;
    const updated = await there.session.update(call, there1, invoice({ note: 'ny' }), options);
    expect(updated.fields).toEqual(there.session.fields(invoice({ note: 'ny' })));
    expect(there.text(MONTH)).toContain('2026-11-03 * (F-1001)');
    expect(there.text(MONTH)).toContain('    ; husk at ringe\n');
    expect(there.text(MONTH)).toMatch(
      / {4}! Passiver:Leverandørgæld .*\n {4}; post: gæld\n {4}; afstemt: 12\n$/,
    );
    hledger(there.main, 'check', '--strict');
  });
});

describe('two hands on one journal', () => {
  it('a change since it was read is not overwritten', async () => {
    using there = testJournal();
    const call = createRecordingCall();
    const read = await there.session.create(call, invoice(), options);
    there.edit(MONTH, (text) => text.replace('Kaffe', 'Saft'));
    expect(await failureOf(there.session.update(call, read, invoice({ note: 'x' }), options))).toBe(
      'version-stale',
    );
    expect(await failureOf(there.session.remove!(call, read, invoice(), options))).toBe(
      'version-stale',
    );
    expect(there.text(MONTH)).toContain('Saft');
  });

  it('a change saved while the intent was being logged is not overwritten either', async () => {
    using there = testJournal();
    const read = await there.session.create(createRecordingCall(), invoice(), options);
    const meanwhile = createRecordingCall({
      beforeWrite: () => there.edit(MONTH, (text) => text.replace('Kaffe', 'Saft')),
    });
    expect(
      await failureOf(there.session.update(meanwhile, read, invoice({ note: 'x' }), options)),
    ).toBe('version-stale');
    const other = createRecordingCall({
      beforeWrite: () => there.edit(MONTH, (text) => `${text}\n; skrevet imens\n`),
    });
    await there.session.create(other, invoice({ reference: '2' }), options);
    expect(there.text(MONTH)).toContain('; skrevet imens\n');
    expect(there.text(MONTH)).toContain('Saft');
  });

  it('a copied transaction is told of, not guessed at', async () => {
    using there = testJournal();
    const call = createRecordingCall();
    const read = await there.session.create(call, invoice(), options);
    there.edit(MONTH, (text) => `${text}\n${text.slice(text.indexOf('2026-11-03 ('))}`);
    expect(await failureOf(there.session.find(call, invoice()))).toBe('duplicate-in-target');
    expect(await failureOf(there.session.update(call, read, invoice({ note: 'x' }), options))).toBe(
      'duplicate-in-target',
    );
  });

  it('a transaction moved to a file of their own is found there, changed there, and stays there', async () => {
    using there = testJournal();
    const call = createRecordingCall();
    await there.session.create(call, invoice(), options);
    const moved = there.text(MONTH).slice(there.text(MONTH).indexOf('2026-11-03 ('));
    there.edit(MONTH, (text) => text.replace(moved, ''));
    mkdirSync(join(there.folder, 'egne', 'q4'), { recursive: true });
    writeFileSync(join(there.folder, 'egne', 'q4', 'a.journal'), `; mine\n\n${moved}\n; slut`);
    there.edit('regnskab.journal', (text) => `include egne/q?/*.journal\n${text}`);
    const found = (await there.session.find(call, invoice()))!;
    expect(found.link).toBe('egne/q4/a.journal:3');
    await there.session.update(call, found, invoice({ issuedOn: '2026-12-01' }), options);
    expect(there.text('egne/q4/a.journal')).toMatch(/^; mine\n\n2026-12-01 [^]*\n\n; slut$/);
    hledger(there.main, 'check', '--strict');
  });

  it('an account they declared is not declared again, and theirs stay', async () => {
    using there = testJournal();
    there.begin('account Aktiver:Bank  ; type:C\n');
    await there.session.create(createRecordingCall(), invoice(), options);
    await there.session.create(createRecordingCall(), payment(), options);
    expect(there.text('spor/spor.journal')).not.toContain('account Aktiver:Bank');
    hledger(there.main, 'check', '--strict');
  });
});
