/** What an attempt is to bring about, and all it may go by. */
import type { RuleDecision } from '../core/attempt.ts';
import type { PostingDocument, PostingFields } from '../core/posting.ts';
import type { ConflictRule } from '../core/rules.ts';
import type { Call } from '../sdk/connector.ts';
import type { Linkable } from '../store/claimable.ts';
import type { KnownBefore } from './settle.ts';

export interface Task {
  readonly document: PostingDocument;
  readonly fields: PostingFields;
  readonly wanted: 'present' | 'absent';
  readonly before: KnownBefore;
  /** What attempts whose answers were lost may have made of it since: not somebody else's doing. */
  readonly lost: readonly PostingFields[];
  /** Until then a write whose answer was lost may still be carried out; null: none may. */
  readonly mayArriveUntil: Date | null;
  readonly startedAt: Date;
  /** What the connection's rules say of changes made there. */
  readonly onConflict: ConflictRule;
  /** A person asked for this bill: overwrite what was changed there (but not what is kept). */
  readonly byPerson: boolean;
  /** A person asked: make again what was deleted. */
  readonly mayRecreate: boolean;
  /** A person asked besides: what can't be changed any more is credited and made anew. */
  readonly mayReplace: boolean;
  /** Or: what somebody booked there by hand is linked, as it is; if it must be alike, not unless it is. */
  readonly mayLink: Linkable | null;
  /** Is it what another posting stands for? Then it is not linked to this one. */
  isOfAnother(remoteId: string): Promise<boolean>;
  /** Told when what was there is taken away, to be made anew: whatever comes next, it is gone. */
  takenAway(): void;
  /** Told what the rule decided, for the log; null: nothing, after all. */
  decided(decision: RuleDecision | null): void;
  supplierRemoteId(call: Call): Promise<string | null>;
}
