/**
 * What a connector is: code that speaks one accounting system's API, as a value.
 *
 * The engine decides *when* and *what*; a connector only knows *how*. It must stay true that:
 * - every request that can change something goes through `call.write` first, so that the log has it
 *   before it leaves (invariant 1) and a worker that lost its lane sends nothing (invariant 2);
 * - `find` and `read` answer null only when the system confirmed that the record is not there
 *   (invariant 7); anything else throws;
 * - failures are `SyncFailure`s; one with `uncertain: true` when a write may have arrived (invariant 3).
 */
import type { z } from 'zod';
import type { Exchange } from '../core/attempt.ts';
import type { Supplier } from '../core/bill.ts';
import type { Clock, Random } from '../core/clock.ts';
import type { Day } from '../core/day.ts';
import type {
  PostingDocument,
  PostingFields,
  PostingKind,
  SupplierInvoiceDocument,
} from '../core/posting.ts';
import type { Pace } from './pace.ts';

export interface Connector<Settings = unknown> {
  /** Stable, kebab-case: `journal`. */
  readonly id: string;
  /** As the accounting system calls itself. */
  readonly name: string;
  /** Checks what a person typed; unknown keys are refused. */
  readonly settings: z.ZodType<Settings>;
  /** Names of settings that are secrets: stored sealed, never shown again, redacted from the log. */
  readonly secretSettings: readonly (keyof Settings & string)[];
  /** Where the secrets are sent, an origin: what was kept for one is never sent to another. Wanted where there are secrets. */
  secretsGoTo?(settings: Settings): string;
  readonly capabilities: Capabilities;
  /**
   * May `remove` also credit what is booked, so that an invoice which can be changed no more can be made
   * anew when a person asks? No, when it is left out.
   */
  credits?(settings: Settings): boolean;
  limits(settings: Settings): Limits;
  /**
   * Names the books these settings lead to, the same for the same books however else they are set: a second connection
   * to them would book every bill twice, and is refused. Left out where any number may share them.
   */
  books?(settings: Settings): string;
  open(context: ConnectionContext<Settings>): ConnectorSession;
}

/** What the system can do; what it can't, the screens show with the reason. */
export interface Capabilities {
  readonly remove: boolean;
  /** Its records can be listed, so that reconciliation finds those nobody asked for. */
  readonly list: boolean;
  readonly suppliers: boolean;
  readonly attachments: boolean;
  readonly departments: boolean;
  readonly projects: boolean;
  /** An invoice that was booked there by hand can be looked up by its number, and linked when a person asks. */
  readonly link: boolean;
}

export interface Limits {
  /** Requests under way at once. */
  readonly concurrent: number;
  /** Requests a minute; null when the system sets no limit. */
  readonly perMinute: number | null;
  /** How long the system's minute lasts, where it is none. */
  readonly minuteMs?: number;
  /**
   * How long after it left a write whose answer never came may still be carried out there: a gateway
   * gives up before the server behind it does. Until then nothing is written; 0 where nothing can.
   */
  readonly arrivesWithinMs: number;
}

export interface ConnectionContext<Settings> {
  readonly connectionId: string;
  readonly company: { readonly id: string; readonly name: string; readonly baseCurrency: string };
  readonly settings: Settings;
  readonly clock: Clock;
  readonly random: Random;
  /** How long to wait for one answer. */
  readonly timeoutMs: number;
  /** Keeps `Limits.perMinute`: each request takes a place before it leaves. */
  readonly pace: Pace;
  attachmentContent(billId: string, attachmentId: string): Promise<Uint8Array>;
}

/** One write about to leave, as the log keeps it. */
export interface WriteIntent {
  readonly method: string;
  readonly target: string;
  /** Redacted text; the hash is of the bytes that leave. */
  readonly body: string | null;
  readonly sha256: string | null;
}

