/**
 * Tryton's errors → our codes. An error is `[kind, …]` inside a 200 (trytond/exceptions.py and
 * protocols/jsonrpc.py, 6.0.29, read 2026-11-24).
 *
 * Its refusals (`UserError`) carry no code, only words; so what can be foreseen is looked up before
 * anything is written (`lookups.ts`), and the words, in English because we ask for it, decide only
 * what happened meanwhile. They are from the `message.xml` files of the modules, same day.
 */
import { z } from 'zod';
import { type FailureCode, SyncFailure } from '../../core/failure.ts';
import type { Classify } from '../../sdk/http-session.ts';

const WORDS: readonly (readonly [RegExp, FailureCode])[] = [
  [/The period of move .* is closed|closed (?:journal-)?period/, 'period-locked'],
  [/"Period" in "Account Move" is not valid/, 'period-locked'],
  [/you must create a (?:period|fiscal year) for the date/, 'date-rejected'],
  [/because it is posted, paid or cancelled|is posted, paid or cancelled\.$/m, 'posting-locked'],
  [/You cannot modify (?:posted move|line .* from posted move|reconciled line)/, 'posting-locked'],
  [/You cannot delete invoice .* because it has a number/, 'posting-locked'],
  [/don't exist anymore/, 'deleted-in-target'],
  [/You are not allowed to/, 'access-denied'],
  [/set a type or unclose it/, 'account-archived'],
  [/"Account" in "(?:Invoice|Account Move) Line" is not valid/, 'account-invalid'],
  [/You cannot use the same account/, 'account-invalid'],
  [/you must define a payable account/, 'account-missing'],
  [/"Taxes" in "Invoice Line" is not valid/, 'vat-code-invalid'],
  [/"Analytic/, 'dimension-invalid'],
  [/number of digits in the value/, 'amount-rejected'],
  [/can not be greater than the invoice amount/, 'amount-rejected'],
  [/similar invoice|already exists/i, 'number-taken'],
];

/** Another transaction was quicker: rolled back, nothing was written. */
const LOCKED =
  /could not obtain lock|could not serialize access|deadlock detected|database is locked/;

export function rpcFailure(
  error: readonly unknown[],
  given: { write: boolean; redact: (text: string) => string },
): SyncFailure {
  const [kind, detail] = error;
  const said = z.array(z.unknown()).safeParse(detail).data ?? [detail];
  const parts = said.filter((part) => typeof part === 'string' && part !== '');
  const words = given.redact(parts.join(' – '));
  switch (kind) {
    case 'UserError':
      return new SyncFailure(codeOf(words) ?? 'rejected', { originalMessage: words });
    case 'UserWarning':
      // `[name, message, description]`. None is waved through: each asks for a person's judgement.
      return new SyncFailure(codeOf(words) ?? 'rejected', { originalMessage: words });
    case 'ConcurrencyException':
      return new SyncFailure('version-stale', { originalMessage: words });
    case 'LoginException':
      return new SyncFailure('signed-out', { originalMessage: words });
    default: {
      // Python's own exception, with a trace that stays in the exchange.
      const message = given.redact(String(kind));
      if (LOCKED.test(message)) return new SyncFailure('target-busy', { originalMessage: message });
      // SQLite says so in words; PostgreSQL with a 404.
      if (/^Database '.*' doesn't exist/.test(message))
        return new SyncFailure('settings-wrong', { originalMessage: message });
      return new SyncFailure('target-error', { originalMessage: message, uncertain: given.write });
    }
  }
}

function codeOf(words: string): FailureCode | null {
  return WORDS.find(([pattern]) => pattern.test(words))?.[1] ?? null;
}

/** Outside JSON-RPC: a database that is not there is a 404 with a page. The rest is HTTP's. */
export const classify: Classify = (status, _body, { text }) =>
  status === 404
    ? new SyncFailure('settings-wrong', {
        originalMessage: `HTTP 404: is the database's name right? ${text
          .replaceAll(/<[^>]*>|\s+/g, ' ')
          .trim()
          .slice(0, 200)}`,
      })
    : null;
