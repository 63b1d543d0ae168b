/**
 * The rows of the log as JSON text, as `write_log` takes them. Text, so that the JSON within (the bill,
 * the document, the exchanges) is made once, and hashed as it is kept.
 */
import { contentHash, openingHash, writeHash } from './attempt-chain.ts';
import type { Closing, Opening, Write } from './attempt-log.ts';
import { keepable, keepableJson } from './keepable.ts';

/** @param lane the number of its lane in the batch; here and below */
export function openingRow(opening: Opening, lane: number): string {
  const { lane: held, wishNumber, lastAttemptId, bill, document, fields, ...said } = opening;
  const { companyId, connectionId, fence } = held;
  const columns = { companyId, connectionId, fence, ...said };
  const texts = {
    bill: JSON.stringify(bill),
    document: document && JSON.stringify(document),
    fields: fields && JSON.stringify(fields),
  };
  const hash = openingHash({ ...columns, ...texts });
  return rowText({ lane, wishNumber, lastAttemptId, hash, ...columns }, texts);
}

export function writeRow({ lane: held, attemptId, ...write }: Write, lane: number): string {
  const columns = keepable(write);
  const hash = writeHash(columns);
  return JSON.stringify({ lane, companyId: held.companyId, attemptId, hash, ...columns });
}

/** What is kept for good, and what it makes known of the posting. */
export function closingRows(closing: Closing, lane: number): { result: string; known: string } {
  const { companyId } = closing.lane;
  const { attemptId, postingId, closedAt, durationMs, outcome } = closing;
  const { failure, known } = keepable({ failure: closing.failure, known: closing.known });
  const columns = {
    companyId,
    attemptId,
    closedAt,
    durationMs,
    outcome,
    failureCode: failure?.code ?? null,
    failure,
    remoteId: known.remoteId,
    link: known.link,
  };
  const exchanges = keepableJson(closing.exchanges);
  const hash = contentHash({ ...columns, exchanges });
  const knows = { lane, companyId, attemptId, postingId, failure, contentHash: hash, ...known };
  return { result: rowText(columns, { exchanges }), known: JSON.stringify(knows) };
}

/** One row: its columns, and those whose JSON is there already. */
function rowText(columns: object, texts: Readonly<Record<string, string | null>>): string {
  const more = Object.entries(texts).map(([name, text]) => `,"${name}":${text}`);
  return `${JSON.stringify(columns).slice(0, -1)}${more.join('')}}`;
}
