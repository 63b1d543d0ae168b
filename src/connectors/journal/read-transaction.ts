/**
 * Reads a transaction's text, ours or edited by a person, into its parts. Never throws: what it
 * cannot read is kept as text, so that the edit is seen.
 */
import { parseAmount } from './amounts.ts';
import type { Amount } from './amounts.ts';
import { dateOf } from './scan-file.ts';
import { decode } from './text.ts';

export interface ReadTransaction {
  readonly firstLine: string;
  readonly date: string | null;
  readonly status: string;
  readonly code: string;
  readonly payee: string;
  /** Right of `|`; null when there is no `|`. */
  readonly words: string | null;
  /** Whole comments before the first posting, from their `;`. */
  readonly comments: readonly string[];
  readonly tags: Tags;
  readonly postings: readonly ReadPosting[];
}

export interface ReadPosting {
  readonly line: string;
  readonly role: string;
  readonly status: string;
  readonly account: string;
  readonly amountText: string;
  /** Null when left out or unreadable. */
  readonly amount: Amount | null;
  readonly trailing: string;
  readonly comments: readonly string[];
  readonly tags: Tags;
}

/** The first value of each tag. */
export type Tags = ReadonlyMap<string, string>;

const FIRST_LINE = /^[\d./-]+(?:=[\d./-]+)?(?:\s+([*!]))?(?:\s*\(([^)]*)\))?(?:\s+(.*))?$/u;

export function readTransaction(text: string): ReadTransaction {
  const [firstLine = '', ...rest] = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const [head, headComment] = splitComment(firstLine);
  const match = FIRST_LINE.exec(head.trim());
  const description = match?.[3] ?? '';
  const bar = description.indexOf('|');
  const comments = headComment === undefined ? [] : [headComment];
  const postings: (Omit<ReadPosting, 'role' | 'tags'> & { comments: string[] })[] = [];
  for (const line of rest.map((each) => each.trim())) {
    if (line.startsWith(';')) (postings.at(-1)?.comments ?? comments).push(line);
    else postings.push(readPosting(line));
  }
  return {
    firstLine,
    date: match ? dateOf(firstLine) : null,
    status: match?.[1] ?? '',
    code: decode(match?.[2] ?? '').trim(),
    payee: decode(bar === -1 ? description : description.slice(0, bar)).trim(),
    words: bar === -1 ? null : decode(description.slice(bar + 1)).trim(),
    comments,
    tags: tagsIn(comments),
    postings: postings.map((posting) => {
      const tags = tagsIn(posting.comments);
      return { ...posting, tags, role: tags.get('post') ?? '' };
    }),
  };
}

function readPosting(line: string): Omit<ReadPosting, 'role' | 'tags'> & { comments: string[] } {
  const status = /^([*!])\s+/.exec(line);
  const body = status ? line.slice(status[0].length) : line;
  // An account's name ends at two spaces or a tab.
  const end = body.search(/ {2,}|\t/);
  const account = end === -1 ? body : body.slice(0, end);
  const [amountText = '', comment = ''] = end === -1 ? [] : splitComment(body.slice(end));
  return {
    line,
    status: status?.[1] ?? '',
    account: account.trim(),
    amountText: amountText.trim(),
    amount: parseAmount(amountText),
    trailing: decode(comment.replace(/^;\s*/, '')).trim(),
    comments: [],
  };
}

function splitComment(text: string): [before: string, comment?: string] {
  const at = text.indexOf(';');
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at).trim()];
}

/** A line's tag is `; name: value`; `, name: value` after it, as hledger reads them. */
function tagsIn(comments: readonly string[]): Tags {
  const tags = new Map<string, string>();
  for (const comment of comments)
    for (const part of comment.replace(/^;/, '').split(',')) {
      const match = /^\s*([^\s:]+):(.*)$/u.exec(part);
      if (match && !tags.has(match[1]!)) tags.set(match[1]!, decode(match[2]!).trim());
    }
  return tags;
}

/** Attachments linked to: `; bilag: <path>, bilag-id: <id>`. */
export function attachmentsIn(transaction: ReadTransaction): { id: string; path: string }[] {
  return transaction.comments.flatMap((comment) => {
    const tags = tagsIn([comment]);
    const path = tags.get('bilag');
    return path === undefined ? [] : [{ id: tags.get('bilag-id') ?? path, path }];
  });
}
