import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { timeOrderedIds } from './clock.ts';
import { isUuid, v7 } from './uuid.ts';

test('The example of RFC 9562 (appendix A.6) is made from its parts', () => {
  const chance = Uint8Array.from([0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f]);
  expect(v7(0x017f22e279b0, chance)).toBe('017f22e2-79b0-7cc3-98c4-dc0c0c07398f');
});

test('Ids of a later millisecond sort after earlier ones, whatever chance says', () => {
  const ms = fc.integer({ min: 0, max: 2 ** 48 - 2 });
  const chance = fc.uint8Array({ minLength: 10, maxLength: 10 });
  fc.assert(
    fc.property(ms, chance, chance, (at, a, b) => {
      const earlier = v7(at, a);
      expect(isUuid(earlier)).toBe(true);
      expect(earlier < v7(at + 1, b)).toBe(true);
      expect(earlier[14]).toBe('7');
      expect('89ab').toContain(earlier[19]);
    }),
  );
});

test('Ids come from the clock and the chance they are given', () => {
  const clock = { now: () => new Date(0x017f22e279b0) };
  const ids = timeOrderedIds(clock, (length) => new Uint8Array(length));
  expect(ids.next()).toBe('017f22e2-79b0-7000-8000-000000000000');
});

// The activity lines of one edit used to come shuffled.
test('Ids of one millisecond sort in the order they were made, also when the clock is set back', () => {
  let ms = 1_000_000;
  const ids = timeOrderedIds({ now: () => new Date(ms) }, () =>
    Uint8Array.from({ length: 10 }, () => 255),
  );
  const made = Array.from({ length: 5_000 }, () => ids.next());
  ms -= 10;
  made.push(ids.next());
  expect(made.toSorted()).toEqual(made);
  expect(new Set(made).size).toBe(made.length);
});

test('Only an id in lower case, whole, is an id', () => {
  const id = '017f22e2-79b0-7cc3-98c4-dc0c0c07398f';
  expect([id, id.toUpperCase(), `${id}0`, id.slice(1), ''].map(isUuid)).toEqual([
    true,
    false,
    false,
    false,
    false,
  ]);
});
