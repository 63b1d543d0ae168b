/**
 * Changes to one file's bytes that touch our transaction and nothing else: every byte outside it
 * comes out as it went in.
 */
import type { Block, FileScan } from './scan-file.ts';

/** Puts a new transaction among the others by date; files stay in date order if they were. */
export function insertTransaction(
  bytes: Buffer,
  scan: FileScan,
  text: string,
  date: string,
): Buffer {
  const before = scan.blocks.findLast((block) => block.date !== null && block.date <= date);
  const first = scan.blocks[0];
  if (before) return insertAt(bytes, before.end, text);
  if (first) return insertAt(bytes, startWithComments(bytes, first.start), text);
  return insertAt(bytes, bytes.length, text);
}

export function replaceTransaction(bytes: Buffer, block: Block, text: string): Buffer {
  return Buffer.concat([
    bytes.subarray(0, block.start),
    Buffer.from(text),
    bytes.subarray(block.end),
  ]);
}

/** Takes the blank line before it along, which came with it. */
export function removeTransaction(bytes: Buffer, block: Block): Buffer {
  const start = blankLineBefore(bytes, block.start) ? block.start - 1 : block.start;
  return Buffer.concat([bytes.subarray(0, start), bytes.subarray(block.end)]);
}

export function appendLines(bytes: Buffer, text: string): Buffer {
  const lineBreak = bytes.length === 0 || bytes.at(-1) === LF ? '' : '\n';
  return Buffer.concat([bytes, Buffer.from(lineBreak + text)]);
}

export function transactionBytes(bytes: Buffer, block: Block): Buffer {
  return bytes.subarray(block.start, block.end);
}

const LF = 10;
const CR = 13;

function insertAt(bytes: Buffer, at: number, text: string): Buffer {
  const head = bytes.subarray(0, at);
  const tail = bytes.subarray(at);
  const endsLine = at === 0 || head.at(-1) === LF;
  const separator = `${endsLine ? '' : '\n'}${at === 0 ? '' : '\n'}`;
  const after = tail.length === 0 || tail[0] === LF || tail[0] === CR ? '' : '\n';
  return Buffer.concat([head, Buffer.from(separator + text + after), tail]);
}

/** Comment lines right above the first transaction belong to it. */
function startWithComments(bytes: Buffer, start: number): number {
  let at = start;
  while (at > 0) {
    const lineStart = at < 2 ? 0 : bytes.lastIndexOf(LF, at - 2) + 1;
    if (bytes[lineStart] !== SEMICOLON) break;
    at = lineStart;
  }
  return at;
}

const SEMICOLON = 59;

function blankLineBefore(bytes: Buffer, start: number): boolean {
  return start >= 2 && bytes[start - 1] === LF && bytes[start - 2] === LF;
}
