/**
 * What can go wrong in a sync, as a closed list: each code has a class (whom it concerns), and says
 * who can mend it. The words people read are in `src/messages`, under the code.
 *
 * - `posting`: this bill; waits for a person, a relevant change or a manual sync.
 * - `connection`: the accounting system as a whole; pauses the lane, marks no bill as failed.
 * - `transient`: passes by itself; tried again with backoff.
 */

export type FailureClass = 'posting' | 'connection' | 'transient';
export type Who = 'bookkeeper' | 'administrator' | 'accounting-system' | 'spor' | 'nobody';

interface FailureKind {
  readonly class: FailureClass;
  /** Who can do something about it; `nobody` when it mends itself. */
  readonly who: Who;
}

export const FAILURES = {
  // posting failures
  'period-locked': { class: 'posting', who: 'bookkeeper' },
  'posting-locked': { class: 'posting', who: 'bookkeeper' },
  'account-missing': { class: 'posting', who: 'bookkeeper' },
  'account-archived': { class: 'posting', who: 'bookkeeper' },
  'account-invalid': { class: 'posting', who: 'bookkeeper' },
  'vat-code-invalid': { class: 'posting', who: 'bookkeeper' },
  'currency-unknown': { class: 'posting', who: 'bookkeeper' },
  'dimension-invalid': { class: 'posting', who: 'bookkeeper' },
  'supplier-blocked': { class: 'posting', who: 'bookkeeper' },
  'number-taken': { class: 'posting', who: 'bookkeeper' },
  'booked-otherwise': { class: 'posting', who: 'bookkeeper' },
  'amount-rejected': { class: 'posting', who: 'bookkeeper' },
  'date-rejected': { class: 'posting', who: 'bookkeeper' },
  'invoice-missing': { class: 'posting', who: 'bookkeeper' },
  'changed-in-target': { class: 'posting', who: 'bookkeeper' },
  'deleted-in-target': { class: 'posting', who: 'bookkeeper' },
  'duplicate-in-target': { class: 'posting', who: 'bookkeeper' },
  'attachment-rejected': { class: 'posting', who: 'bookkeeper' },
  rejected: { class: 'posting', who: 'bookkeeper' },
  'not-supported': { class: 'posting', who: 'nobody' },
  // connection failures
  'signed-out': { class: 'connection', who: 'administrator' },
  'access-denied': { class: 'connection', who: 'administrator' },
  'settings-wrong': { class: 'connection', who: 'administrator' },
  'target-unreachable': { class: 'connection', who: 'accounting-system' },
  'rate-limited': { class: 'connection', who: 'nobody' },
  'target-unreadable': { class: 'connection', who: 'administrator' },
  // transient failures
  'target-error': { class: 'transient', who: 'nobody' },
  'version-stale': { class: 'transient', who: 'nobody' },
  'target-busy': { class: 'transient', who: 'nobody' },
  'answer-lost': { class: 'transient', who: 'nobody' },
  interrupted: { class: 'transient', who: 'nobody' },
  'answer-unreadable': { class: 'transient', who: 'spor' },
  internal: { class: 'transient', who: 'spor' },
} as const satisfies Record<string, FailureKind>;

export type FailureCode = keyof typeof FAILURES;

export const FAILURE_CODES = Object.keys(FAILURES) as FailureCode[];

/** Subjects that no accounting system and nobody's bill has a word for: each is said in the reader's language. */
export const OWN_SUBJECTS = ['@account-paid-from', '@account-of-debt', '@removal'] as const;
export type OwnSubject = (typeof OWN_SUBJECTS)[number];

export interface FailureDetails {
  readonly code: FailureCode;
  /** The accounting system's own words, unaltered but redacted and at most 2,000 characters. */
  readonly originalMessage: string | null;
  /** Which thing it is about: an account number, a date, or one of `OWN_SUBJECTS`. */
  readonly subject: string | null;
  /** How long the system asked us to wait. */
  readonly retryAfterMs: number | null;
}

/**
 * Thrown by connectors. `uncertain`: a write may have arrived, and no certain answer came; the engine looks before it
 * writes again.
 */
export class SyncFailure extends Error {
  override readonly name = 'SyncFailure';
  readonly details: FailureDetails;
  readonly uncertain: boolean;
  /** With `deleted-in-target`: the record that was there, where that may be news to the engine. */
  readonly remoteId: string | null;

  constructor(
    code: FailureCode,
    options: {
      originalMessage?: string | undefined;
      subject?: string | undefined;
      retryAfterMs?: number | undefined;
      uncertain?: boolean | undefined;
      remoteId?: string | undefined;
      cause?: unknown;
    } = {},
  ) {
    super(options.originalMessage ? `${code}: ${options.originalMessage}` : code, {
      cause: options.cause,
    });
    this.uncertain = options.uncertain ?? false;
    this.remoteId = options.remoteId ?? null;
    this.details = {
      code,
      originalMessage: options.originalMessage?.slice(0, 2000) ?? null,
      subject: options.subject ?? null,
      retryAfterMs: options.retryAfterMs ?? null,
    };
  }
}
