import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { parseAmount } from './amounts.ts';
import { attachmentName } from './attachment-files.ts';
import { carriedDocument, documentFields, transactionFields } from './fields.ts';
import { hardText, posting } from './generated-postings.ts';
import { NOTHING_KEPT } from './kept-edits.ts';
import { readTransaction } from './read-transaction.ts';
import { scanFile } from './scan-file.ts';
import { journalSettings } from './settings.ts';
import { invoice } from './test-journal.ts';
import { carry, decode, encode } from './text.ts';
import { transactionText } from './wire.ts';

/** Real disks and real programs, on a machine that may be busy. */
vi.setConfig({ testTimeout: 60_000 });

const settings = journalSettings.parse({ folder: '/regnskab' });

describe('a posting as a journal transaction', () => {
  it('reads back as what the bill says, whatever is written in it', () => {
    fc.assert(
      fc.property(posting, (document) => {
        const text = transactionText(carriedDocument(document), settings, NOTHING_KEPT);
        const back = transactionFields(readTransaction(text), document.kind);
        expect(back).toEqual(documentFields(document, settings));
      }),
      { numRuns: 300 },
    );
  });

  it('is one transaction with one reference in its file', () => {
    fc.assert(
      fc.property(posting, (document) => {
        const text = transactionText(carriedDocument(document), settings, NOTHING_KEPT);
        const scan = scanFile(Buffer.from(text));
        expect(scan.blocks).toHaveLength(1);
        expect(scan.blocks[0]).toMatchObject({
          start: 0,
          end: Buffer.byteLength(text),
          reference: document.reference,
        });
        expect(scan.endsInComment).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('looks like this', () => {
    expect(
      transactionText(carriedDocument(invoice({ note: 'Ring: 12345678' })), settings, NOTHING_KEPT),
    ).toBe(
      `2026-11-03 (F-1001) Kontorforsyning A/S | Faktura
    ; spor: 0193-1
    ; spor-bilag: b1
    ; leverandør: vat:DK12345678
    ; momsnummer: DK12345678
    ; forfald: 2026-12-03
    ; note: Ring: 12345678
    Omkostninger:Forplejning                    100.00 DKK  ; Kaffe, te og kage
    ; post: linje 1
    ; momskode: I25
    ; afdeling: Salg
    Passiver:Moms:Købsmoms                       25.00 DKK
    ; post: moms 1
    ; momskode: I25
    ; momssats: 25
    5010                                         50.00 DKK  ; Porto꞉ breve
    ; post: linje 2
    ; projekt: P1
    Passiver:Leverandørgæld                    -175.00 DKK
    ; post: gæld
`,
    );
  });
});

describe('text in a journal', () => {
  it('comes back as it was carried, and carrying twice changes nothing', () => {
    fc.assert(
      fc.property(hardText, fc.constantFrom('payee', 'code', 'tag', 'comment'), (text, place) => {
        const carried = carry(text);
        expect(carry(carried)).toBe(carried);
        expect(decode(encode(carried, place))).toBe(carried);
        expect(Buffer.byteLength(encode(carried, place))).toBeLessThan(4000);
        expect(attachmentName(attachmentName(text))).toBe(attachmentName(text));
        expect(Buffer.byteLength(attachmentName(text))).toBeLessThanOrEqual(100);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['100.00 DKK', 10000],
    ['-100 DKK', -10000],
    ['DKK 1,234.50', 123450],
    ['-DKK 1', -100],
    ['DKK -1', -100],
    ['0.00 DKK', 0],
    ['10.00 DKK = 20.00 DKK', 1000],
    ['+5. DKK', 500],
  ])('reads %s as hledger does', (text, minor) => {
    expect(parseAmount(text)).toEqual({ minor, currency: 'DKK' });
  });

  it.each([
    '',
    '100',
    '1.000,00 DKK',
    '100,00 DKK',
    '1.005 DKK',
    '5 DKK @ 7.45 EUR',
    'to DKK',
    '1e3 DKK',
  ])('does not guess what %j means', (text) => {
    expect(parseAmount(text)).toBeNull();
  });
});
