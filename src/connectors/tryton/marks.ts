/**
 * How our records are known again in Tryton: a mark in a text people can read and search for.
 *
 * - an invoice: a line of its comment, `Spor 0198…`, below the bill's note;
 * - a line of it: its note, `Spor 1` (our line's id);
 * - a file: its description, `Spor a1 <sha256>`;
 * - a payment's move: the end of its description, `F-1001 · Spor 0198…`.
 *
 * A mark is written with the record itself, in one request: there is no moment at which the record is
 * there and cannot be found.
 */

/** One line, composed characters, no control characters, trimmed. */
export function oneLine(given: string): string {
  return (
    given
      .toWellFormed()
      .normalize('NFC')
      // oxlint-disable-next-line no-control-regex
      .replaceAll(/[\u0000-\u001f\u007f]/g, ' ')
      .trim()
  );
}

const ROUNDING = 'rounding';

export const comment = (note: string, reference: string) =>
  note === '' ? `Spor ${reference}` : `${note}\n\nSpor ${reference}`;

const INVOICE_MARK = /^Spor ([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})\s*$/;

/** The reference and the rest, also what people wrote below the mark; reference null when it is not there. */
export function readComment(written: string): { reference: string | null; note: string } {
  const lines = written.split('\n');
  const at = lines.findLastIndex((line) => INVOICE_MARK.test(line));
  if (at === -1) return { reference: null, note: written.trim() };
  const [above, below] = [lines.slice(0, at), lines.slice(at + 1)].map((part) =>
    part.join('\n').trim(),
  );
  return {
    reference: INVOICE_MARK.exec(lines[at]!)![1]!,
    note: [above, below].filter(Boolean).join('\n\n'),
  };
}

export const roundingMark = `Spor ${ROUNDING}`;
/** Without spaces, and never as that of the rounding. */
export const lineMark = (id: string) =>
  `Spor ${id === ROUNDING ? '%72ounding' : encodeURIComponent(id)}`;

export type MarkedLine = { kind: 'line'; id: string } | { kind: 'rounding' } | { kind: 'foreign' };

export function readLineMark(note: string): MarkedLine {
  const id = /^Spor (\S+)$/m.exec(note)?.[1];
  if (id === undefined) return { kind: 'foreign' };
  return id === ROUNDING ? { kind: 'rounding' } : { kind: 'line', id: decoded(id) };
}

function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

export const fileMark = (id: string, sha256: string) => `Spor ${id} ${sha256}`;

export function readFileMark(description: string): { id: string; sha256: string } | null {
  const match = /^Spor (\S+) ([0-9a-f]{64})$/m.exec(description);
  return match ? { id: match[1]!, sha256: match[2]! } : null;
}

export const moveDescription = (number: string, reference: string) =>
  `${oneLine(number)} · Spor ${reference}`.trim();

export function readMoveMark(description: string): string | null {
  return /(?:^|\s)Spor (\S+)$/.exec(description)?.[1] ?? null;
}

/** In the place of a reference: of any. */
export const ANY_REFERENCE = '________-____-____-____-____________';

/** For Tryton's `like`: whatever holds the mark; the exact reading is ours afterwards. */
export const like = (reference: string) => `%Spor ${reference.replaceAll(/[\\%_]/g, '_')}%`;
