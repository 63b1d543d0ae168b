import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { diffFields } from './diff.ts';

const fields = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.string({ maxLength: 3 }));

test('Fields that differ, came or went, each with before and after', () => {
  const before = { number: '1', dueOn: '2026-01-01', note: 'x' };
  const after = { number: '1', dueOn: '2026-01-02', total: '9.00' };
  expect(diffFields(before, after)).toEqual([
    { field: 'dueOn', before: '2026-01-01', after: '2026-01-02' },
    { field: 'total', before: null, after: '9.00' },
    { field: 'note', before: 'x', after: null },
  ]);
});

test('Nothing differs from itself, and a difference the other way round is the mirror', () => {
  fc.assert(
    fc.property(fields, fields, (a, b) => {
      expect(diffFields(a, { ...a })).toEqual([]);
      const forth = diffFields(a, b).map(({ field, before, after }) => [field, before, after]);
      const back = diffFields(b, a).map(({ field, before, after }) => [field, after, before]);
      expect(new Set(forth.map(String))).toEqual(new Set(back.map(String)));
    }),
  );
});

test('Applying a difference gives the after', () => {
  fc.assert(
    fc.property(fields, fields, (a, b) => {
      const made: Record<string, string> = { ...a };
      for (const { field, after } of diffFields(a, b)) {
        if (after === null) delete made[field];
        else made[field] = after;
      }
      expect(made).toEqual({ ...b });
    }),
  );
});
