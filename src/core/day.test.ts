import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays, dayOf, isDay } from './day.ts';

test('Only days that exist are days', () => {
  expect(['2024-02-29', '2026-11-24', '0001-01-01'].map(isDay)).toEqual([true, true, true]);
  const none = [
    '2023-02-29',
    '2026-13-01',
    '2026-04-31',
    '2026-1-1',
    '24-11-2026',
    '0000-01-01',
    '',
    'today',
  ];
  expect(none.filter(isDay)).toEqual([]);
});

test('It is already tomorrow in Copenhagen an hour before midnight in London', () => {
  expect(dayOf(new Date('2026-11-24T22:59:59Z'))).toBe('2026-11-24');
  expect(dayOf(new Date('2026-11-24T23:00:00Z'))).toBe('2026-11-25');
  expect(dayOf(new Date('2026-07-24T22:00:00Z'))).toBe('2026-07-25');
  expect(dayOf(new Date('2026-11-24T23:00:00Z'), 'UTC')).toBe('2026-11-24');
});

test('Days are added across months, leap days and the clock being changed', () => {
  expect(addDays('2026-10-24', 1)).toBe('2026-10-25');
  expect(addDays('2026-10-25', 1)).toBe('2026-10-26');
  expect(addDays('2024-02-28', 1)).toBe('2024-02-29');
  expect(addDays('2026-01-01', -1)).toBe('2025-12-31');
  expect(addDays('0001-01-20', -90)).toBe('0001-01-01');
  expect(addDays('9999-12-20', 90)).toBe('9999-12-31');
});

test('Adding days and taking them away again is where one began', () => {
  const day = fc
    .date({ min: new Date('1990-01-01'), max: new Date('2090-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10));
  fc.assert(
    fc.property(day, fc.integer({ min: -3000, max: 3000 }), (from, days) => {
      const to = addDays(from, days);
      expect(isDay(to)).toBe(true);
      expect(addDays(to, -days)).toBe(from);
      expect(to > from).toBe(days > 0);
    }),
  );
});
