import { expect, test } from 'vitest';
import { FAILURE_CODES, OWN_SUBJECTS } from '../core/failure.ts';
import { FAILURE_TEXTS, failureText } from './failure-text.ts';
import { LANGUAGES } from './languages.ts';

for (const language of LANGUAGES) {
  const texts = FAILURE_TEXTS[language];

  test(`every failure has a title and a remedy in ${language}, and no text is left over`, () => {
    expect(Object.keys(texts).sort()).toEqual([...FAILURE_CODES].sort());
  });

  test(`no text in ${language} asks for anything but the subject, and only where it can be left out`, () => {
    for (const code of FAILURE_CODES) {
      for (const text of [texts[code].title, texts[code].remedy]) {
        expect(text.trim(), code).toBe(text);
        const outsideBrackets = text.replaceAll(/\[[^\]]*\{subject\}[^\]]*\]/g, '');
        expect(outsideBrackets, code).not.toMatch(/[[\]{}]/);
      }
    }
  });

  test(`every remedy in ${language} is whole sentences, and no title is`, () => {
    for (const code of FAILURE_CODES) {
      expect(texts[code].remedy, code).toMatch(/^\p{Lu}.*\.$/u);
      expect(texts[code].title, code).toMatch(/^\p{Lu}.*[^.]$/u);
    }
  });

  test(`what is ours is said in ${language}`, () => {
    for (const subject of OWN_SUBJECTS) {
      const { title } = failureText('account-missing', language, subject);
      expect(title).not.toContain(subject);
      expect(title).toMatch(/: \p{Ll}/u);
    }
  });

  test(`a failure without a subject reads well in ${language}`, () => {
    for (const code of FAILURE_CODES) {
      const { title } = failureText(code, language, null);
      expect(title, code).not.toMatch(/ {2}|[[\]{}]|[:\s]$/);
    }
  });
}

test('a locked period is said with the day as a Danish bookkeeper writes it', () => {
  expect(failureText('period-locked', 'da', '2026-01-31').title).toBe(
    'Regnskabsperioden er lukket: 31. jan. 2026',
  );
});

test('an account number is said as it is', () => {
  expect(failureText('account-archived', 'en', '5010').title).toBe(
    'The account 5010 is blocked or archived in the accounting system',
  );
});

test('a subject that looks like a placeholder or a replacement pattern is not read as one', () => {
  expect(failureText('account-archived', 'en', "$& {subject} $'").title).toBe(
    "The account $& {subject} $' is blocked or archived in the accounting system",
  );
});
