import { expect, test } from 'vitest';
import {
  arrayOf,
  binary,
  type BinaryType,
  bool,
  float8,
  int2,
  int4,
  int8,
  json,
  jsonb,
  rowOf,
  text,
  textArray,
  timestamptz,
  uuid,
} from './binary-values.ts';

test.each<[string, BinaryType<never>, unknown, string]>([
  ['yes', bool, true, '01'],
  ['no', bool, false, '00'],
  ['a small number', int2, -2, 'fffe'],
  ['a number', int4, 258, '00000102'],
  ['a large number', int8, Number.MAX_SAFE_INTEGER, '001fffffffffffff'],
  ['a fraction', float8, 12.3, '402899999999999a'],
  ['a text', text, 'Ærø', 'c38672c3b8'],
  ['an id', uuid, '01980000-0000-7000-8000-00000000aaaa', '0198000000007000800000000000aaaa'],
  ['JSON', json, '{"a": 1}', '7b2261223a20317d'],
  ['JSON that is parsed', jsonb, '{}', '017b7d'],
  ['the beginning of 2000', timestamptz, new Date('2000-01-01T00:00:00Z'), '0000000000000000'],
  ['a millisecond after', timestamptz, new Date('2000-01-01T00:00:00.001Z'), '00000000000003e8'],
  ['a millisecond before', timestamptz, new Date('1999-12-31T23:59:59.999Z'), 'fffffffffffffc18'],
  ['no texts', textArray, [], '00000000 00000000 00000019'],
  [
    'texts, and none',
    textArray,
    ['a', null],
    '00000001 00000001 00000019 00000002 00000001 00000001 61 ffffffff',
  ],
  [
    'rows of ours',
    arrayOf(rowOf({ id: int2, name: text })),
    [{ name: null, id: 1 }],
    '00000001 00000000 00000000 00000001 00000001 00000016 00000002 00000015 00000002 0001 00000019 ffffffff',
  ],
])('The bytes of %s', (_, type, value, bytes) => {
  expect(binary(type, value as never).toString('hex')).toBe(bytes.replaceAll(' ', ''));
});

test.each<[string, BinaryType<never>, unknown]>([
  ['half a surrogate pair', text, 'broken \ud800'],
  ['a fraction as a whole number', int4, 1.5],
  ['a fraction as a large one', int8, 1.5],
  ['a number that is too large', int2, 40_000],
  ['no id', uuid, '01980000-0000-7000-8000-00000000aaa'],
  ['an id with another letter', uuid, '01980000-0000-7000-8000-00000000aaxx'],
  ['no date', timestamptz, new Date(Number.NaN)],
])('Refused: %s', (_, type, value) => {
  expect(() => binary(type, value as never)).toThrow(/./);
});

test.each<[string, BinaryType<never>, unknown, number]>([
  ['yes', bool, true, 1],
  ['a small number', int2, 1, 2],
  ['a number', int4, 1, 4],
  ['a large number', int8, 1, 8],
  ['a fraction', float8, 0.5, 8],
  ['a text', text, 'abc', 3],
  ['an id', uuid, '01980000-0000-7000-8000-00000000aaaa', 16],
])('More than there was room for: %s', (_, type, value, bytes) => {
  const alone = binary(type, value as never).toString('hex');
  const all = binary(
    arrayOf(type),
    Array.from({ length: 20_000 }, () => value as never),
  );
  expect(all.length).toBe(20 + 20_000 * (4 + bytes));
  const each = Array.from({ length: 20_000 }, (__, place) =>
    all.toString('hex', 24 + place * (4 + bytes), 24 + place * (4 + bytes) + bytes),
  );
  expect(new Set(each)).toEqual(new Set([alone]));
});
