/**
 * Waits until postings that were asked for have been tried and stand still, and says how it went.
 * An attempt counts when it began after the asking; one that will be tried again by itself is waited
 * for too, until the time is up.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { isSuccess } from '../core/attempt.ts';
import type { AttemptShape, PostingShape } from '../contract/sync-shapes.ts';
import type { Reached } from './reach-service.ts';
import { plain, printJsonDocument } from './terminal.ts';
import { WORDS } from './words.ts';

const LOOK_MS = 200;
const MOVING: ReadonlySet<PostingShape['state']> = new Set([
  'waiting',
  'syncing',
  'retrying',
  'uncertain',
]);

interface Waiting {
  readonly params: { companyId: string; billId: string };
  readonly postingIds: readonly string[];
  readonly requestedAt: string;
  readonly timeoutMs: number;
  readonly json: boolean;
}

interface Stand {
  readonly posting: PostingShape;
  /** The newest attempt that ended, of those begun after the asking. */
  readonly attempt: AttemptShape | null;
}

/** @returns the exit code: 0 when all are in step */
export async function waitForAttempts(reached: Reached, waiting: Waiting): Promise<number> {
  const giveUpAt = performance.now() + waiting.timeoutMs;
  let stands = await standsOf(reached, waiting);
  while (!stands.every(isSettled) && performance.now() < giveUpAt) {
    await pause(LOOK_MS);
    stands = await standsOf(reached, waiting);
  }
  const allWell = stands.every(
    (stand) => isSettled(stand) && stand.attempt?.outcome && isSuccess(stand.attempt.outcome),
  );
  if (waiting.json) printJsonDocument(stands);
  else for (const stand of stands) console.log(standText(reached, stand));
  return allWell ? 0 : 1;
}

async function standsOf(
  { client }: Reached,
  { params, postingIds, requestedAt }: Waiting,
): Promise<Stand[]> {
  // In this order: an attempt that ends in between is then seen with the posting still moving.
  const postings = await client.listPostings({ params });
  const attempts = await client.listAttempts({ params, query: { limit: 200 } });
  return postings.items
    .filter(({ id }) => postingIds.includes(id))
    .map((posting) => ({
      posting,
      attempt:
        attempts.items.find(
          ({ postingId, openedAt, closedAt }) =>
            postingId === posting.id && openedAt >= requestedAt && closedAt !== null,
        ) ?? null,
    }));
}

/** A paused integration waits for a person: there is nothing to wait for here. */
function isSettled({ posting, attempt }: Stand): boolean {
  if (attempt === null) return false;
  return !MOVING.has(posting.state) || attempt.failure?.class === 'connection';
}

function standText({ language }: Reached, { posting, attempt }: Stand): string {
  const words = WORDS[language];
  const what = posting.amount === null ? '' : ` ${posting.amount}`;
  const outcome = attempt?.outcome ? words.outcome[attempt.outcome] : words.outcome['under-way'];
  const failure = attempt?.failure
    ? `\n    ${plain(attempt.failure.title)}\n    → ${plain(attempt.failure.remedy)}`
    : '';
  const where = [posting.remoteId, posting.link].filter((part) => part !== null).join('  ');
  return `${words.posting[posting.kind]}${what}: ${outcome}${where ? `  ${plain(where)}` : ''}${failure}`;
}
