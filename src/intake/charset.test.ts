/** Character sets: the letters of a Danish supplier come in as they are, or the file is refused. */
import { describe, expect, test } from 'vitest';
import { readEInvoice } from './index.ts';
import { altered, refusal, sampleText } from './sample-text.ts';

const NAME = 'Bønnehuset Eksempel ApS';
const text = sampleText('coffee-2026-10.xml');
const declared = (charset: string): string => text.replace('"UTF-8"', `"${charset}"`);

function utf16(content: string, bigEndian: boolean, withMark: boolean): Uint8Array {
  const bytes = Buffer.from(withMark ? `\uFEFF${content}` : content, 'utf16le');
  return bigEndian ? bytes.swap16() : bytes;
}

describe('these are read alike', () => {
  test.each<[string, Uint8Array]>([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${text}`)],
    ['no declaration', Buffer.from(text.replace(/^<\?xml.*?\?>/, ''))],
    ['UTF-16 little-endian with mark', utf16(declared('UTF-16'), false, true)],
    ['UTF-16 big-endian with mark', utf16(declared('UTF-16'), true, true)],
    ['UTF-16 little-endian without mark', utf16(declared('UTF-16LE'), false, false)],
    ['UTF-16 big-endian without mark', utf16(declared('UTF-16'), true, false)],
    ['ISO-8859-1', Buffer.from(declared('ISO-8859-1').replaceAll('–', '-'), 'latin1')],
    ['windows-1252', Buffer.from(declared('Windows-1252').replaceAll('–', '-'), 'latin1')],
  ])('%s', (_, bytes) => {
    const bill = readEInvoice(bytes);
    expect(bill.details.supplier.name).toBe(NAME);
    expect(bill.details.lines[0]?.description).toBe('Espressobønner, økologiske, 1 kg');
    expect(bill.warnings).toEqual([]);
  });
});

test('windows-1252 has its own signs where ISO-8859-1 has none', () => {
  const latin = Buffer.from(
    declared('windows-1252').replace('Levering', 'Levering \x80 5 \x96'),
    'latin1',
  );
  const charge = readEInvoice(latin).details.lines.find((line) => line.id === 'c1');
  expect(charge?.description).toBe('Levering € 5 –');
});

test('a file that says UTF-16 but is UTF-8 is read as what it is, with a word about it', () => {
  const bill = readEInvoice(Buffer.from(declared('utf-16')));
  expect(bill.details.supplier.name).toBe(NAME);
  expect(bill.warnings.map(({ code }) => code)).toEqual(['charset-differs']);
});

test('UTF-8 with a byte that is none is refused, with line and column', () => {
  const bytes = Buffer.from(text);
  const at = bytes.indexOf('økologiske');
  bytes[at] = 0xff;
  const before = bytes.subarray(0, at).toString('utf8').split('\n');
  const told = refusal(bytes);
  expect(told).toMatchObject({
    code: 'xml-charset',
    line: before.length,
    column: (before.at(-1)?.length ?? 0) + 1,
  });
  expect(told.message).toContain('0xff');
});

test('a Latin-1 file that claims to be UTF-8 is refused rather than read with question marks', () => {
  expect(refusal(Buffer.from(text, 'latin1')).code).toBe('xml-charset');
});

test('UTF-16 that ends in half a character is refused', () => {
  const bytes = utf16(declared('UTF-16'), false, true);
  expect(refusal(bytes.subarray(0, bytes.length - 1))).toMatchObject({ code: 'xml-charset' });
});

test.each([
  [
    'a character set we do not read',
    Buffer.from(altered('coffee-2026-10.xml', ['UTF-8', 'EBCDIC-DK-NO'])),
  ],
  ['UTF-32', Buffer.from([0xff, 0xfe, 0, 0, 0x3c, 0, 0, 0])],
])('%s is refused', (_, bytes) => {
  expect(refusal(bytes)).toMatchObject({ code: 'xml-charset', line: 1, column: 1 });
});
