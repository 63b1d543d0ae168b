/**
 * Tryton's errors → our codes. An error is `[kind, …]` inside a 200 (trytond/exceptions.py and
 * protocols/jsonrpc.py, 6.0.29, read 2026-11-24).
 *
 * What a refusal (`UserError`) answers is its words alone: the exception's class stays in the server. So
 * what can be foreseen is looked up before anything is written (`lookups.ts`); of the rest, a refused
 * value is told by the model and the field it names, a warning by its key, and only what is left by its
 * sentence, in English because we ask for it (the modules' `message.xml` of 6.0, same day; of 7.0.30, 2026-11-30).
 */
import { z } from 'zod';
import { type FailureCode, SyncFailure } from '../../core/failure.ts';
import type { Classify } from '../../sdk/http-session.ts';

/** `The value … for field "Account" in "Invoice Line" …`: every check of a value is told that way (ir/message.xml). */
const FIELD = /\bfield "([^"]*)" in "([^"]*)"/;
const FIELDS: readonly (readonly [model: RegExp, field: RegExp, FailureCode])[] = [
  [/^Account Move$/, /^Period$/, 'period-locked'],
  [/^(?:Invoice|Account Move) Line$/, /^Account$/, 'account-invalid'],
  [/^Invoice Line$/, /^Taxes$/, 'vat-code-invalid'],
  [/^Analytic/, /./, 'dimension-invalid'],
];

const WORDS: readonly (readonly [RegExp, FailureCode])[] = [
  [
    /^The period of move .* is closed|closed (?:journal-)?period|you must reopen the (?:period|fiscal year)/,
    'period-locked',
  ],
  [/you must create a (?:period|fiscal year) for the date/, 'date-rejected'],
  [/is (?:posted, paid or cancelled|no longer in a draft state)\.$/m, 'posting-locked'],
  [/^You cannot modify (?:posted move|line .* from posted move|reconciled line)/, 'posting-locked'],
  [/^You cannot delete invoice .* because it has a number/, 'posting-locked'],
  [/that don't exist(?: anymore)?\.?/, 'deleted-in-target'],
  [/^You are not allowed to/, 'access-denied'],
  [/you must set a type or unclose it/, 'account-archived'],
  [/^You cannot use the same account/, 'account-invalid'],
  [/you must define a (?:payable|currency exchange (?:credit|debit)) account/, 'account-missing'],
  [/^The number of digits in the value/, 'amount-rejected'],
  [/can not be greater than the invoice amount|^You cannot overpay invoice/, 'amount-rejected'],
  // Tryton draws the code, and drew the same for another party at the same moment: nobody's mistake.
  [/^The code on party must be unique/, 'target-busy'],
];

/**
 * 7.0 asks before an invoice goes on whose number another of the supplier has, also one that was cancelled
 * (account_invoice/invoice.py, `_check_similar`, 7.0.12, read 2026-11-30).
 */
export const SIMILAR_INVOICE = /\.invoice_similar$/;

/**
 * Warnings by their keys. Tryton raises them where a person is to think first: of those that our calls can
 * meet, one books a reversal on another day than the bill's, one finds another invoice of the supplier like
 * it, the others undo what a person put together (account/move.py, account_invoice/invoice.py). Two are
 * answered (`answering.ts`).
 */
const WARNINGS: readonly (readonly [key: RegExp, FailureCode])[] = [
  [/^account\.move,\d+\.cancel$/, 'period-locked'],
  [/\.(?:delete\.(?:delegated|write-off)|cancel_delegated)$/, 'posting-locked'],
  [SIMILAR_INVOICE, 'number-taken'],
];

/** A `UserWarning`: Tryton does it when asked again by who has answered `key` (`res.user.warning.skip`). */
export class TrytonWarning extends SyncFailure {
  readonly key: string;

  constructor(key: string, words: string) {
    super(WARNINGS.find(([pattern]) => pattern.test(key))?.[1] ?? 'rejected', {
      originalMessage: `Tryton asks a person first: ${words} (warning ${key})`,
    });
    this.key = key;
  }
}

/** Another transaction was quicker: rolled back, nothing was written. */
const LOCKED =
  /could not obtain lock|could not serialize access|deadlock detected|database is locked/;

export function rpcFailure(
  error: readonly unknown[],
  given: { write: boolean; redact: (text: string) => string },
): SyncFailure {
  const [kind, detail] = error;
  const said = z.array(z.unknown()).safeParse(detail).data ?? [detail];
  const parts = said.filter((part): part is string => typeof part === 'string' && part !== '');
  const words = given.redact(parts.join(' – '));
  switch (kind) {
    case 'UserError':
      return new SyncFailure(codeOf(words), { originalMessage: words });
    case 'UserWarning': {
      // `[key, message, description]`.
      const [key = ''] = parts;
      return new TrytonWarning(key, given.redact(parts.slice(1).join(' – ')));
    }
    case 'ConcurrencyException':
      return new SyncFailure('version-stale', { originalMessage: words });
    case 'LoginException':
      return new SyncFailure('signed-out', { originalMessage: words });
    default: {
      // Python's own exception, with a trace that stays in the exchange.
      const message = given.redact(String(kind));
      if (LOCKED.test(message)) return new SyncFailure('target-busy', { originalMessage: message });
      // SQLite says so in words, since 7.0 by stumbling; PostgreSQL with a 404.
      if (/^Database '.*' doesn't exist|no attribute 'put_connection'$/.test(message))
        return new SyncFailure('settings-wrong', { originalMessage: message });
      return new SyncFailure('target-error', { originalMessage: message, uncertain: given.write });
    }
  }
}

function codeOf(words: string): FailureCode {
  const [, field, model] = FIELD.exec(words) ?? [];
  const ofField =
    field !== undefined && model !== undefined
      ? FIELDS.find(([ofModel, named]) => ofModel.test(model) && named.test(field))
      : undefined;
  return ofField?.[2] ?? WORDS.find(([pattern]) => pattern.test(words))?.[1] ?? 'rejected';
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
