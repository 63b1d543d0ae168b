import { expect, test } from 'vitest';
import { dayToType, readDay } from './typed-days.ts';

test('a day can be typed in all the ways a bookkeeper types one, day first', () => {
  for (const typed of [
    '01.12.2026',
    '1.12.2026',
    '1/12-26',
    '1-12-2026',
    '01122026',
    '011226',
    '0112',
    '1.12',
    '1 12 26',
    '2026-12-01',
  ])
    expect(readDay(typed, 2026), typed).toBe('2026-12-01');
});

test('a day that does not exist is refused', () => {
  for (const typed of [
    '31.02.2026',
    '29.02.2027',
    '0.1.2026',
    '1.13.2026',
    'i morgen',
    '12',
    '',
    '2026-02-30',
  ])
    expect(readDay(typed, 2026), typed).toBeNull();
});

test('a day put into a field and read back is the same', () => {
  for (const locale of ['da-DK', 'en-GB'])
    expect(readDay(dayToType('2024-02-29', locale), 2026)).toBe('2024-02-29');
});

test('a Danish reader sees dots', () => {
  expect(dayToType('2026-12-01', 'da-DK')).toBe('01.12.2026');
});
