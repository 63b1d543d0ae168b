import { expect, test } from 'vitest';
import { pickLanguage } from './languages.ts';

test('a reader who says nothing is given Danish', () => {
  expect(pickLanguage(undefined)).toBe('da');
  expect(pickLanguage('')).toBe('da');
  expect(pickLanguage('*')).toBe('da');
});

test('the language with the highest weight is given, not the first written', () => {
  expect(pickLanguage('en;q=0.5, da-DK;q=0.9')).toBe('da');
  expect(pickLanguage('en-US,en;q=0.9,da;q=0.8')).toBe('en');
});

test('a language refused with q=0 is not given', () => {
  expect(pickLanguage('da;q=0, en')).toBe('en');
});

test('a Norwegian reader is given Danish, a German one English', () => {
  expect(pickLanguage('nb-NO')).toBe('da');
  expect(pickLanguage('de-DE,de;q=0.9')).toBe('en');
});

test('a header of nonsense does no harm', () => {
  expect(pickLanguage(';;;,q=,=;q=x')).toBe('da');
});
