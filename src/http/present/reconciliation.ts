/** Reconciliations as the API shows them, and as CSV. */
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
      .map(({ verdict, currency, rows, amountMinor }) => ({
        verdict,
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

const CSV_COLUMNS = [
  'verdict',
  'reason',
  'kind',
  'number',
  'supplier',
  'on',
  'currency',
  'amount',
  'state',
  'remote_id',
  'link',
  'differences',
  'bill_id',
  'posting_id',
  'looked_at',
] as const;

export const CSV_HEAD = `\u{FEFF}${CSV_COLUMNS.join(',')}\r\n`;

export function csvLine(row: ReconciliationRow): string {
  const differences = row.differences.map(
    ({ field, there, wanted }) => `${field}: ${there ?? ''} / ${wanted ?? ''}`,
  );
  const values = [
    row.verdict,
    row.reason,
    row.kind,
    row.number,
    row.supplierName,
    row.onDay,
    row.currency,
    fromMinor(row.amountMinor, row.currency),
    row.state,
    row.remoteId,
    row.link,
    differences.join('; '),
    row.billId,
    row.postingId,
    row.lookedAt.toISOString(),
  ];
  return `${values.map(csvValue).join(',')}\r\n`;
}

/** RFC 4180; and text that a spreadsheet would take for a formula is kept text. */
function csvValue(value: string | null): string {
  const text = value ?? '';
  const safe = /^[=+@\t\r]|^-(?![\d.]+$)/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