/** Handed to every operation: the attempt it belongs to. */
export interface Call {
  readonly signal: AbortSignal;
  /** Resolves once the intent is durable and this worker still holds the lane; otherwise throws, and nothing may be sent. */
  write(intent: WriteIntent): Promise<void>;
  /**
   * Throws when this worker may have lost the lane since `write` resolved. Asked right before the bytes of
   * a write leave: a process may have been stopped in between, for any length of time.
   */
  assertMayWrite(): void;
  /** Keeps a finished exchange for the log. */
  record(exchange: Exchange): void;
}

/** A posting as it is in the accounting system. */
export interface RemotePosting {
  readonly remoteId: string;
  /** Of the posting it was made for, as it stands on the record; null: it carries none. */
  readonly reference: string | null;
  /** For optimistic locking, where the system has it. */
  readonly version: string | null;
  /** A URL, or a path to the record, for people. */
  readonly link: string | null;
  /** The same names as `fields(document)`, so that the two compare. */
  readonly fields: PostingFields;
}

export interface WriteOptions {
  /** Stable per logical write: a second try of the same write carries the same key. */
  readonly idempotencyKey: string;
  /** From `ensureSupplier`; null where the system keeps no suppliers. */
  readonly supplierRemoteId: string | null;
}

/** As many as `findMany` is asked for at once. */
export const FIND_AT_ONCE = 50;

export interface ConnectorSession {
  /** Can we sign in and see the books? Throws a `SyncFailure` that says why not. */
  check(call: Call): Promise<void>;
  /** The document's fields as far as this system can carry them, in its normal form. */
  fields(document: PostingDocument): PostingFields;
  /** Those of them that say how far a record was taken, where that takes requests of their own. */
  readonly stageFields?: readonly string[];
  /** Finds the supplier or creates it, once; called for one supplier at a time. */
  ensureSupplier?(call: Call, supplier: Supplier, supplierKey: string): Promise<string>;
  /** By our reference. Null: confirmed not there. */
  find(call: Call, document: PostingDocument): Promise<RemotePosting | null>;
  /** By the system's own id. Null: confirmed gone. */
  read(call: Call, remoteId: string, document: PostingDocument): Promise<RemotePosting | null>;
  /**
   * Many at once, at most `FIND_AT_ONCE`, in fewer requests than `find` takes: for reconciliation. By
   * reference, those that are there, each as `find` gives it. It says of none that it is not there: what
   * is left out (not there, twice, or not to be told so) is looked for alone.
   */
  findMany?(
    call: Call,
    documents: readonly PostingDocument[],
  ): Promise<ReadonlyMap<string, RemotePosting>>;
  /**
   * The invoice of this supplier and number that somebody booked there by hand, for whom a person asks that it be
   * linked. Null: confirmed that there is none. Never one that carries a reference of ours; of several,
   * `duplicate-in-target`.
   */
  findByNumber?(
    call: Call,
    document: SupplierInvoiceDocument,
    supplierRemoteId: string | null,
  ): Promise<RemotePosting | null>;
  create(call: Call, document: PostingDocument, options: WriteOptions): Promise<RemotePosting>;
  update(
    call: Call,
    there: RemotePosting,
    document: PostingDocument,
    options: WriteOptions,
  ): Promise<RemotePosting>;
  remove?(
    call: Call,
    there: RemotePosting,
    document: PostingDocument,
    options: WriteOptions,
  ): Promise<void>;
  /**
   * Records that carry a reference of ours, dated in these days, page by page in any order: for
   * reconciliation, to find what nobody asked for. Only where the system can be asked that.
   */
  list?(
    call: Call,
    period: { readonly from: Day; readonly to: Day },
    after: string | null,
  ): Promise<{ readonly items: readonly ListedRecord[]; readonly next: string | null }>;
  close(): Promise<void>;
}

/** A record over there, as far as it takes to name it. */
export interface ListedRecord {
  readonly kind: PostingKind;
  readonly remoteId: string;
  /** Ours: a posting's id. */
  readonly reference: string;
  readonly number: string;
  readonly supplierName: string | null;
  readonly on: Day;
  readonly currency: string;
  readonly amountMinor: number;
  readonly link: string | null;
}
