/**
 * What a person added to one of our transactions and an update must not lose: the status marks of a
 * reconciliation (`*`, `!`) and comments and tags of their own.
 */
import type { ReadTransaction } from './read-transaction.ts';
import { POSTING_TAGS, TRANSACTION_TAGS } from './wire.ts';

export interface KeptEdits {
  readonly status: string;
  /** Whole comments, from their `;`. */
  readonly comments: readonly string[];
  /** By what the posting is (`linje 1`, `gæld` …). */
  readonly postings: ReadonlyMap<string, KeptPostingEdits>;
}

export interface KeptPostingEdits {
  readonly status: string;
  readonly trailing: string;
  readonly comments: readonly string[];
}

export const NOTHING_KEPT: KeptEdits = { status: '', comments: [], postings: new Map() };

export function keptEdits(transaction: ReadTransaction): KeptEdits {
  return {
    status: transaction.status,
    comments: transaction.comments.filter((comment) => !isOurs(comment, TRANSACTION_TAGS)),
    postings: new Map(
      transaction.postings.map((posting) => [
        posting.role,
        {
          status: posting.status,
          trailing: posting.trailing,
          comments: posting.comments.filter((comment) => !isOurs(comment, POSTING_TAGS)),
        },
      ]),
    ),
  };
}

function isOurs(comment: string, names: readonly string[]): boolean {
  return names.some((name) => new RegExp(`^;\\s*${name}:`, 'u').test(comment));
}
