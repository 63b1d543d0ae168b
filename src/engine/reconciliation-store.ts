/** What a worker needs of the place where reconciliations are kept: a part of `EngineStore`. */
import type { Bill } from '../core/bill.ts';
import type { Day } from '../core/day.ts';
import type { HeldLane, LaneKey } from '../store/lanes.ts';
import type { Posting } from '../store/postings.ts';
import type { Reconciliation, ReconciliationStep } from '../store/reconciliations.ts';

export interface ReconciliationStore {
  /** The one a lane is to go on with; null when there is none yet. */
  due(lane: LaneKey, now: Date): Promise<Reconciliation | null>;
  nextBills(reconciliation: Reconciliation, limit: number): Promise<Bill[]>;
  listPostings(companyId: string, billIds: readonly string[]): Promise<Posting[]>;
  /** Of these references, those that are postings of the connection. */
  knownReferences(lane: LaneKey, references: readonly string[]): Promise<ReadonlySet<string>>;
  /** False: the lane has another holder, and nothing was written. `isNews`: whoever watches is told. */
  saveStep(
    lane: HeldLane,
    reconciliationId: string,
    step: ReconciliationStep,
    now: Date,
    isNews: boolean,
  ): Promise<boolean>;

  /** Connections with bills in these days, without a reconciliation of that night. */
  withoutNight(night: { nightOn: Day; fromOn: Day }, limit: number): Promise<LaneKey[]>;
  /** False: this connection has one under way. */
  start(wanted: WantedReconciliation, now: Date): Promise<boolean>;
  /** Nightly ones that began before. */
  forgetNights(before: Day): Promise<void>;
}

export interface WantedReconciliation extends LaneKey {
  readonly id: string;
  readonly fromOn: Day;
  readonly toOn: Day;
  /** The night it is made for; null: a person asked. */
  readonly nightOn: Day | null;
  readonly actor: string | null;
}
