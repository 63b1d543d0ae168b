/** What the model of the store holds: the tables, as plain maps of rows that are replaced, never altered. */
import type { AttemptFailure } from '../src/core/attempt.ts';
import type { Bill } from '../src/core/bill.ts';
import type { Closing, Opening, Write } from '../src/store/attempt-log.ts';
import type { Company } from '../src/store/companies.ts';
import type { Connection } from '../src/store/connections.ts';
import type { LaneKey, PaceTaken } from '../src/store/lanes.ts';
import type { Posting } from '../src/store/postings.ts';
import type { Reconciliation, ReconciliationRow } from '../src/store/reconciliations.ts';

export interface LaneRow extends LaneKey {
  readonly fence: number;
  readonly leaseOwner: string | null;
  readonly leaseUntil: Date | null;
  readonly nextDueAt: Date | null;
  readonly pausedUntil: Date | null;
  readonly pauseFailure: AttemptFailure | null;
  readonly pauseCount: number;
  readonly pace: PaceTaken | null;
}

export interface ConnectionRow extends Connection {
  readonly replanAfter: string | null;
}

export interface ReconciliationEntry extends Reconciliation {
  readonly dueAt: Date | null;
  readonly rows: readonly ReconciliationRow[];
}

export interface AttemptRow extends Opening {
  readonly hash: string;
}

export interface WriteRow extends Write {
  readonly hash: string;
}

export interface ResultRow extends Closing {
  readonly contentHash: string;
  readonly chainNumber: number;
  readonly previousHash: string;
  readonly hash: string;
}

/** Lanes and connections by the connection's id, the others by their own: ids are unique everywhere. */
export interface Tables {
  readonly companies: Map<string, Company>;
  readonly connections: Map<string, ConnectionRow>;
  readonly lanes: Map<string, LaneRow>;
  readonly bills: Map<string, Bill>;
  /** By `bill/attachment`. */
  readonly attachments: Map<string, Uint8Array>;
  readonly postings: Map<string, Posting>;
  /** By `connection/supplier key`. */
  readonly remoteSuppliers: Map<string, string>;
  readonly attempts: Map<string, AttemptRow>;
  /** By the attempt. */
  readonly writes: Map<string, readonly WriteRow[]>;
  readonly results: Map<string, ResultRow>;
  /** What people asked for, by the activity line's id, with its subject. */
  readonly syncRequests: Map<string, string | null>;
  readonly reconciliations: Map<string, ReconciliationEntry>;
  /** By company. */
  readonly chains: Map<string, { readonly number: number; readonly hash: string }>;
}

export function emptyTables(): Tables {
  return {
    companies: new Map(),
    connections: new Map(),
    lanes: new Map(),
    bills: new Map(),
    attachments: new Map(),
    postings: new Map(),
    remoteSuppliers: new Map(),
    attempts: new Map(),
    writes: new Map(),
    results: new Map(),
    syncRequests: new Map(),
    reconciliations: new Map(),
    chains: new Map(),
  };
}

export function isLater(a: Date | null, b: Date): boolean {
  return a !== null && a.getTime() > b.getTime();
}

export function earliest(...instants: readonly (Date | null)[]): Date | null {
  return extreme(instants, (a, b) => a < b);
}

export function latest(...instants: readonly (Date | null)[]): Date | null {
  return extreme(instants, (a, b) => a > b);
}

/** As `least` and `greatest` in SQL: null counts for nothing. */
function extreme(
  instants: readonly (Date | null)[],
  isBetter: (a: Date, b: Date) => boolean,
): Date | null {
  let best: Date | null = null;
  for (const instant of instants) {
    if (instant && (best === null || isBetter(instant, best))) best = instant;
  }
  return best;
}
