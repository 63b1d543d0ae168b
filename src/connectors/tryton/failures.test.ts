import { describe, expect, test } from 'vitest';
import { rpcFailure } from './failures.ts';

const failureOf = (error: unknown[], write = true) =>
  rpcFailure(error, { write, redact: (text) => text.replaceAll('secret', '•') });

/** As Tryton 6.0.29 wrote them, or 7.0.30. */
const REFUSALS: readonly (readonly [words: string, code: string])[] = [
  ['The period of move "12" is closed.', 'period-locked'],
  ['You cannot add/modify/delete tax lines in closed period "2026-01".', 'period-locked'],
  ['To continue, you must create a fiscal year for the date "2031-01-01".', 'date-rejected'],
  [
    'You cannot modify invoice "2026/00001" because it is posted, paid or cancelled.',
    'posting-locked',
  ],
  ['You cannot modify posted move "14".', 'posting-locked'],
  [
    'You are trying to write to records "3" of "Invoice" that don\'t exist anymore.',
    'deleted-in-target',
  ],
  ['You are trying to read records "3" of "Invoice" that don\'t exist.', 'deleted-in-target'],
  [
    'You cannot add lines to invoice "2026/00001" because it is no longer in a draft state.',
    'posting-locked',
  ],
  [
    'To continue, you must reopen the period "2026-01" of company "Nordlys" for the date "2026-01-02".',
    'period-locked',
  ],
  [
    'You cannot overpay invoice "2026/00001" because there is no more left to pay.',
    'amount-rejected',
  ],
  [
    'To reconcile lines, you must define a currency exchange debit account for "Nordlys".',
    'account-missing',
  ],
  ['You are not allowed to access "Account Move Line".', 'access-denied'],
  [
    'The value for field "Account" in "Invoice Line" is not valid according to its domain.',
    'account-invalid',
  ],
  ['You cannot use the same account "6800" on invoice "(1)" and on line "x".', 'account-invalid'],
  ['To continue, you must define a payable account for party "Nordlys".', 'account-missing'],
  [
    'The value for field "Taxes" in "Invoice Line" is not valid according to its domain.',
    'vat-code-invalid',
  ],
  [
    'The number of digits in the value "Decimal(\'1.005\')" for field "Debit" in "Account Move Line" exceeds the limit of "2".',
    'amount-rejected',
  ],
  [
    'The value for field "Payment Term" in "Invoice" is not valid according to its domain.',
    'rejected',
  ],
  // Two suppliers made at the same moment: it used to wait for a person, who could mend nothing.
  ['The code on party must be unique.', 'target-busy'],
  ['Something Tryton never said before.', 'rejected'],
];

describe("Tryton's refusals", () => {
  test.each(REFUSALS)('%s', (words, code) => {
    const failure = failureOf(['UserError', [words, '', null]]);
    expect(failure).toMatchObject({ uncertain: false, details: { code, originalMessage: words } });
  });

  test.each([
    ['account.move,1.cancel', 'period-locked'],
    ['account.move.reconciliation,7.delete.delegated', 'posting-locked'],
    ['0cc175b9c0f1b6a831c399e269772661.cancel_delegated', 'posting-locked'],
    ['0cc175b9c0f1b6a831c399e269772661.delete.write-off', 'posting-locked'],
    ['0cc175b9c0f1b6a831c399e269772661.invoice_similar', 'number-taken'],
    ['a.module,we.never.saw', 'rejected'],
  ])('the warning %s is not waved through, and is named', (key, code) => {
    const { details, uncertain } = failureOf(['UserWarning', [key, 'Are you sure?', '']]);
    expect({ code: details.code, uncertain }).toEqual({ code, uncertain: false });
    expect(details.originalMessage).toContain('Are you sure?');
    expect(details.originalMessage).toContain(key);
  });

  test.each([
    "Database 'another' doesn't exist!",
    "'NoneType' object has no attribute 'put_connection'",
  ])('a database that is not there: %s', (words) => {
    expect(failureOf([words, ''], false).details.code).toBe('settings-wrong');
  });

  test('somebody wrote meanwhile', () => {
    expect(failureOf(['ConcurrencyException', 'Records were modified']).details.code).toBe(
      'version-stale',
    );
  });

  test('another transaction holds the lock: nothing was written', () => {
    const words = 'could not obtain lock on row in relation "ir_sequence_strict"\n';
    expect(failureOf([words, 'Traceback …'])).toMatchObject({
      uncertain: false,
      details: { code: 'target-busy' },
    });
  });

  test("Python's own exception after a write leaves it uncertain, and its trace out of the words", () => {
    const failure = failureOf(["KeyError: 'secret'", 'Traceback (most recent call last) …']);
    expect(failure).toMatchObject({ uncertain: true, details: { code: 'target-error' } });
    expect(failure.details.originalMessage).toBe("KeyError: '•'");
    expect(failureOf(['KeyError', ''], false).uncertain).toBe(false);
  });
});
