/** Whatever the bytes: a bill or an IntakeError that is not our fault, in bounded time. */
import { XMLValidator } from 'fast-xml-parser';
import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { billTotals } from '../core/bill.ts';
import { IntakeError, readEInvoice } from './index.ts';
import { SAMPLES, sampleText } from './sample-text.ts';

vi.setConfig({ testTimeout: 60_000 });

const samples = SAMPLES.map((name) => Buffer.from(sampleText(name)));
const sample = fc.constantFrom(...samples);

/** True when a bill came out; false when the file was refused; anything else fails the test. */
function comesIn(bytes: Uint8Array): boolean {
  const began = process.threadCpuUsage();
  try {
    const { details } = readEInvoice(bytes);
    // What comes in is whole: its totals can be computed.
    expect(Number.isSafeInteger(billTotals(details).totalMinor)).toBe(true);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(IntakeError);
    expect((error as IntakeError).code).not.toBe('unreadable');
    return false;
  } finally {
    // Processor time, so that a busy machine fails no test.
    const { user, system } = process.threadCpuUsage(began);
    expect((user + system) / 1000).toBeLessThan(5000);
  }
}

describe('never anything but a bill or a refusal', () => {
  test('for random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4000 }), (bytes) => {
        comesIn(bytes);
      }),
      { numRuns: 400 },
    );
  });

  test('for random XML-like text', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '</',
      '/>',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '<?',
      '?>',
      '&',
      '&#',
      ';',
      '"',
      "'",
      '=',
      ' ',
      '\n',
      'xmlns',
      ':',
      'cbc:ID',
      'Invoice',
      'a',
      'æ',
      '\u0000',
      '\uFEFF',
      '😀',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 200 }), (pieces) => {
        comesIn(Buffer.from(`<a${pieces.join('')}`));
      }),
      { numRuns: 400 },
    );
  });

  test('for samples with bytes changed', () => {
    const change = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      byte: fc.integer({ min: 0, max: 255 }),
    });
    fc.assert(
      fc.property(sample, fc.array(change, { minLength: 1, maxLength: 8 }), (original, changes) => {
        const bytes = new Uint8Array(original);
        for (const { at, byte } of changes) bytes[Math.floor(at * bytes.length)] = byte;
        comesIn(bytes);
      }),
      { numRuns: 400 },
    );
  });

  test('for samples with stretches cut out, doubled or swapped', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(sample, share, share, fc.constantFrom('cut', 'double'), (original, a, b, how) => {
        const from = Math.floor(Math.min(a, b) * original.length);
        const to = Math.floor(Math.max(a, b) * original.length);
        const middle =
          how === 'cut' ? [] : [original.subarray(from, to), original.subarray(from, to)];
        comesIn(Buffer.concat([original.subarray(0, from), ...middle, original.subarray(to)]));
      }),
      { numRuns: 400 },
    );
  });

  test('for samples whose texts are replaced by hostile ones', () => {
    const hostile = fc.constantFrom(
      '',
      ' ',
      '-',
      '0',
      '-0',
      '1e9',
      'NaN',
      'Infinity',
      '9'.repeat(40),
      `0.${'3'.repeat(40)}`,
      '-99999999999.99',
      '999999999.99',
      '__proto__',
      'constructor',
      '2026-02-30',
      'DKK',
      'true',
      '\u202E',
      '🧾',
      'x'.repeat(5000),
    );
    const value = /(<cbc:\w+[^>]*>)([^<]*)(?=<\/cbc:)/g;
    fc.assert(
      fc.property(
        sample,
        fc.array(fc.nat(), { minLength: 1, maxLength: 6 }),
        hostile,
        (original, places, text) => {
          const xml = original.toString('utf8');
          const count = xml.match(value)?.length ?? 1;
          const chosen = new Set(places.map((place) => place % count));
          let index = 0;
          comesIn(
            Buffer.from(
              xml.replace(value, (whole, tag: string) =>
                chosen.has(index++) ? tag + text : whole,
              ),
            ),
          );
        },
      ),
      { numRuns: 600 },
    );
  });
});

