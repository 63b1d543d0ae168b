/**
 * Why an e-invoice could not be read, from a closed list, with the place in the file. Everything that
 * stops a bill from coming in is one of these; what only deserves a word is a notice (`notice.ts`).
 */

export const INTAKE_ERROR_CODES = [
  /** The file is not well-formed XML. */
  'xml-malformed',
  /** The file ends before its XML does. */
  'xml-truncated',
  /** More bytes, elements, attributes or lines than the limits allow. */
  'xml-too-large',
  'xml-too-deep',
  /** A DOCTYPE, or an entity other than XML's own five: nothing is ever expanded or fetched. */
  'xml-entities-refused',
  /** The bytes are not text in the character set the file declares, or in none we read. */
  'xml-charset',
  /** Something else than a UBL invoice or credit note. */
  'not-an-invoice',
  'field-missing',
  'field-invalid',
  /** A fault of ours: the cause is attached. */
  'unreadable',
] as const;

export type IntakeErrorCode = (typeof INTAKE_ERROR_CODES)[number];

export class IntakeError extends Error {
  override readonly name = 'IntakeError';
  readonly code: IntakeErrorCode;
  /** XPath-like: `/Invoice/cac:InvoiceLine[2]/cbc:LineExtensionAmount`; null where no element is meant. */
  readonly place: string | null;
  /** Counted from 1, in characters of the decoded text; null where the file has no such place. */
  readonly line: number | null;
  readonly column: number | null;

  constructor(
    code: IntakeErrorCode,
    message: string,
    where: {
      place?: string | undefined;
      position?: Position | undefined;
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause: where.cause });
    this.code = code;
    this.place = where.place ?? null;
    this.line = where.position?.line ?? null;
    this.column = where.position?.column ?? null;
  }
}

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Line and column of an offset, both from 1. Only needed when something went wrong, so it may count. */
export function positionOf(text: string, offset: number): Position {
  let line = 1;
  let lineStart = 0;
  for (let i = 0; i < offset && i < text.length; i++) {
    const code = text.charCodeAt(i);
    // CR LF ends one line, at the LF.
    if (code === 10 || (code === 13 && text.charCodeAt(i + 1) !== 10)) {
      line++;
      lineStart = i + 1;
    }
  }
  return { line, column: offset - lineStart + 1 };
}
