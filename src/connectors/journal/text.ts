/**
 * Free text as a journal line can carry it.
 *
 * The journal syntax gives meaning to line breaks, double spaces and `; | , : [ )`. White space is
 * folded; the signs are written as look-alikes only where they would mean something, and read back
 * as the plain sign, so that "Kaffe, te" survives the round trip and a person may type either.
 *
 * Must stay true: `decode(encode(carry(x), …)) === carry(x)`, and `carry` changes nothing twice.
 */
const LOOK_ALIKES: readonly (readonly [plain: string, written: string])[] = [
  [';', '；'],
  ['|', '｜'],
  [',', '‚'],
  [':', '꞉'],
  ['[', '［'],
  [')', '）'],
];
const WRITTEN = new Map(LOOK_ALIKES);
const PLAIN = new Map(LOOK_ALIKES.map(([plain, written]) => [written, plain]));

/** What must be written otherwise, by place. */
export const PLACES = {
  /** hledger ends a description at `;` and a payee at `|`. */
  payee: /[;|]/g,
  /** A code ends at `)`. */
  code: /[;)]/g,
  /** hledger ends a tag's value at `,` and reads `[2026-01-01]` as a posting date. */
  tag: /[,[]/g,
  /** A word before `:` in a comment is a tag. */
  comment: /[:[]/g,
} as const;

/** ledger reads lines of at most 4,096 bytes; a look-alike takes three. */
export const LONG_TEXT_BYTES = 1000;
export const SHORT_TEXT_BYTES = 300;

const SPACE = /[\s\p{Z}\p{Cc}\u180E]+/gu;
/** Marks that turn the reading direction would make a line look like another one. */
const DIRECTION = /[\u202A-\u202E\u2066-\u2069]/gu;

/** The text in the journal's normal form. */
export function carry(text: string, maxBytes = LONG_TEXT_BYTES): string {
  const plain = decode(text.toWellFormed().replaceAll(DIRECTION, '').replaceAll(SPACE, ' ').trim());
  if (Buffer.byteLength(plain) <= maxBytes) return plain;
  return `${cutToBytes(plain, maxBytes - Buffer.byteLength('…')).trimEnd()}…`;
}

export function encode(carried: string, place: keyof typeof PLACES): string {
  return carried.replaceAll(PLACES[place], (sign) => WRITTEN.get(sign) ?? sign);
}

export function decode(written: string): string {
  return written.replaceAll(/[；｜‚꞉［）]/g, (sign) => PLAIN.get(sign) ?? sign);
}

/** The longest beginning, in whole characters, that fits. */
export function cutToBytes(text: string, maxBytes: number): string {
  let bytes = 0;
  let units = 0;
  for (const sign of text) {
    bytes += Buffer.byteLength(sign);
    if (bytes > maxBytes) break;
    units += sign.length;
  }
  return text.slice(0, units);
}
