/**
 * What a write sends is in the log before it leaves, so its exchange need not say it again: that is the
 * largest part of both. Here it is taken out when the log is written, and put back when it is read.
 */
import type { Exchange, LoggedExchange } from './attempt.ts';

/** What both a write and its exchange say. */
export interface Announced {
  readonly method: string;
  readonly target: string;
  readonly body: string | null;
}

/** @param writes in the order in which they left */
export function sayOnce(
  exchanges: readonly Exchange[],
  writes: readonly Announced[],
): LoggedExchange[] {
  let next = 0;
  return exchanges.map((exchange) => {
    const index = writes.findIndex(
      ({ method, target, body }, at) =>
        at >= next &&
        body !== null &&
        body === exchange.requestBody &&
        method === exchange.method &&
        target === exchange.target,
    );
    if (index === -1) return exchange;
    next = index + 1;
    return { ...exchange, requestBody: null, write: next };
  });
}

/** The exchanges as they were. */
export function sayAll(
  exchanges: readonly LoggedExchange[],
  writes: readonly Pick<Announced, 'body'>[],
): Exchange[] {
  return exchanges.map(({ write, ...exchange }) =>
    write === undefined ? exchange : { ...exchange, requestBody: writes[write - 1]?.body ?? null },
  );
}
