import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { keepable } from './keepable.ts';

test('What can not be kept is shown as such, wherever it is', () => {
  expect(keepable({ a: ['x\0', { 'b\ud83d': '\ude00' }], c: 1, d: null })).toEqual({
    a: ['x\ufffd', { 'b\ufffd': '\ufffd' }],
    c: 1,
    d: null,
  });
});

test('What can be kept is left alone, faces and dates included', () => {
  const value = { text: 'Æ 😀 \n', at: new Date(0), list: [{ a: undefined }], none: null };
  expect(keepable(value)).toBe(value);
});

test('Whatever comes in, what comes out is well-formed, and the same at a second try', () => {
  const text = fc.string({ unit: 'binary', maxLength: 8 }).map((t) => `${t}\ud800`.slice(0, 8));
  fc.assert(
    fc.property(fc.jsonValue(), text, (json, odd) => {
      const kept = keepable({ json, [odd]: odd });
      expect(JSON.stringify(kept)).not.toMatch(/[^\\](\\\\)*\\u(0000|d[89a-f])/);
      expect(keepable(kept)).toBe(kept);
    }),
  );
});
