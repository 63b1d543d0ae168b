/** The sandbox system's error codes → ours. What it shares with every HTTP server (429, 503 …) is left to the session. */
import { z } from 'zod';
import { type FailureCode, SyncFailure } from '../../core/failure.ts';
import type { Classify, SaysAbsent } from '../../sdk/http-session.ts';

const refusal = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    subject: z.string().nullable().optional(),
  }),
});

const CODES: Readonly<Record<string, FailureCode>> = {
  period_locked: 'period-locked',
  record_closed: 'posting-locked',
  has_payments: 'posting-locked',
  account_unknown: 'account-missing',
  account_archived: 'account-archived',
  vat_code_unknown: 'vat-code-invalid',
  currency_unknown: 'currency-unknown',
  currency_differs: 'amount-rejected',
  amount_invalid: 'amount-rejected',
  total_mismatch: 'amount-rejected',
  sign_wrong: 'amount-rejected',
  date_invalid: 'date-rejected',
  dimension_unknown: 'dimension-invalid',
  supplier_blocked: 'supplier-blocked',
  number_taken: 'number-taken',
  invoice_unknown: 'invoice-missing',
  attachment_refused: 'attachment-rejected',
  stale_version: 'version-stale',
  not_found: 'deleted-in-target',
  invalid_client: 'signed-out',
  invalid_grant: 'signed-out',
  // The address is not that of this system's API.
  no_such_address: 'settings-wrong',
};

export const classify: Classify = (status, body) => {
  const read = refusal.safeParse(body);
  if (!read.success || status >= 500) return null;
  const { code, message, subject } = read.data.error;
  const ours = CODES[code];
  return ours
    ? new SyncFailure(ours, { originalMessage: message, subject: subject ?? undefined })
    : null;
};

/** Only its own word counts: a 404 page of some proxy does not say that a record is gone. */
export const saysAbsent: SaysAbsent = (status, body) =>
  status === 404 && refusal.safeParse(body).data?.error.code === 'not_found';
