/**
 * Bytes → text. The character set follows from the bytes (byte order mark, or how `<` is written) and
 * else from the XML declaration (XML 1.0, appendix F). Refuses bytes that are not what they claim to
 * be, rather than letting a supplier's name come in with question marks.
 */
import { IntakeError, positionOf } from './intake-error.ts';

export interface DecodedText {
  readonly text: string;
  /** Set when the declaration names another character set than the bytes are in. */
  readonly declaredOtherwise: string | null;
}

/** Declared name → what it is decoded as. Windows-1252 is what senders of "ISO-8859-1" write, and contains it. */
const CHARSETS: Readonly<Record<string, string>> = {
  'utf-8': 'utf-8',
  utf8: 'utf-8',
  'us-ascii': 'utf-8',
  ascii: 'utf-8',
  'utf-16': 'utf-16',
  'utf-16le': 'utf-16',
  'utf-16be': 'utf-16',
  'iso-8859-1': 'windows-1252',
  latin1: 'windows-1252',
  'windows-1252': 'windows-1252',
  cp1252: 'windows-1252',
  'iso-8859-15': 'iso-8859-15',
};

export function decodeText(bytes: Uint8Array): DecodedText {
  const found = fromBytes(bytes);
  const head = new TextDecoder(found ?? 'windows-1252').decode(bytes.subarray(0, 400));
  const name = /^\uFEFF?<\?xml\s[^>]*?\bencoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']/.exec(
    head,
  )?.[1];
  const declared = name === undefined ? undefined : CHARSETS[name.toLowerCase()];
  if (name !== undefined && declared === undefined) {
    throw new IntakeError('xml-charset', `The character set "${name}" is not one Spor reads.`, {
      position: { line: 1, column: 1 },
    });
  }
  // The bytes win: a "utf-16" in front of plain UTF-8 is a known slip of .NET programs.
  const charset = found ?? (declared === 'utf-16' ? 'utf-8' : (declared ?? 'utf-8'));
  const differs = name !== undefined && declared !== charset && !charset.startsWith(`${declared}`);
  return { text: decodeStrictly(bytes, charset), declaredOtherwise: differs ? name : null };
}

/** What the first bytes tell: a byte order mark, or `<` written in two bytes. */
function fromBytes(bytes: Uint8Array): string | null {
  const [a, b, c, d] = bytes;
  if ((a === 0xff && b === 0xfe && c === 0 && d === 0) || (a === 0 && b === 0 && c === 0xfe)) {
    throw new IntakeError('xml-charset', 'The file is in UTF-32, which Spor does not read.', {
      position: { line: 1, column: 1 },
    });
  }
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8';
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  if (a === 0x3c && b === 0) return 'utf-16le';
  if (a === 0 && b === 0x3c) return 'utf-16be';
  return null;
}

function decodeStrictly(bytes: Uint8Array, charset: string): string {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch (cause) {
    const good = validPrefixLength(bytes, charset);
    const before = new TextDecoder(charset).decode(bytes.subarray(0, good), { stream: true });
    const bad = bytes[good];
    throw new IntakeError(
      'xml-charset',
      bad === undefined
        ? `The file ends in the middle of a character (${charset}).`
        : `Byte ${good + 1} (0x${bad.toString(16).padStart(2, '0')}) is not valid ${charset}, the character set of the file.`,
      { position: positionOf(before, before.length), cause },
    );
  }
}

/** How many bytes decode without fault, found by halving: a prefix of valid text is valid. */
function validPrefixLength(bytes: Uint8Array, charset: string): number {
  let good = 0;
  let bad = bytes.length + 1;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    try {
      const decoder = new TextDecoder(charset, { fatal: true });
      decoder.decode(bytes.subarray(0, middle), { stream: true });
      good = middle;
    } catch {
      bad = middle;
    }
  }
  return good;
}
