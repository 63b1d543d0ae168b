/**
 * What people read about a failure: what went wrong, and who can do what about it, by code.
 *
 * The texts are JSON, one file per language. `{subject}` is what it is about (an account, a day); a
 * part in square brackets is left out when nothing is known about that. The accounting system's own
 * message is never part of these texts: it is shown beside them, unaltered.
 */
import { isDay } from '../core/day.ts';
import type { FailureCode, OwnSubject } from '../core/failure.ts';
import da from './failures.da.json' with { type: 'json' };
import en from './failures.en.json' with { type: 'json' };
import { type Language, LOCALE_OF } from './languages.ts';

export interface FailureText {
  readonly title: string;
  readonly remedy: string;
}

const OWN_SUBJECTS: Readonly<Record<Language, Readonly<Record<OwnSubject, string>>>> = {
  da: {
    '@account-paid-from': 'kontoen, der betales fra',
    '@account-of-debt': 'kontoen for leverandørgæld',
    '@removal': 'at posteringen fjernes',
  },
  en: {
    '@account-paid-from': 'the account that is paid from',
    '@account-of-debt': 'the account of what is owed to suppliers',
    '@removal': 'that the posting is removed',
  },
};

export const FAILURE_TEXTS: Readonly<Record<Language, Readonly<Record<FailureCode, FailureText>>>> =
  { da, en };

/** `failureText('period-locked', 'da', '2026-01-31')` → "Regnskabsperioden er lukket: 31. jan. 2026". */
export function failureText(
  code: FailureCode,
  language: Language,
  subject: string | null,
): FailureText {
  const text = FAILURE_TEXTS[language][code];
  const said = subject === null || subject === '' ? null : asRead(subject, language);
  return { title: fill(text.title, said), remedy: fill(text.remedy, said) };
}

/** A day is written as the reader writes days, what is ours in the reader's words; the rest as the accounting system has it. */
function asRead(subject: string, language: Language): string {
  const own: Readonly<Record<string, string>> = OWN_SUBJECTS[language];
  if (Object.hasOwn(own, subject)) return own[subject]!;
  if (!isDay(subject)) return subject;
  const format = new Intl.DateTimeFormat(LOCALE_OF[language], {
    dateStyle: 'medium',
    timeZone: 'UTC',
  });
  return format.format(new Date(`${subject}T00:00:00Z`));
}

function fill(template: string, subject: string | null): string {
  const kept = template.replaceAll(/\[([^\]]*)\]/g, subject === null ? '' : '$1');
  return kept.replaceAll('{subject}', () => subject ?? '');
}
