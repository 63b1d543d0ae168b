/**
 * How an attempt ends, as a pure rule: from what happened to an outcome and to what is now known of
 * the posting, and whether the lane must pause.
 */
import type { AttemptFailure, Outcome, ThreeWayDifference } from '../core/attempt.ts';
import type { Random } from '../core/clock.ts';
import { type FailureCode, FAILURES, type FailureDetails, SyncFailure } from '../core/failure.ts';
import type { KeptFields } from '../core/kept-fields.ts';
import type { PostingFields } from '../core/posting.ts';
import { POSTING_BACKOFF, retryDelayMs } from '../core/retry.ts';
import type { RemotePosting } from '../sdk/connector.ts';
import type { Known } from '../store/attempt-log.ts';

/** What was known before the attempt. */
export type KnownBefore = Pick<
  Known,
  | 'failures'
  | 'mustLook'
  | 'lostWriteAt'
  | 'generation'
  | 'remoteId'
  | 'remoteVersion'
  | 'link'
  | 'confirmedFields'
  | 'keptFields'
  | 'confirmedRevision'
  | 'inStepAt'
>;

export interface Ending {
  readonly outcome: Outcome;
  readonly failure: AttemptFailure | null;
  readonly known: Known;
  /** A failure of the connection: pause the lane. */
  readonly pause: FailureDetails | null;
  /** Nothing failed now: an earlier write may still arrive, and is waited for. */
  readonly waits: boolean;
}

export interface Success {
  readonly outcome: 'created' | 'updated' | 'replaced' | 'unchanged' | 'linked' | 'removed';
  /** Null when it was removed. */
  readonly there: RemotePosting | null;
  readonly confirmedFields: PostingFields | null;
  readonly keptFields: KeptFields;
  readonly generation: number;
}

export function endWell(
  success: Success,
  before: Pick<KnownBefore, 'keptFields'>,
  billRevision: number,
  now: Date,
): Ending {
  const { outcome, there, confirmedFields, keptFields, generation } = success;
  return {
    outcome,
    failure: null,
    pause: null,
    waits: false,
    known: {
      state: there ? 'in-step' : 'removed',
      retryAt: null,
      failures: 0,
      mustLook: false,
      lostWriteAt: null,
      generation,
      remoteId: there?.remoteId ?? null,
      remoteVersion: there?.version ?? null,
      link: there?.link ?? null,
      confirmedFields,
      keptFields,
      keptBefore: before.keptFields,
      confirmedRevision: billRevision,
      inStepAt: now,
    },
  };
}

/** The posting is otherwise in the accounting system; carries the three values of each field. */
class Otherwise extends SyncFailure {
  readonly conflicts: readonly ThreeWayDifference[];
  constructor(
    code: FailureCode,
    subject: string | undefined,
    conflicts: readonly ThreeWayDifference[],
  ) {
    super(code, { subject });
    this.conflicts = conflicts;
  }
}

/** Somebody changed it there. */
export class ChangedInTarget extends Otherwise {
  constructor(conflicts: readonly ThreeWayDifference[]) {
    super('changed-in-target', conflicts[0]?.field, conflicts);
  }
}

/** Somebody booked it there by hand, and was to be linked only if it is as the bill says. */
export class BookedOtherwise extends Otherwise {
  constructor(number: string, conflicts: readonly ThreeWayDifference[]) {
    super('booked-otherwise', number, conflicts);
  }
}

/** It was there when we looked, and was deleted before we wrote; which it was may be news to us. */
export class DeletedInTarget extends SyncFailure {
  constructor({ remoteId }: RemotePosting) {
    super('deleted-in-target', { remoteId });
  }
}

/**
 * We looked, and what is there is not what is wanted; but a write whose answer never came may still be
 * carried out, so that nothing can be concluded, and nothing may be written, before `until`.
 */
export class MayStillArrive extends SyncFailure {
  readonly until: Date;
  constructor(until: Date, now: Date) {
    super('answer-lost', {
      uncertain: true,
      retryAfterMs: Math.max(until.getTime() - now.getTime(), 0),
    });
    this.until = until;
  }
}

/** After these nobody answered for the write, though something else may have: it may still be carried out. */
const UNANSWERED: ReadonlySet<FailureCode> = new Set([
  'answer-lost',
  'answer-unreadable',
  'interrupted',
  'internal',
]);

/** @param lastWriteAt when the last write left in this attempt; whether it arrived the error says, or not */
export function endBadly(
  error: unknown,
  before: KnownBefore,
  options: { lastWriteAt: Date | null; now: Date; random: Random },
): Ending {
  const { now, random, lastWriteAt } = options;
  const foreseen = error instanceof SyncFailure;
  const details: FailureDetails = foreseen
    ? error.details
    : { code: 'internal', originalMessage: messageOf(error), subject: null, retryAfterMs: null };
  const uncertain = foreseen ? error.uncertain : lastWriteAt !== null;
  const kind = FAILURES[details.code].class;
  if (error instanceof MayStillArrive) return waitFor(error, before);
  const failures = kind === 'connection' && !uncertain ? before.failures : before.failures + 1;
  const later = () =>
    new Date(now.getTime() + retryDelayMs(failures, random, POSTING_BACKOFF, details.retryAfterMs));
  const failure: AttemptFailure = {
    ...details,
    conflicts: error instanceof Otherwise ? error.conflicts : [],
  };
  const isLost = uncertain && lastWriteAt !== null && UNANSWERED.has(details.code);
  const known = {
    ...unchanged(before),
    failures,
    mustLook: before.mustLook || uncertain,
    remoteId: (foreseen ? error.remoteId : null) ?? before.remoteId,
    lostWriteAt: isLost ? lastWriteAt : before.lostWriteAt,
  };
  const pause = kind === 'connection' ? details : null;
  const end = { outcome: 'failed', failure, pause, waits: false } as const;
  if (uncertain)
    return {
      ...end,
      outcome: 'uncertain',
      known: { ...known, state: 'uncertain', retryAt: later() },
    };
  switch (kind) {
    case 'posting':
      return { ...end, known: { ...known, state: 'failed', retryAt: null } };
    case 'transient':
      return { ...end, known: { ...known, state: 'retrying', retryAt: later() } };
    case 'connection':
      return { ...end, known: { ...known, state: 'waiting', retryAt: now } };
  }
}

function waitFor(error: MayStillArrive, before: KnownBefore): Ending {
  return {
    outcome: 'uncertain',
    failure: { ...error.details, conflicts: [] },
    pause: null,
    waits: true,
    known: { ...unchanged(before), mustLook: true, state: 'uncertain', retryAt: error.until },
  };
}

/** Only these: the caller may hold much more than what is known. */
function unchanged(before: KnownBefore): KnownBefore & Pick<Known, 'keptBefore'> {
  const { failures, mustLook, lostWriteAt, generation, remoteId, remoteVersion, link } = before;
  const { confirmedFields, keptFields, confirmedRevision, inStepAt } = before;
  return {
    failures,
    mustLook,
    lostWriteAt,
    generation,
    remoteId,
    remoteVersion,
    link,
    confirmedFields,
    keptFields,
    keptBefore: keptFields,
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
