import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson } from './canonical.ts';

test('The order of keys and what is undefined make no difference', () => {
  expect(canonicalJson({ b: [1, { d: undefined, c: null }], a: 'æ' })).toBe(
    '{"a":"æ","b":[1,{"c":null}]}',
  );
  expect(canonicalJson({ a: 'æ', b: [1, { c: null }] })).toBe(
    canonicalJson({ b: [1, { c: null }], a: 'æ' }),
  );
});

test('The order of a list does make a difference', () => {
  expect(canonicalJson([1, 2])).not.toBe(canonicalJson([2, 1]));
});

test('A value read back from JSON has the text it had', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value);
      expect(canonicalJson(JSON.parse(JSON.stringify(value)))).toBe(text);
      expect(canonicalJson(JSON.parse(text))).toBe(text);
    }),
  );
});

test('Different values have different texts', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      const same =
        JSON.stringify(JSON.parse(canonicalJson(a))) ===
        JSON.stringify(JSON.parse(canonicalJson(b)));
      expect(canonicalJson(a) === canonicalJson(b)).toBe(same);
    }),
  );
});