test('a sample cut off anywhere is refused, never read as a smaller bill', () => {
  fc.assert(
    fc.property(sample, fc.double({ min: 0, max: 0.999, noNaN: true }), (original, share) => {
      const end = Math.min(Math.floor(share * original.length), original.lastIndexOf('>') - 1);
      expect(comesIn(original.subarray(0, end))).toBe(false);
    }),
    { numRuns: 400 },
  );
});

test('what comes in is XML by another reader’s judgement too', () => {
  const change = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    byte: fc.integer({ min: 32, max: 126 }),
  });
  fc.assert(
    fc.property(sample, change, (original, { at, byte }) => {
      const bytes = new Uint8Array(original);
      bytes[Math.floor(at * bytes.length)] = byte;
      if (comesIn(bytes))
        expect(XMLValidator.validate(Buffer.from(bytes).toString('utf8'))).toBe(true);
    }),
    { numRuns: 400 },
  );
});

describe('bounded time for files made to be slow', () => {
  const big = 2_000_000;
  const NS =
    'xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2" xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"';
  const inSample = (from: string, to: string) =>
    sampleText('accountant-2026-11.xml').replace(from, () => to);
  test.each([
    ['white space in a tag', `<a${' '.repeat(big)}`],
    ['a long name', `<${'a'.repeat(big)}`],
    ['a quote that never ends', `<a b="${'x'.repeat(big)}`],
    ['many references', `<a>${'&amp;'.repeat(big / 5)}</a>`],
    ['many bare ampersands', `<a>${'&'.repeat(big)}</a>`],
    ['many comments', `<a>${'<!-- -->'.repeat(big / 8)}</a>`],
    ['deep nesting', '<a>'.repeat(big / 3)],
    [
      'many namespaces on many elements',
      `<a ${Array.from({ length: 90 }, (_, i) => `xmlns:n${i}="u${i}"`).join(' ')}>${'<b xmlns:n1="v"/>'.repeat(50_000)}</a>`,
    ],
    ['many siblings', `<Invoice ${NS}>${'<cbc:ID>1</cbc:ID>'.repeat(90_000)}</Invoice>`],
    ['white space around no base64', inSample('JVBERi0x', `${' '.repeat(big)}!`)],
    ['a file name of dots', inSample('filename="Faktura', `filename="${'.'.repeat(big)}x`)],
    ['a number of digits', inSample('<cbc:ID>26/10442', `<cbc:ID>${'9'.repeat(big)}`)],
    ['an amount of zeros', inSample('>16886.25<', `>${'0'.repeat(big)}x<`)],
    ['a note of line ends', inSample('Halvårsregnskab 2026.', '\r\n'.repeat(big / 2))],
  ])('%s', (_, text) => {
    comesIn(Buffer.from(text));
  });

  test('ten thousand lines that all say they are number 1', () => {
    const text = sampleText('rent-2026-10.xml');
    const line = /<cac:InvoiceLine>[^]*?<\/cac:InvoiceLine>/.exec(text)?.[0] ?? '';
    expect(comesIn(Buffer.from(text.replace(line, () => line.repeat(9_990))))).toBe(true);
  });

  test('an attachment of ten megabytes comes in without its text being held twice over', () => {
    const content = Buffer.alloc(10_000_000, 0x41);
    const text = inSample('mimeCode="application/pdf"', 'mimeCode="text/plain"').replace(
      /(<cbc:EmbeddedDocumentBinaryObject[^>]*>)[^<]*/,
      (_, tag: string) => tag + content.toString('base64'),
    );
    const { attachments } = readEInvoice(Buffer.from(text));
    expect(attachments[0]?.content.length).toBe(10_000_000);
  });
});
