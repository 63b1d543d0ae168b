/**
 * What a connector's test brings to the conformance suite: the connector, a target that is real enough
 * to have rules, and what can be done to that target. An ability the target lacks makes the claims that
 * need it "not applicable", by name; it never makes them pass.
 */
import type { Connector } from '../../connector.ts';
import type { DocumentPalette } from '../document-palette.ts';

export const TARGET_FAULTS = [
  'error-before-commit',
  'error-after-commit',
  'drop-before-commit',
  'drop-after-commit',
  'html-page',
  'empty-body',
  'malformed-json',
  'slow-trickle',
  'busy',
  'rate-limited',
] as const;
/** `html-page`, `empty-body`, `malformed-json` and `slow-trickle` come with status 200, after the commit. */
export type TargetFault = (typeof TARGET_FAULTS)[number];

export interface FaultOptions {
  readonly on: 'write' | 'read';
  /** Matching requests let pass first. */
  readonly skip?: number;
  /** For `busy` and `rate-limited`; null sends no Retry-After. */
  readonly retryAfterSeconds?: number | null;
}

export interface ReceivedWrite {
  readonly method: string;
  /** Of the bytes that arrived; null when there were none. */
  readonly sha256: string | null;
}

/** What a test can do to the target, or see there, behind the connector's back. */
export interface TargetControl {
  /** Live records that carry the reference. */
  count(reference: string): Promise<number>;
  countSuppliers?(supplierKey: string): Promise<number>;
  /** A person changes something the fields show. */
  edit?(reference: string): Promise<void>;
  /** A person deletes it. */
  remove?(reference: string): Promise<void>;
  /** A second record with the same reference. */
  duplicate?(reference: string): Promise<void>;
  /** A person books an invoice of the same supplier and number, without our reference. */
  bookByHand?(reference: string): Promise<void>;
  /** The record can't be changed any more. */
  lock?(reference: string): Promise<void>;
  /** Nothing can be booked through this day. */
  lockPeriod?(through: string): Promise<void>;
  archiveAccount?(account: string): Promise<void>;
  /** On the next matching request. */
  fault?(kind: TargetFault, options: FaultOptions): Promise<void>;
  /** All access tokens end now; new ones can be had. */
  expireTokens?(): Promise<void>;
  /** No new tokens either. */
  revokeAccess?(): Promise<void>;
  tokenRequests?(): Promise<number>;
  /** All requests so far that could change something, in the order they arrived. */
  received?(): Promise<readonly ReceivedWrite[]>;
  /** Nobody listens any more. */
  stop?(): Promise<void>;
}

export type TargetAbility = Exclude<keyof TargetControl, 'count' | 'fault'>;

export interface OpenTarget<Settings> {
  readonly settings: Settings;
  readonly control: TargetControl;
  close(): Promise<void>;
}

export interface ConnectorHarness<Settings> {
  readonly connector: Connector<Settings>;
  readonly abilities: readonly TargetAbility[];
  /** What `control.fault` can do; empty where requests can't be made to fail. */
  readonly faults: readonly TargetFault[];
  /**
   * An invoice is booked as soon as it is written: it may take several requests, and its amounts can't be
   * changed afterwards. Claims that change one are not asked; that it takes no change, is.
   */
  readonly isBooked?: boolean;
  /** It can be asked for many postings at once. */
  readonly findsMany?: boolean;
  readonly palette?: DocumentPalette;
  /** How many arbitrary documents each property is tried with. */
  readonly runs?: number;
  /** How long the connector may wait for an answer; a slow trickle must last longer. */
  readonly timeoutMs?: number;
  /** For one test, so long. */
  readonly testTimeoutMs?: number;
  /** Each test opens one; a target that is dear to start may be the same one, as references differ. */
  open(): Promise<OpenTarget<Settings>>;
}
