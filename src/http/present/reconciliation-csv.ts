/** What a reconciliation found, as CSV (RFC 4180, UTF-8 with a byte order mark). */
import { fromMinor } from '../../core/money.ts';
import type { ReconciliationRow } from '../../store/reconciliations.ts';

/** Where decimals are written with a comma, spreadsheets expect semicolons between values. */
export type Decimals = 'point' | 'comma';

const COLUMNS = [
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

export function csvHead(decimals: Decimals): string {
  return `\u{FEFF}${line(COLUMNS, decimals)}`;
}

export function csvLine(row: ReconciliationRow, decimals: Decimals): string {
  const differences = row.differences.map(
    ({ field, there, wanted }) => `${field}: ${there ?? ''} / ${wanted ?? ''}`,
  );
  const amount = fromMinor(row.amountMinor, row.currency);
  const values = [
    row.verdict,
    row.reason,
    row.kind,
    row.number,
    row.supplierName,
    row.onDay,
    row.currency,
    decimals === 'comma' ? amount.replace('.', ',') : amount,
    row.state,
    row.remoteId,
    row.link,
    differences.join('; '),
    row.billId,
    row.postingId,
    row.lookedAt.toISOString(),
  ];
  return line(values, decimals);
}

function line(values: readonly (string | null)[], decimals: Decimals): string {
  const separator = decimals === 'comma' ? ';' : ',';
  return `${values.map((value) => written(value, separator)).join(separator)}\r\n`;
}

/** Text that a spreadsheet would take for a formula is kept text. */
function written(value: string | null, separator: string): string {
  const text = value ?? '';
  const safe = /^[=+@\t\r]|^-(?![\d.,]+$)/.test(text) ? `'${text}` : text;
  const isPlain = !/["\r\n]/.test(safe) && !safe.includes(separator);
  return isPlain ? safe : `"${safe.replaceAll('"', '""')}"`;
}
