import { expect, test } from 'vitest';
import { activityValue } from './activity-value.ts';

test('a day and an amount in the activity log are written as the reader writes them', () => {
  expect(activityValue('2026-12-01', 'DKK', 'da-DK')).toBe('1. dec. 2026');
  expect(activityValue('1250.00', 'DKK', 'da-DK')).toBe('1.250,00');
});

test('a payment is an amount and a day', () => {
  expect(activityValue('1250.00 DKK 2026-12-01', 'EUR', 'da-DK')).toBe(
    '1.250,00 DKK, 1. dec. 2026',
  );
});

test('net and VAT of a line are both written so', () => {
  expect(activityValue('1000.00 + 250.00', 'DKK', 'da-DK')).toBe('1.000,00 + 250,00');
});

test('a category, a number or a note is left as it is', () => {
  for (const text of ['Kontor + møder', '5010', 'v1.2'])
    expect(activityValue(text, 'DKK', 'da-DK')).toBe(text);
});
