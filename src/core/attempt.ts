/**
 * One try to bring one posting in line: one line of the integration log. Attempts are append-only:
 * an opening, the writes that left, and a result.
 */
import type { FailureDetails } from './failure.ts';

export const TRIGGERS = ['change', 'retry', 'manual', 'bulk', 'settings'] as const;
/** Why an attempt was made. */
export type Trigger = (typeof TRIGGERS)[number];

/** Of what is due on a connection the lowest goes first; a wish without any of its own has that of a change. */
export const PRIORITY = { manual: 0, change: 1, bulk: 2 } as const;

export const OUTCOMES = [
  'created',
  'updated',
  'replaced',
  'unchanged',
  'linked',
  'removed',
  'failed',
  'uncertain',
] as const;
/**
 * How it ended. `replaced`: it could be changed no more, and was credited and made anew, as a person asked. `linked`: it
 * was there already (an answer had been lost, or somebody had booked it) and is now known.
 * `uncertain`: a write may or may not have arrived; the next attempt looks first.
 */
export type Outcome = (typeof OUTCOMES)[number];

export function isSuccess(outcome: Outcome): boolean {
  return outcome !== 'failed' && outcome !== 'uncertain';
}

/** One request and its answer inside an attempt, already redacted; bodies are text of at most 64 KiB each. */
export interface Exchange {
  /** `file` for a connector that keeps files: method `WRITE`, target a path. */
  readonly kind: 'http' | 'file';
  readonly method: string;
  readonly target: string;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly requestBody: string | null;
  /** SHA-256, hex, of the bytes sent; null when there were none. */
  readonly requestSha256: string | null;
  readonly startedAt: string;
  readonly durationMs: number;
  /** Null when no answer came. */
  readonly status: number | null;
  readonly answerHeaders: Readonly<Record<string, string>>;
  readonly answerBody: string | null;
  /** What broke, when no answer came: `ECONNRESET`, `timeout` … */
  readonly error: string | null;
}

/** As the log keeps it: what an announced write sent stands with the write, and is not said again. */
export interface LoggedExchange extends Exchange {
  /** The number of that write; `requestBody` is null here. */
  readonly write?: number;
}

export interface AttemptFailure extends FailureDetails {
  /** For `changed-in-target` and `booked-otherwise`: last confirmed, there now, and what the bill says. */
  readonly conflicts: readonly ThreeWayDifference[];
}

/** What somebody changed in the accounting system, and the connection's rule by which it stays or goes. */
export interface RuleDecision {
  readonly rule: 'bill-wins' | 'accounting-system-wins';
  readonly conflicts: readonly ThreeWayDifference[];
}

export interface ThreeWayDifference {
  readonly field: string;
  readonly confirmed: string | null;
  readonly there: string | null;
  readonly wanted: string | null;
}
