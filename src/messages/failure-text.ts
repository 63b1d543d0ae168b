/**
 * What people read about a failure: what went wrong, and who can do what about it, by code.
 *
 * The texts are JSON, one file per language. `{subject}` is what it is about (an account, a day); a
 * part in square brackets is left out when nothing is known about that. The accounting system's own
 * message is never part of these texts: it is shown beside them, unaltered.
 */
import { isDay } from '../core/day.ts';
import type { FailureCode } from '../core/failure.ts';
import da from './failures.da.json' with { type: 'json' };
import en from './failures.en.json' with { type: 'json' };
import { type Language, LOCALE_OF } from './languages.ts';

export interface FailureText {
  readonly title: string;
  readonly remedy: string;
}

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

/** A day is written as the reader writes days; anything else stays as the accounting system has it. */
function asRead(subject: string, language: Language): string {
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
