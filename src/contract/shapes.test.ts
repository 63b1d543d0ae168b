/** The bounds of what may come in, field by field. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromMinor, toMinor } from '../core/money.ts';
import { billInput } from './bill-shapes.ts';
import * as s from './scalars.ts';

const takes = (schema: { safeParse(value: unknown): { success: boolean } }, value: unknown) =>
  schema.safeParse(value).success;

describe('A day', () => {
  test.each(['2026-11-24', '2024-02-29', '0001-01-01', '9999-12-31'])('%s exists', (day) => {
    expect(takes(s.day, day)).toBe(true);
  });
  test.each([
    '2023-02-29',
    '2026-13-01',
    '2026-11-31',
    '26-11-24',
    '2026-11-24T00:00:00Z',
    '0000-01-01',
    '10000-01-01',
    '-0001-01-01',
    '٢٠٢٦-١١-٢٤',
    '',
    20261124,
  ])('%j does not', (day) => {
    expect(takes(s.day, day)).toBe(false);
  });
});

describe('An amount', () => {
  test.each(['0', '-0', '0.5', '-1234.5678', '9999999999999.9999', '007'])(
    '%s is one',
    (amount) => {
      expect(takes(s.amount, amount)).toBe(true);
    },
  );
  test.each([
    '1,5',
    '1 000',
    '+1',
    '.5',
    '1.',
    '1e3',
    'NaN',
    'Infinity',
    '0x10',
    '1.23456',
    '12345678901234',
    '１２',
    ' 1',
    '1\n',
    1.5,
  ])('%j is none', (amount) => {
    expect(takes(s.amount, amount)).toBe(false);
  });

  test('Whatever is taken and fits the currency comes back as the same amount', () => {
    const digits = fc.stringMatching(/^-?\d{1,12}(\.\d{1,2})?$/);
    fc.assert(
      fc.property(digits, (text) => {
        expect(takes(s.amount, text)).toBe(true);
        const again = fromMinor(toMinor(text, 'DKK'), 'DKK');
        expect(takes(s.amount, again)).toBe(true);
        expect(toMinor(again, 'DKK')).toBe(toMinor(text, 'DKK'));
      }),
    );
  });
});

describe('Text', () => {
  test('of one line is trimmed, and has no control character and no half character', () => {
    expect(s.line(10).parse('  Ål & co  ')).toBe('Ål & co');
    expect(takes(s.line(5), '𝔖𝔭')).toBe(true);
    for (const text of ['a\nb', 'a\u{0}', '\u{7f}', '\u{85}', 'a\ud800', '\udc00b', 'x'.repeat(11)])
      expect(takes(s.line(10), text), JSON.stringify(text)).toBe(false);
  });
  test('of several lines keeps them', () => {
    expect(s.text(100).parse('en\r\n\tto\n')).toBe('en\r\n\tto\n');
    for (const text of ['a\u{0}', 'a\u{1b}[2J', 'a\ud800', 'x'.repeat(101)])
      expect(takes(s.text(100), text), JSON.stringify(text)).toBe(false);
  });
  test('A name is never empty', () => {
    for (const text of ['', '   ', '\u{a0}']) expect(takes(s.name(10), text)).toBe(false);
  });
  test('is judged in no time, however it is made', () => {
    const nasty = `${'a\t'.repeat(1_000_000)}\u{0}`;
    const before = process.threadCpuUsage();
    expect(takes(s.text(3_000_000), nasty)).toBe(false);
    // Processor time, so that a busy machine fails no test.
    const { user, system } = process.threadCpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(2_000);
  });
});

describe('Settings', () => {
  test('are any object that can be kept', () => {
    expect(s.anyObject.parse({ a: [1, null, { b: 'ål' }], c: true })).toEqual({
      a: [1, null, { b: 'ål' }],
      c: true,
    });
    const deep = (levels: number): unknown => (levels === 0 ? 1 : { in: deep(levels - 1) });
    expect(takes(s.anyObject, deep(10))).toBe(true);
    for (const value of [deep(11), { a: 'x\u{0}' }, { a: ['\ud800'] }, { '\u{0}': 1 }, [], null])
      expect(takes(s.anyObject, value)).toBe(false);
  });
});

test('A bill needs only what a bill cannot be without; the rest has a sensible beginning', () => {
  const least = {
    number: '1',
    supplier: { name: 'Demo A/S' },
    issuedOn: '2026-11-24',
    currency: 'DKK',
    lines: [{ net: '1' }],
  };
  expect(billInput.parse(least)).toMatchObject({
    kind: 'invoice',
    dueOn: null,
    rounding: '0',
    lines: [{ kind: 'line', vat: '0', vatCategory: 'S', category: null }],
  });
  for (const field of Object.keys(least)) {
    const { [field as 'number']: _, ...without } = least;
    expect(takes(billInput, without), field).toBe(false);
  }
  expect(takes(billInput, { ...least, colour: 'red' })).toBe(false);
  expect(takes(billInput, { ...least, lines: [] })).toBe(false);
});
