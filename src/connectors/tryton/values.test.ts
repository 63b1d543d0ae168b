import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  comment,
  lineMark,
  moveDescription,
  oneLine,
  readComment,
  readFileMark,
  readLineMark,
  readMoveMark,
  roundingMark,
} from './marks.ts';
import { day, dayValue, plainDecimal } from './values.ts';

describe('decimals as Python writes them', () => {
  test.each([
    ['0E-8', '0.00000000'],
    ['1E+3', '1000'],
    ['-1.25E-3', '-0.00125'],
    ['12.5E+1', '125'],
    ['80.0100', '80.0100'],
  ])('%s is %s', (written, plain) => {
    expect(plainDecimal(written)).toBe(plain);
  });
});

test('a day goes to Tryton and back unchanged', () => {
  expect(dayValue.parse(day('2026-02-28'))).toBe('2026-02-28');
});

describe('marks', () => {
  const reference = '0198c2a4-7e11-7c33-9c44-0242ac120002';

  test('a note of any text comes back from a comment, and the reference with it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }).map(oneLine), (note) => {
        expect(readComment(comment(note, reference))).toEqual({ reference, note });
      }),
    );
  });

  test('what a bookkeeper adds above or below the mark is part of the note, and the mark is still found', () => {
    const edited = comment('Ordre 88', reference).replace(
      'Ordre 88',
      'Ordre 88\nset af bogholderen',
    );
    expect(readComment(edited)).toEqual({ reference, note: 'Ordre 88\nset af bogholderen' });
    const below = `${comment('Ordre 88', reference)}\nSpor kan betale\n`;
    expect(readComment(below)).toEqual({ reference, note: 'Ordre 88\n\nSpor kan betale' });
    expect(readComment(`${comment('', reference)}\r\nset`)).toEqual({ reference, note: 'set' });
    expect(readComment('Kun en kommentar').reference).toBeNull();
  });

  test("a payment is told by the end of its move's description", () => {
    expect(readMoveMark(moveDescription('F-1001', reference))).toBe(reference);
    expect(readMoveMark(`Reverses 2026/1 · Spor`)).toBeNull();
    expect(readMoveMark('Huslejen')).toBeNull();
  });

  test('lines and files are told by theirs; others are not ours', () => {
    for (const id of ['a1', 'rounding', 'Pos. 10', '50 %', 'række/1'])
      expect(readLineMark(lineMark(id))).toEqual({ kind: 'line', id });
    expect(readLineMark(roundingMark)).toEqual({ kind: 'rounding' });
    expect(readLineMark('Spor 50%')).toEqual({ kind: 'line', id: '50%' });
    expect(readLineMark('Spor a1')).toEqual({ kind: 'line', id: 'a1' });
    expect(readLineMark('Spor 1\nmed en bemærkning')).toEqual({ kind: 'line', id: '1' });
    expect(readLineMark('Sporvogn')).toEqual({ kind: 'foreign' });
    expect(readFileMark(`Spor a1 ${'0'.repeat(64)}`)?.id).toBe('a1');
    expect(readFileMark('Spor a1')).toBeNull();
  });
});
