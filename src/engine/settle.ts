/**
 * How an attempt ends, as a pure rule: from what happened to an outcome and to what is now known of
 * the posting, and whether the lane must pause.
 */
import type { AttemptFailure, Outcome, ThreeWayDifference } from '../core/attempt.ts';
import type { Random } from '../core/clock.ts';
import { FAILURES, type FailureDetails, SyncFailure } from '../core/failure.ts';
import type { PostingFields } from '../core/posting.ts';
import { POSTING_BACKOFF, retryDelayMs } from '../core/retry.ts';
import type { RemotePosting } from '../sdk/connector.ts';
import type { Known } from '../store/attempt-log.ts';

/** What was known before the attempt. */
export type KnownBefore = Pick<
  Known,
  | 'failures'
  | 'mustLook'
  | 'generation'
  | 'remoteId'
  | 'remoteVersion'
  | 'link'
  | 'confirmedFields'
  | 'confirmedRevision'
  | 'inStepAt'
>;

export interface Ending {
  readonly outcome: Outcome;
  readonly failure: AttemptFailure | null;
  readonly known: Known;
  /** A failure of the connection: pause the lane. */
  readonly pause: FailureDetails | null;
}

export interface Success {
  readonly outcome: 'created' | 'updated' | 'unchanged' | 'linked' | 'removed';
  /** Null when it was removed. */
  readonly there: RemotePosting | null;
  readonly confirmedFields: PostingFields | null;
  readonly generation: number;
}

export function endWell(success: Success, billRevision: number, now: Date): Ending {
  const { outcome, there, confirmedFields, generation } = success;
  return {
    outcome,
    failure: null,
    pause: null,
    known: {
      state: there ? 'in-step' : 'removed',
      retryAt: null,
      failures: 0,
      mustLook: false,
      generation,
      remoteId: there?.remoteId ?? null,
      remoteVersion: there?.version ?? null,
      link: there?.link ?? null,
      confirmedFields,
      confirmedRevision: billRevision,
      inStepAt: now,
    },
  };
}

/** Somebody changed the posting in the accounting system; carries the three values of each field. */
export class ChangedInTarget extends SyncFailure {
  readonly conflicts: readonly ThreeWayDifference[];
  constructor(conflicts: readonly ThreeWayDifference[]) {
    super('changed-in-target', { subject: conflicts[0]?.field });
    this.conflicts = conflicts;
  }
}

/** @param mayHaveWritten a write left in this attempt, and the error does not say whether it arrived */
export function endBadly(
  error: unknown,
  before: KnownBefore,
  options: { mayHaveWritten: boolean; now: Date; random: Random },
): Ending {
  const { now, random } = options;
  const foreseen = error instanceof SyncFailure;
  const details: FailureDetails = foreseen
    ? error.details
    : { code: 'internal', originalMessage: messageOf(error), subject: null, retryAfterMs: null };
  const uncertain = foreseen ? error.uncertain : options.mayHaveWritten;
  const kind = FAILURES[details.code].class;
  const failures = kind === 'connection' && !uncertain ? before.failures : before.failures + 1;
  const later = () =>
    new Date(now.getTime() + retryDelayMs(failures, random, POSTING_BACKOFF, details.retryAfterMs));
  const failure: AttemptFailure = {
    ...details,
    conflicts: error instanceof ChangedInTarget ? error.conflicts : [],
  };
  const known = { ...unchanged(before), failures, mustLook: before.mustLook || uncertain };
  const pause = kind === 'connection' ? details : null;
  if (uncertain) {
    return {
      outcome: 'uncertain',
      failure,
      pause,
      known: { ...known, state: 'uncertain', retryAt: later() },
    };
  }
  switch (kind) {
    case 'posting':
      return {
        outcome: 'failed',
        failure,
        pause,
        known: { ...known, state: 'failed', retryAt: null },
      };
    case 'transient':
      return {
        outcome: 'failed',
        failure,
        pause,
        known: { ...known, state: 'retrying', retryAt: later() },
      };
    case 'connection':
      return {
        outcome: 'failed',
        failure,
        pause,
        known: { ...known, state: 'waiting', retryAt: now },
      };
  }
}

/** Only these: the caller may hold much more than what is known. */
function unchanged(before: KnownBefore): KnownBefore {
  const { failures, mustLook, generation, remoteId, remoteVersion, link } = before;
  const { confirmedFields, confirmedRevision, inStepAt } = before;
  return {
    failures,
    mustLook,
    generation,
    remoteId,
    remoteVersion,
    link,
    confirmedFields,
    confirmedRevision,
    inStepAt,
  };
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(
    0,
    2000,
  );
}
