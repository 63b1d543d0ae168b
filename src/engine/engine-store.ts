/**
 * What a worker needs of the place where everything durable is: the engine's one door to it, passed in
 * as a value. The real one is PostgreSQL (`postgres-store.ts`); the simulation has a model of it.
 *
 * Each method is one transaction: done whole or not at all, and over when its promise settles, so that
 * none is open while a worker waits for a network (invariant 10).
 */
import type { Bill } from '../core/bill.ts';
import type { LogBatch, LogBatchResult } from '../store/attempt-log.ts';
import type { Orphan } from '../store/attempt-reading.ts';
import type { Company } from '../store/companies.ts';
import type { Connection, Replan } from '../store/connections.ts';
import type { HeldLane, LaneKey, PaceTaken, TakenLane } from '../store/lanes.ts';
import type { LanePause } from '../store/lane-pauses.ts';
import type { Listener, LiveNotice, WakeHearer } from '../store/notices.ts';
import type { DuePosting } from '../store/claimable.ts';
import type { Posting, Wish } from '../store/postings.ts';
import type { ReconciliationStore } from './reconciliation-store.ts';

export interface EngineStore {
  /** Lanes with due work that nobody holds, in the order in which they became due. */
  dueLanes(now: Date, limit: number): Promise<LaneKey[]>;
  /** When the next lane becomes due; null when none will. */
  nextDueAt(now: Date): Promise<Date | null>;
  /** Null when somebody was quicker. */
  takeLane(lane: LaneKey, owner: string, now: Date, leaseUntil: Date): Promise<TakenLane | null>;
  /** Lengthens a worker's leases of these lanes; gives those it still holds. */
  renewLeases(
    lanes: readonly LaneKey[],
    owner: string,
    now: Date,
    leaseUntil: Date,
  ): Promise<HeldLane[]>;
  /**
   * `pace`: what was used of the limit per minute; null: nobody knows. `notBefore`: the lane has had a
   * turn, and stands in line again from then.
   */
  releaseLane(lane: HeldLane, pace: PaceTaken | null, notBefore?: Date): Promise<void>;
  /** Tells the other workers that this one has nothing to do. */
  askForLanes(owner: string): Promise<void>;
  /** When the lane's own work is due next; null when there is none. */
  nextDueInLane(lane: LaneKey): Promise<Date | null>;
  /** False: the lane has another holder, or the connection was changed since. */
  pauseLane(lane: HeldLane, pause: LanePause): Promise<boolean>;
  endPause(lane: HeldLane): Promise<void>;

  /** The next due postings of a lane, with the bill as it is now. */
  claimable(
    lane: LaneKey,
    now: Date,
    limit: number,
    except?: readonly string[],
  ): Promise<DuePosting[]>;
  /** Those that must wait for another posting of their bill. */
  stepAside(companyId: string, postingIds: readonly string[]): Promise<void>;
  /** Those that stepped aside, or were refused because of another, and may go by now. */
  wakeAside(lane: LaneKey, now: Date): Promise<number>;

  /** Writes a batch of the log and what it makes known, and tells whoever watches. */
  writeLog(batch: LogBatch, now: Date, notices: readonly LiveNotice[]): Promise<LogBatchResult>;
  listOrphans(lane: LaneKey, limit: number): Promise<Orphan[]>;

  findRemoteSupplier(lane: LaneKey, supplierKey: string): Promise<string | null>;
  keepRemoteSupplier(lane: LaneKey, supplierKey: string, remoteId: string): Promise<void>;
  /** When the last write left, after `since`, that may have created this supplier and was never answered. */
  lostSupplierWriteAt(lane: LaneKey, supplierKey: string, since: Date): Promise<Date | null>;

  /** Does another invoice of the lane stand for this record of the accounting system? */
  isOfAnother(lane: LaneKey, postingId: string, remoteId: string): Promise<boolean>;

  findConnection(companyId: string, connectionId: string): Promise<Connection | null>;
  findCompany(companyId: string): Promise<Company | null>;
  readAttachment(
    companyId: string,
    billId: string,
    attachmentId: string,
  ): Promise<Uint8Array | null>;

  /** Connections whose bills are to be looked at again, and from where. */
  listReplans(limit: number): Promise<Replan[]>;
  /** The next bills of one: locked, planned, the wishes written. False, and nothing done: somebody went on with it. */
  replan(replan: Replan, limit: number, plan: PlanBills): Promise<boolean>;
  /** The same of these bills. */
  planAnew(lane: LaneKey, billIds: readonly string[], plan: PlanBills): Promise<void>;

  wakeForgottenAside(now: Date): Promise<number>;
  wakeSleepingLanes(now: Date): Promise<number>;
  addMissingPostings(): Promise<number>;

  readonly reconciliation: ReconciliationStore;

  notifyLive(notices: readonly LiveNotice[]): Promise<void>;
  /** Hears which lanes have new work, until stopped. */
  listenForWakes(hear: HearsWakes): Promise<Listener>;
}

export interface HearsWakes extends WakeHearer {
  /** Whatever was said before is lost: look at everything. */
  onConnected(): void;
}

/** Pure: runs while the bills are locked. */
export type PlanBills = (
  connection: Connection,
  bills: readonly { readonly bill: Bill; readonly existing: readonly Posting[] }[],
) => readonly Wish[];
