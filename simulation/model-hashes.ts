/** The log's hashes in the model: the store's own, over the same texts. */
import { contentHash, openingHash, resultHash } from '../src/store/attempt-chain.ts';
import type { AttemptHashes, Closing, Opening } from '../src/store/attempt-log.ts';
import { keepableJson } from '../src/store/keepable.ts';
import type { ResultRow, Tables } from './model-tables.ts';

export function hashOfOpening({ lane, bill, document, fields, ...said }: Opening): string {
  const { companyId, connectionId, fence } = lane;
  return openingHash({
    ...said,
    companyId,
    connectionId,
    fence,
    bill: JSON.stringify(bill),
    document: document && JSON.stringify(document),
    fields: fields && JSON.stringify(fields),
  });
}

export function hashOfClosing(closing: Closing): string {
  const { attemptId, closedAt, durationMs, outcome, failure, decision, known, exchanges } = closing;
  return contentHash({
    companyId: closing.lane.companyId,
    attemptId,
    closedAt,
    durationMs,
    outcome,
    failureCode: failure?.code ?? null,
    failure,
    decision,
    remoteId: known.remoteId,
    link: known.link,
    exchanges: keepableJson(exchanges),
  });
}

export function hashOfResult(
  row: Pick<ResultRow, 'contentHash' | 'chainNumber' | 'previousHash'>,
  { opening, writes }: AttemptHashes,
): string {
  const { contentHash, chainNumber, previousHash } = row;
  return resultHash({
    contentHash,
    openingHash: opening,
    writeHashes: writes,
    chainNumber,
    previousHash,
  });
}

/** What the log holds of an attempt's opening and its writes. */
export function hashesOf(tables: Tables, attemptId: string): AttemptHashes {
  return {
    opening: tables.attempts.get(attemptId)?.hash ?? '',
    writes: (tables.writes.get(attemptId) ?? [])
      .toSorted((a, b) => a.number - b.number)
      .map(({ hash }) => hash),
  };
}
