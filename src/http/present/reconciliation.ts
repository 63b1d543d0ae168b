/** Reconciliations as the API shows them. */
import type {
  ReconciliationRowShape,
  ReconciliationShape,
} from '../../contract/endpoints/reconciliations.ts';
import { fromMinor } from '../../core/money.ts';
import type { Language } from '../../messages/languages.ts';
import type {
  Reconciliation,
  ReconciliationRow,
  VerdictTotal,
} from '../../store/reconciliations.ts';
import { presentFailure } from './sync.ts';

export function presentReconciliation(
  one: Reconciliation,
  totals: readonly VerdictTotal[],
  language: Language,
): ReconciliationShape {
  return {
    id: one.id,
    connectionId: one.connectionId,
    fromOn: one.fromOn,
    toOn: one.toOn,
    nightly: one.nightOn !== null,
    actor: one.actor,
    state: one.state,
    bills: one.bills,
    billsLookedAt: one.billsLookedAt,
    listing: one.state === 'running' && one.listedAfter !== null,
    totals: totals
      .filter(({ reconciliationId }) => reconciliationId === one.id)
      .map(({ verdict, kind, currency, rows, amountMinor }) => ({
        verdict,
        kind,
        currency,
        rows,
        amount: fromMinor(amountMinor, currency),
      })),
    failure: one.failure ? presentFailure(one.failure, language) : null,
    createdAt: one.createdAt.toISOString(),
    finishedAt: one.finishedAt?.toISOString() ?? null,
  };
}

export function presentRow(row: ReconciliationRow, language: Language): ReconciliationRowShape {
  const { amountMinor, onDay, lookedAt, differences, failure, ...rest } = row;
  return {
    ...rest,
    on: onDay,
    amount: fromMinor(amountMinor, row.currency),
    differences: [...differences],
    failure: failure ? presentFailure(failure, language) : null,
    lookedAt: lookedAt.toISOString(),
  };
}
