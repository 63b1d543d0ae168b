/** When to try again. Chance is passed in; the result is a delay, never an instant. */
import type { Random } from './clock.ts';

export interface Backoff {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** For one posting's passing failures: about 2 s, 4 s, 8 s … at most an hour apart, for ever. */
export const POSTING_BACKOFF: Backoff = { firstMs: 2_000, longestMs: 3_600_000 };

/** For probing a connection that is down or signed out: about 5 s, 10 s … at most 10 minutes apart. */
export const CONNECTION_BACKOFF: Backoff = { firstMs: 5_000, longestMs: 600_000 };

/** An accounting system that asks for a longer wait is asked again by then: a day. */
export const RETRY_AFTER_MS_AT_MOST = 86_400_000;

/**
 * The delay before try number `failures + 1`: doubling, with "equal jitter" (half fixed, half by
 * chance), never earlier than the accounting system asked for (`retryAfterMs`, bounded to a day).
 */
export function retryDelayMs(
  failures: number,
  random: Random,
  backoff: Backoff,
  retryAfterMs: number | null = null,
): number {
  const doubled = backoff.firstMs * 2 ** Math.min(Math.max(failures - 1, 0), 30);
  const ceiling = Math.min(doubled, backoff.longestMs);
  const jittered = Math.round(ceiling / 2 + (random() * ceiling) / 2);
  return Math.max(jittered, Math.min(retryAfterMs ?? 0, RETRY_AFTER_MS_AT_MOST));
}
