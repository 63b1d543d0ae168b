/**
 * The rows of the log as `write_log` takes them. JSON comes as text, so that what is long (the bill, the
 * document, the exchanges) is made into text once, and hashed as it is kept.
 */
import { contentHash, openingHash, writeHash } from './attempt-chain.ts';
import type { Closing, Opening, Write } from './attempt-log.ts';
import {
  bool,
  float8,
  int2,
  int4,
  int8,
  json,
  jsonb,
  type RowOf,
  text,
  textArray,
  timestamptz,
  uuid,
  uuidArray,
} from './binary-values.ts';
import { keepable, keepableJson } from './keepable.ts';

/** The types of the rows, as `migrations/…_log_rows.sql` makes them: each name and each place counts. */
export const LOG_COLUMNS = {
  log_lane: { number: int4, companyId: uuid, connectionId: uuid, fence: int8 },
  log_opening: {
    lane: int4,
    companyId: uuid,
    attemptId: uuid,
    connectionId: uuid,
    postingId: uuid,
    billId: uuid,
    kind: text,
    paymentId: uuid,
    wishNumber: int8,
    lastAttemptId: uuid,
    trigger: text,
    changes: textArray,
    actor: text,
    requestIds: uuidArray,
    fence: int8,
    openedAt: timestamptz,
    bill: json,
    document: json,
    fields: json,
    hash: text,
  },
  log_write: {
    lane: int4,
    companyId: uuid,
    attemptId: uuid,
    number: int2,
    sentAt: timestamptz,
    method: text,
    target: text,
    body: text,
    sha256: text,
    hash: text,
  },
  log_closing: {
    lane: int4,
    companyId: uuid,
    attemptId: uuid,
    postingId: uuid,
    closedAt: timestamptz,
    durationMs: float8,
    outcome: text,
    failureCode: text,
    failure: jsonb,
    decision: jsonb,
    remoteId: text,
    link: text,
    exchanges: json,
    contentHash: text,
    openingHash: text,
    writeHashes: text,
    retryAt: timestamptz,
    state: text,
    failures: int4,
    mustLook: bool,
    lostWriteAt: timestamptz,
    generation: int4,
    remoteVersion: text,
    keptFields: jsonb,
    keptBefore: jsonb,
    confirmedFields: json,
    confirmedRevision: int4,
    inStepAt: timestamptz,
  },
} as const;

type LogColumns = typeof LOG_COLUMNS;

/** @param lane the number of its lane in the batch; here and below */
export function openingRow(opening: Opening, lane: number) {
  const { lane: held, wishNumber, lastAttemptId, bill, document, fields, ...said } = opening;
  const { companyId, connectionId, fence } = held;
  const columns = {
    companyId,
    connectionId,
    fence,
    ...said,
    bill: JSON.stringify(bill),
    document: document && JSON.stringify(document),
    fields: fields && JSON.stringify(fields),
  };
  const row = { lane, wishNumber, lastAttemptId, hash: openingHash(columns), ...columns };
  return row satisfies RowOf<LogColumns['log_opening']>;
}

export function writeRow({ lane: held, attemptId, ...write }: Write, lane: number) {
  const columns = keepable(write);
  const { companyId } = held;
  const row = { lane, companyId, attemptId, hash: writeHash(columns), ...columns };
  return row satisfies RowOf<LogColumns['log_write']>;
}

/** What is kept for good, and what it makes known of the posting. */
export function closingRow(closing: Closing, lane: number) {
  const { companyId } = closing.lane;
  const { attemptId, postingId, closedAt, durationMs, outcome } = closing;
  const { confirmedFields, ...known } = closing.known;
  const { failure, decision, knows } = keepable({
    failure: closing.failure,
    decision: closing.decision,
    knows: known,
  });
  const columns = {
    companyId,
    attemptId,
    closedAt,
    durationMs,
    outcome,
    failureCode: failure?.code ?? null,
    remoteId: knows.remoteId,
    link: knows.link,
    exchanges: keepableJson(closing.exchanges),
  };
  return {
    ...knows,
    ...columns,
    lane,
    postingId,
    failure: failure && JSON.stringify(failure),
    decision: decision && JSON.stringify(decision),
    contentHash: contentHash({ ...columns, failure, decision }),
    openingHash: closing.hashes?.opening ?? null,
    writeHashes: closing.hashes?.writes.join(',') ?? null,
    keptFields: JSON.stringify(knows.keptFields),
    keptBefore: JSON.stringify(knows.keptBefore),
    confirmedFields: confirmedFields && keepableJson(confirmedFields),
  } satisfies RowOf<LogColumns['log_closing']>;
}
