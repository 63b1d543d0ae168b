import { expect, test } from 'vitest';
import { formatAmount, negated, readAmount } from './amounts.ts';

test('a Danish reader sees dots between thousands and a comma before the øre', () => {
  expect(formatAmount('1234567.5', 'DKK', 'da-DK')).toBe('1.234.567,50');
  expect(formatAmount('-12.30', 'DKK', 'da-DK')).toBe('-12,30');
});

test('an English reader sees the same amount the English way', () => {
  expect(formatAmount('1234567.5', 'DKK', 'en-GB')).toBe('1,234,567.50');
});

test('yen have no decimals and dinars three', () => {
  expect(formatAmount('1500', 'JPY', 'da-DK')).toBe('1.500');
  expect(formatAmount('1.5', 'KWD', 'da-DK')).toBe('1,500');
});

test('an amount too large for a float is shown to the last digit', () => {
  expect(formatAmount('9007199254740993.01', 'DKK', 'da-DK')).toBe('9.007.199.254.740.993,01');
});

test('what is no amount is shown as it is', () => {
  expect(formatAmount('100.00 + 25.00', 'DKK', 'da-DK')).toBe('100.00 + 25.00');
});

test('an amount can be typed with or without dots between thousands', () => {
  expect(readAmount('1.234,50', 'da-DK')).toBe('1234.50');
  expect(readAmount('1234,5', 'da-DK')).toBe('1234.5');
  expect(readAmount('1 234', 'da-DK')).toBe('1234');
  expect(readAmount('1.234', 'da-DK')).toBe('1234');
  expect(readAmount('1.234.567', 'da-DK')).toBe('1234567');
});

test('an amount copied from elsewhere with a decimal dot is understood', () => {
  expect(readAmount('1234.50', 'da-DK')).toBe('1234.50');
  expect(readAmount('12.5', 'da-DK')).toBe('12.5');
  expect(readAmount('1,234.50', 'en-GB')).toBe('1234.50');
});

test('what cannot be read as one amount is refused, not guessed at', () => {
  for (const typed of ['', '-', 'abc', '1,2,3', '12,34,56', '1.2.3', '12 kr.', '1e5', '1,23456'])
    expect(readAmount(typed, 'da-DK'), typed).toBeNull();
});

test('an amount put into a field and read back is the same', () => {
  for (const amount of ['0.00', '1234.50', '-0.25', '1000000.00', '9007199254740.99'])
    for (const locale of ['da-DK', 'en-GB'])
      expect(readAmount(formatAmount(amount, 'DKK', locale), locale), amount).toBe(amount);
});

test('an amount the other way round has one sign at most', () => {
  expect(['12.00', '-12.00', '0.00'].map(negated)).toEqual(['-12.00', '12.00', '0.00']);
});
