import { expect, test } from 'vitest';
import { languageOf, same } from './reach-service.ts';
import { plain, plainLines, table } from './terminal.ts';

test('What a supplier wrote cannot move the cursor, colour the screen or turn the text around', () => {
  const nasty = 'A\u{1b}[2J\u{9b}31mB\u{202e}C\u{0}\nD';
  expect(plain(nasty)).toBe('A\u{fffd}[2J\u{fffd}31mB\u{fffd}C\u{fffd} D');
  expect(plainLines('a\r\nb\tc\u{8}')).toBe('a\nb\tc\u{fffd}');
});

test('Columns line up, amounts to the right, also with letters that need two code points', () => {
  const text = table(
    [{ title: 'Navn' }, { title: 'Beløb', align: 'right' }, { title: 'Id' }],
    [{ cells: ['A\u{30a}se', '1.00', 'x'], below: ['mere'] }, { cells: ['Bo', '1000.00', ''] }],
  );
  expect(text.split('\n')).toEqual([
    'Navn    Beløb  Id',
    'A\u{30a}se      1.00  x',
    '    mere',
    'Bo    1000.00',
  ]);
});

test("The reader's language is the terminal's: Danish for Danish, English otherwise", () => {
  expect(languageOf(undefined, { LANG: 'da_DK.UTF-8' })).toBe('da');
  expect(languageOf(undefined, { LANG: 'da_DK.UTF-8', LC_ALL: 'en_GB' })).toBe('en');
  expect(languageOf(undefined, { LANG: 'C.UTF-8' })).toBe('en');
  expect(languageOf(undefined, {})).toBe('en');
  expect(languageOf('da', { LANG: 'en_GB' })).toBe('da');
});

test('Names are the same whatever their case and spelling of å', () => {
  expect(same('Ål A/S', 'A\u{30a}L a/s ')).toBe(true);
  expect(same('Ål', 'Aal')).toBe(false);
});
