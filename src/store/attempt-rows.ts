/**
 * The rows of the log as `write_log` takes them: a row's own columns as JSON, and what is long beside
 * it. As text, so that the JSON within (the bill, the document, the exchanges) is made once, and hashed
 * as it is kept.
 */
import { contentHash, openingHash, writeHash } from './attempt-chain.ts';
import type { Closing, Opening, Write } from './attempt-log.ts';
import { keepable, keepableJson } from './keepable.ts';

/** @param lane the number of its lane in the batch; here and below */
export function openingRow(opening: Opening, lane: number) {
  const { lane: held, wishNumber, lastAttemptId, bill, document, fields, ...said } = opening;
  const { companyId, connectionId, fence } = held;
  const columns = { companyId, connectionId, fence, ...said };
  const texts = {
    bill: JSON.stringify(bill),
    document: document && JSON.stringify(document),
    fields: fields && JSON.stringify(fields),
  };
  const hash = openingHash({ ...columns, ...texts });
  return { ...texts, row: { lane, wishNumber, lastAttemptId, hash, ...columns } };
}

export function writeRow({ lane: held, attemptId, ...write }: Write, lane: number) {
  const { body, ...columns } = keepable(write);
  const hash = writeHash({ body, ...columns });
  return { body, row: { lane, companyId: held.companyId, attemptId, hash, ...columns } };
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
    failure,
    decision,
    remoteId: knows.remoteId,
    link: knows.link,
  };
  const exchanges = keepableJson(closing.exchanges);
  const hash = contentHash({ ...columns, exchanges });
  return {
    exchanges,
    fields: confirmedFields && keepableJson(confirmedFields),
    row: { lane, postingId, contentHash: hash, ...knows, ...columns },
  };
}
