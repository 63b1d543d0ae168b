/** Rules while a person edits them: maps are rows, so that half a row can stand; amounts are as typed. */
import type { RulesShape } from '../../contract/sync-shapes.ts';
import { formatAmount, readAmount } from '../reader/amounts.ts';

export interface Row {
  readonly id: string;
  readonly from: string;
  readonly to: string;
}

export interface OptOutDraft {
  readonly id: string;
  readonly posting: RulesShape['optOuts'][number]['posting'];
  readonly supplierName: string;
  readonly category: string;
  readonly billKind: string;
  readonly currency: string;
  readonly amountAtLeast: string;
  readonly amountAtMost: string;
  readonly reason: string;
}

export interface RulesDraft {
  readonly supplierInvoices: boolean;
  readonly supplierPayments: boolean;
  readonly beginOn: RulesShape['beginOn'];
  readonly defaultAccount: string;
  readonly paymentAccount: string;
  readonly accounts: readonly Row[];
  readonly vatCodes: readonly Row[];
  readonly optOuts: readonly OptOutDraft[];
  readonly onConflict: RulesShape['onConflict'];
}

export function rulesDraft(rules: RulesShape, locale: string): RulesDraft {
  const rows = (map: Readonly<Record<string, string>>) =>
    Object.entries(map).map(([from, to], index) => ({ id: `kept-${index}`, from, to }));
  return {
    supplierInvoices: rules.supplierInvoices,
    supplierPayments: rules.supplierPayments,
    beginOn: rules.beginOn,
    defaultAccount: rules.defaultAccount ?? '',
    paymentAccount: rules.paymentAccount ?? '',
    accounts: rows(rules.accounts),
    vatCodes: rows(rules.vatCodes),
    onConflict: rules.onConflict,
    optOuts: rules.optOuts.map((one, index) => ({
      id: `kept-${index}`,
      posting: one.posting,
      supplierName: one.supplierName ?? '',
      category: one.category ?? '',
      billKind: one.billKind ?? '',
      currency: one.currency ?? '',
      amountAtLeast: shown(one.amountAtLeast, locale),
      amountAtMost: shown(one.amountAtMost, locale),
      reason: one.reason,
    })),
  };
}

/** The currency may be any; two decimals are the least that reads as an amount. */
function shown(amount: string | undefined, locale: string): string {
  return amount === undefined ? '' : formatAmount(amount, 'DKK', locale);
}

export type RulesWrong = 'half-row' | 'twice' | 'no-reason' | 'amount' | 'no-condition';

/** What is wrong first; null when the rules can be saved. */
export function rulesWrong(draft: RulesDraft, locale: string): RulesWrong | null {
  for (const rows of [draft.accounts, draft.vatCodes]) {
    const filled = rows.filter(({ from, to }) => from.trim() || to.trim());
    if (filled.some(({ from, to }) => !from.trim() || !to.trim())) return 'half-row';
    if (new Set(filled.map(({ from }) => from.trim())).size < filled.length) return 'twice';
  }
  for (const one of draft.optOuts) {
    if (!one.reason.trim()) return 'no-reason';
    for (const amount of [one.amountAtLeast, one.amountAtMost])
      if (amount.trim() && readAmount(amount, locale) === null) return 'amount';
    const conditions = [
      one.supplierName,
      one.category,
      one.billKind,
      one.amountAtLeast,
      one.amountAtMost,
    ];
    // Without a condition it would opt out every bill; the two boxes above say that more plainly.
    if (conditions.every((condition) => !condition.trim())) return 'no-condition';
  }
  return null;
}

type RulesEdit = Omit<RulesShape, 'quietMs' | 'quietAtMostMs'>;

export function rulesFrom(draft: RulesDraft, locale: string): RulesEdit {
  const map = (rows: readonly Row[]) =>
    Object.fromEntries(
      rows.filter(({ from }) => from.trim()).map(({ from, to }) => [from.trim(), to.trim()]),
    );
  const text = (name: string, value: string) => (value.trim() ? { [name]: value.trim() } : {});
  const amount = (name: string, typed: string) => {
    const read = readAmount(typed, locale);
    return read === null ? {} : { [name]: read };
  };
  return {
    supplierInvoices: draft.supplierInvoices,
    supplierPayments: draft.supplierPayments,
    beginOn: draft.beginOn,
    defaultAccount: draft.defaultAccount.trim() || null,
    paymentAccount: draft.paymentAccount.trim() || null,
    accounts: map(draft.accounts),
    vatCodes: map(draft.vatCodes),
    onConflict: draft.onConflict,
    optOuts: draft.optOuts.map((one) => ({
      posting: one.posting,
      ...text('supplierName', one.supplierName),
      ...text('category', one.category),
      ...text('billKind', one.billKind),
      ...text('currency', one.currency),
      ...amount('amountAtLeast', one.amountAtLeast),
      ...amount('amountAtMost', one.amountAtMost),
      reason: one.reason.trim(),
    })),
  };
}
