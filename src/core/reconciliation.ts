/** Reconciliation in words: how a posting, the bill and the accounting system stand to each other. */

export const VERDICTS = ['same', 'missing', 'duplicate', 'deviates', 'unknown'] as const;
export type Verdict = (typeof VERDICTS)[number];

export const VERDICT_REASONS = [
  /** Missing: there should have been an attempt, and never was. */
  'never-attempted',
  /** Missing: it was there, and is gone. */
  'deleted',
  /** Missing: attempted, but not there. */
  'not-there',
  /** Deviates: it should be gone, and is there. */
  'still-there',
  /** Unknown: carries a reference of ours, but no posting is known by it. */
  'no-posting',
  /** Unknown: it could not be read. */
  'unreadable',
] as const;
export type VerdictReason = (typeof VERDICT_REASONS)[number];

export const RECONCILIATION_STATES = ['waiting', 'running', 'done', 'stopped'] as const;
export type ReconciliationState = (typeof RECONCILIATION_STATES)[number];

/** A night looks at the bills of so many days. */
export const NIGHT_DAYS = 90;
