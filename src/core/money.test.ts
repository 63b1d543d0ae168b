import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  allocate,
  currencyDecimals,
  divideHalfAwayFromZero,
  divideHalfEven,
  fromMinor,
  MoneyError,
  multiply,
  parseDecimal,
  rescale,
  sumMinor,
  toMinor,
  toMinorRounded,
} from './money.ts';

const currency = fc.constantFrom('DKK', 'EUR', 'JPY', 'KWD', 'ISK', 'HUF', 'BHD');
const minor = fc.integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });
const modest = fc.integer({ min: -1_000_000_000_000, max: 1_000_000_000_000 });

describe('currencies', () => {
  test('A krone has 2 decimals, a yen none, a Kuwaiti dinar 3', () => {
    expect(['DKK', 'JPY', 'KWD'].map(currencyDecimals)).toEqual([2, 0, 3]);
  });

  test('What is not a currency code is refused', () => {
    for (const text of ['', 'kr', 'dkk', 'DKKK', '../x']) {
      expect(() => currencyDecimals(text)).toThrow(MoneyError);
    }
  });
});

describe('decimal text', () => {
  test('Any amount survives the way to text and back', () => {
    fc.assert(
      fc.property(minor, currency, (amount, code) => {
        expect(toMinor(fromMinor(amount, code), code)).toBe(amount === 0 ? 0 : amount);
      }),
    );
  });

  test('An amount is written with exactly the decimals of its currency', () => {
    expect(fromMinor(-123_45, 'DKK')).toBe('-123.45');
    expect(fromMinor(5, 'DKK')).toBe('0.05');
    expect(fromMinor(-5, 'KWD')).toBe('-0.005');
    expect(fromMinor(1234, 'JPY')).toBe('1234');
  });

  test('Decimals the currency does not have are refused, unless they are noughts', () => {
    expect(toMinor('10.500', 'DKK')).toBe(10_50);
    expect(() => toMinor('10.505', 'DKK')).toThrow('more decimals than DKK allows');
    expect(() => toMinor('10.5', 'JPY')).toThrow(MoneyError);
  });

  test('Text that is no plain decimal number is refused', () => {
    for (const text of ['', '1,5', '1e3', '0x10', 'NaN', 'Infinity', '1.', '.5', '--1', '1 000']) {
      expect(() => parseDecimal(text)).toThrow(MoneyError);
    }
  });

  test('An amount too large to be exact is refused, never rounded', () => {
    expect(toMinor('90071992547409.91', 'DKK')).toBe(Number.MAX_SAFE_INTEGER);
    expect(() => toMinor('90071992547409.92', 'DKK')).toThrow(MoneyError);
    expect(() => fromMinor(0.5, 'DKK')).toThrow(MoneyError);
  });
});

describe('rounding', () => {
  test('Half an øre is rounded away from zero, both ways', () => {
    expect(toMinorRounded(parseDecimal('0.005'), 'DKK')).toBe(1);
    expect(toMinorRounded(parseDecimal('-0.005'), 'DKK')).toBe(-1);
    expect(toMinorRounded(parseDecimal('0.0049'), 'DKK')).toBe(0);
    expect(toMinorRounded(parseDecimal('2.5'), 'JPY')).toBe(3);
  });

  test('A quotient is never further than half from the exact value, and its sign is mirrored', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
        fc.bigInt({ min: 1n, max: 10n ** 9n }),
        (a, b) => {
          const rounded = divideHalfAwayFromZero(a, b);
          const off = 2n * (rounded * b - a);
          expect(off <= b && -off <= b).toBe(true);
          expect(divideHalfAwayFromZero(-a, b)).toBe(-rounded);
          expect(divideHalfAwayFromZero(a, -b)).toBe(-rounded);
        },
      ),
    );
  });

  test('A price times a quantity is exact until it is rounded', () => {
    const product = multiply(parseDecimal('0.335'), parseDecimal('3'));
    expect(product).toEqual({ unscaled: 1005n, scale: 3 });
    expect(rescale(product, 2)).toBe(101n);
  });
});

describe('sums', () => {
  test('A sum is exact, or refused', () => {
    fc.assert(
      fc.property(fc.array(modest, { maxLength: 100 }), (amounts) => {
        expect(BigInt(sumMinor(amounts))).toBe(amounts.reduce((a, b) => a + BigInt(b), 0n));
      }),
    );
    expect(() => sumMinor([Number.MAX_SAFE_INTEGER, 1])).toThrow(MoneyError);
    // On the way it may be larger than an amount may be; only the sum counts.
    expect(sumMinor([Number.MAX_SAFE_INTEGER, 1, -2])).toBe(Number.MAX_SAFE_INTEGER - 1);
  });
});

describe('splitting', () => {
  test('The parts add up to the whole, and none is an øre off its fair share', () => {
    fc.assert(
      fc.property(
        modest,
        fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1, maxLength: 40 }),
        (total, weights) => {
          const parts = allocate(total, weights);
          expect(parts.length).toBe(weights.length);
          expect(sumMinor(parts)).toBe(total === 0 ? 0 : total);
          const sum = weights.reduce((a, b) => a + BigInt(b), 0n);
          if (sum === 0n) return;
          for (const [index, part] of parts.entries()) {
            const off = BigInt(part) * sum - BigInt(total) * BigInt(weights[index]!);
            expect(off < sum && -off < sum).toBe(true);
          }
        },
      ),
    );
  });

  test('The odd øre goes to the largest remainder, at a tie to the first', () => {
    expect(allocate(100, [1, 1, 1])).toEqual([34, 33, 33]);
    expect(allocate(-100, [1, 1, 1])).toEqual([-34, -33, -33]);
    expect(allocate(10, [1, 2])).toEqual([3, 7]);
    expect(allocate(7, [0, 0])).toEqual([7, 0]);
    expect(allocate(7, [])).toEqual([]);
  });
});

test('a half goes to the even neighbour, and nothing else is rounded otherwise', () => {
  const halves = [-25n, -15n, -5n, 5n, 15n, 25n].map((tenths) => divideHalfEven(tenths, 10n));
  expect(halves).toEqual([-2n, -2n, 0n, 0n, 2n, 2n]);
  expect(divideHalfEven(15n, -10n)).toBe(-2n);
  for (const tenths of [-16n, -14n, -4n, 4n, 6n, 14n, 26n])
    expect(divideHalfEven(tenths, 10n)).toBe(divideHalfAwayFromZero(tenths, 10n));
});
