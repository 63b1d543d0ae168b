import { expect, test } from 'vitest';
import type { RulesShape } from '../../contract/sync-shapes.ts';
import { rulesDraft, rulesFrom, rulesWrong } from './rules-draft.ts';

const locale = 'da-DK';
const rules: RulesShape = {
  supplierInvoices: true,
  supplierPayments: false,
  beginOn: 'approved',
  defaultAccount: '5010',
  paymentAccount: null,
  accounts: { Kontorartikler: '5110', Rejser: '5220' },
  vatCodes: { S25: 'I25' },
  onConflict: 'bill-wins',
  optOuts: [
    {
      posting: 'both',
      supplierName: 'Eksempel Leje',
      amountAtLeast: '1000.50',
      reason: 'Bogføres af moderselskabet',
    },
  ],
  quietMs: 2000,
  quietAtMostMs: 10_000,
};
const draft = rulesDraft(rules, locale);

test('rules opened and saved untouched are the same rules', () => {
  const { quietMs: _, quietAtMostMs: __, ...same } = rules;
  expect(rulesFrom(draft, locale)).toEqual(same);
  expect(rulesWrong(draft, locale)).toBeNull();
});

test('a row left empty is dropped, a row half filled in is pointed out', () => {
  const row = { id: 'new', from: '', to: '' };
  expect(rulesFrom({ ...draft, accounts: [...draft.accounts, row] }, locale).accounts).toEqual(
    rules.accounts,
  );
  const half = { ...draft, accounts: [...draft.accounts, { ...row, from: 'Møder' }] };
  expect(rulesWrong(half, locale)).toBe('half-row');
});

test('a category given two accounts is pointed out', () => {
  const twice = { id: 'new', from: 'Rejser ', to: '5230' };
  expect(rulesWrong({ ...draft, accounts: [...draft.accounts, twice] }, locale)).toBe('twice');
});

test('an opt-out needs a reason, a condition, and amounts that are amounts', () => {
  const [optOut] = draft.optOuts;
  if (!optOut) throw new Error('the draft has one opt-out');
  const having = (change: Partial<typeof optOut>) =>
    rulesWrong({ ...draft, optOuts: [{ ...optOut, ...change }] }, locale);
  expect(having({ reason: ' ' })).toBe('no-reason');
  expect(having({ amountAtLeast: 'mange' })).toBe('amount');
  expect(having({ supplierName: '', amountAtLeast: '' })).toBe('no-condition');
});

test('an amount typed the Danish way is saved exactly', () => {
  const [optOut] = draft.optOuts;
  if (!optOut) throw new Error('the draft has one opt-out');
  const typed = { ...draft, optOuts: [{ ...optOut, amountAtLeast: '12.000,50' }] };
  expect(rulesFrom(typed, locale).optOuts[0]?.amountAtLeast).toBe('12000.50');
});
