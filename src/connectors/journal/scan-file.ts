/**
 * Finds what matters in one journal file without owning it: the transactions and which of them are
 * ours, the files it includes, what it declares.
 *
 * Works on bytes (read as Latin-1, one character each), so that offsets are exact and whatever a
 * person wrote, in any encoding, is left as it is. A transaction reaches from its first line to its
 * last indented one; a blank line inside it (which hledger refuses) does not cut it in two, or an
 * update would leave half of it behind.
 */

/** A transaction's place in its file; `end` is after its last line's line break. */
export interface Block {
  readonly start: number;
  readonly end: number;
  /** Counted from 1. */
  readonly line: number;
  /** `YYYY-MM-DD` of its first line; null when that does not begin with a date. */
  readonly date: string | null;
  /** Ours, from its `spor:` tag; null for everybody else's. */
  readonly reference: string | null;
}

export interface FileScan {
  readonly size: number;
  readonly blocks: readonly Block[];
  readonly byReference: ReadonlyMap<string, readonly Block[]>;
  /** As written: relative, `~`, globs. */
  readonly includes: readonly string[];
  readonly accounts: ReadonlySet<string>;
  readonly commodities: ReadonlySet<string>;
  readonly tags: ReadonlySet<string>;
  /** True when text added at the end would be inside a `comment` nobody ended. */
  readonly endsInComment: boolean;
}

const DIRECTIVE =
  /^[!@]?(?:include|account|commodity|tag|payee|alias|apply|end|decimal-mark|bucket|capture|assert|check|def|define|expr|eval|year|value|import|python|[DNPYAC])\b/;
const REFERENCE = /;(?:.*[\s,;])?spor:[ \t]*([^\s,]+)/;

export function scanFile(bytes: Buffer): FileScan {
  const text = bytes.toString('latin1');
  const found = {
    blocks: [] as Block[],
    includes: [] as string[],
    accounts: new Set<string>(),
    commodities: new Set<string>(),
    tags: new Set<string>(),
  };
  let open: {
    start: number;
    end: number;
    line: number;
    date: string | null;
    reference: string | null;
  } | null = null;
  let inComment = false;
  const close = () => {
    if (open) found.blocks.push(open);
    open = null;
  };
  let position = text.startsWith('\u00EF\u00BB\u00BF') ? 3 : 0;
  for (let number = 1; position < text.length; number++) {
    const newline = text.indexOf('\n', position);
    const end = newline === -1 ? text.length : newline + 1;
    const line = text.slice(position, end);
    const start = position;
    position = end;
    if (inComment) {
      if (/^end (?:comment|test)\s*$/.test(line)) inComment = false;
      continue;
    }
    const first = line.charCodeAt(0);
    if (first === SPACE || first === TAB) {
      if (open === null || line.trim() === '') continue;
      open.end = end;
      open.reference ??= referenceIn(line);
      continue;
    }
    if (first === NEWLINE || first === RETURN) continue;
    close();
    if (/^(?:comment|test)\s*$/.test(line)) inComment = true;
    else if (!/^[;#*%|]/.test(line)) {
      if (DIRECTIVE.test(line)) directive(line, found);
      else open = { start, end, line: number, date: dateOf(line), reference: referenceIn(line) };
    }
  }
  close();
  return {
    size: bytes.length,
    ...found,
    byReference: group(found.blocks),
    endsInComment: inComment,
  };
}

const SPACE = 32;
const TAB = 9;
const NEWLINE = 10;
const RETURN = 13;

function referenceIn(line: string): string | null {
  if (!line.includes('spor:')) return null;
  return REFERENCE.exec(line)?.[1] ?? null;
}

export function dateOf(line: string): string | null {
  const match = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)/.exec(line);
  if (!match) return null;
  return `${match[1]}-${match[2]!.padStart(2, '0')}-${match[3]!.padStart(2, '0')}`;
}

function directive(
  line: string,
  found: { includes: string[]; accounts: Set<string>; commodities: Set<string>; tags: Set<string> },
): void {
  const match = /^[!@]?(include|account|commodity|tag)[ \t]+(.+)/.exec(line);
  if (!match) return;
  const rest = Buffer.from(match[2]!, 'latin1').toString('utf8').trim();
  const name = rest.split(/ {2,}|\t/)[0]!.trim();
  if (match[1] === 'include') found.includes.push(rest);
  if (match[1] === 'account') found.accounts.add(name);
  if (match[1] === 'tag') found.tags.add(name);
  const currency = match[1] === 'commodity' ? /[A-Z]{3}/.exec(rest)?.[0] : undefined;
  if (currency !== undefined) found.commodities.add(currency);
}

function group(blocks: readonly Block[]): Map<string, Block[]> {
  const groups = new Map<string, Block[]>();
  for (const block of blocks) {
    if (block.reference === null) continue;
    const same = groups.get(block.reference);
    if (same) same.push(block);
    else groups.set(block.reference, [block]);
  }
  return groups;
}
