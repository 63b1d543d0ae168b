/**
 * The small rules of XML 1.0 text: which characters may stand, what a name is, and what `&…;` means.
 * Only XML's own five entities and character references exist here; nothing is ever expanded twice.
 */
import { IntakeError, positionOf, type IntakeErrorCode } from './intake-error.ts';

const NAME_START =
  'A-Z_a-z\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u02FF\\u0370-\\u037D\\u037F-\\u1FFF\\u200C\\u200D\\u2070-\\u218F\\u2C00-\\u2FEF\\u3001-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFFFD\\u{10000}-\\u{EFFFF}';
const NAME_PART = `${NAME_START}\\-.0-9\\u00B7\\u0300-\\u036F\\u203F-\\u2040`;

/** A name without colon (Namespaces in XML 1.0, NCName), as source of a regular expression. */
export const NC_NAME = `[${NAME_START}][${NAME_PART}]*`;

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
};

export function failAt(
  text: string,
  offset: number,
  code: IntakeErrorCode,
  message: string,
): never {
  throw new IntakeError(code, message, { position: positionOf(text, offset) });
}

/** True for a character XML 1.0 allows (production Char). */
export function isXmlCharacter(code: number): boolean {
  return (
    code === 9 ||
    code === 10 ||
    code === 13 ||
    (code >= 0x20 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd) ||
    (code >= 0x10000 && code <= 0x10ffff)
  );
}

/** Refuses control characters anywhere in the file. Surrogate pairs are whole: the decoder saw to that. */
export function refuseForbiddenCharacters(text: string): void {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (
      (code < 0x20 && code !== 9 && code !== 10 && code !== 13) ||
      code === 0xfffe ||
      code === 0xffff
    ) {
      const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
      failAt(text, i, 'xml-malformed', `The character ${name} may not stand in XML.`);
    }
  }
}

const REFERENCE = /&(?:[A-Za-z]+;|#[0-9]{1,7};|#x[0-9A-Fa-f]{1,6};)|&/g;

/** Resolves the references of a stretch of the file, which begins at `offset`. */
export function resolveReferences(text: string, stretch: string, offset: number): string {
  if (!stretch.includes('&')) return stretch;
  return stretch.replace(REFERENCE, (reference, at: number) => {
    const entity = ENTITIES[reference];
    if (entity !== undefined) return entity;
    if (reference === '&') {
      failAt(text, offset + at, 'xml-malformed', 'An "&" stands alone; it is written "&amp;".');
    }
    if (!reference.startsWith('&#')) {
      const message = `The entity ${reference} is refused: only XML's own five are known.`;
      failAt(text, offset + at, 'xml-entities-refused', message);
    }
    const digits = reference.slice(2, -1);
    const code = digits.startsWith('x') ? parseInt(digits.slice(1), 16) : parseInt(digits, 10);
    if (!isXmlCharacter(code)) {
      failAt(text, offset + at, 'xml-malformed', `${reference} is not a character XML allows.`);
    }
    return String.fromCodePoint(code);
  });
}
