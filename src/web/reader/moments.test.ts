import { expect, test } from 'vitest';
import { formatDay, formatDuration, formatInstant, formatRelative } from './moments.ts';

const copenhagen = { timeZone: 'Europe/Copenhagen' };

test('an instant is written as a Danish bookkeeper writes it', () => {
  expect(formatInstant('2026-11-24T13:03:00Z', 'da-DK', copenhagen)).toBe(
    '24. nov. 2026 kl. 14.03',
  );
  expect(formatInstant('2026-11-24T13:03:09Z', 'da-DK', { ...copenhagen, seconds: true })).toBe(
    '24. nov. 2026 kl. 14.03.09',
  );
});

test('an English reader gets the day before the month', () => {
  expect(formatInstant('2026-11-24T13:03:00Z', 'en-GB', copenhagen)).toBe('24 Nov 2026, 14:03');
});

test('a day is the same day in every time zone', () => {
  expect(formatDay('2026-01-31', 'da-DK')).toBe('31. jan. 2026');
});

test('how long ago is said in the largest whole unit', () => {
  const now = Date.parse('2026-11-24T13:03:00Z');
  expect(formatRelative('2026-11-24T13:02:40Z', now, 'da-DK')).toBe('nu');
  expect(formatRelative('2026-11-24T12:59:10Z', now, 'da-DK')).toBe('for 3 minutter siden');
  expect(formatRelative('2026-11-24T15:13:00Z', now, 'da-DK')).toBe('om 2 timer');
  expect(formatRelative('2026-11-23T12:03:00Z', now, 'en-GB')).toBe('yesterday');
});

test('a duration is short and in the reader’s decimal sign', () => {
  expect(formatDuration(340.4, 'da-DK')).toBe('340 ms');
  expect(formatDuration(1234, 'da-DK')).toBe('1,2 s');
  expect(formatDuration(0.2, 'da-DK')).toBe('1 ms');
  expect(formatDuration(120_000, 'en-GB')).toBe('2 min');
});
