/**
 * Files inside the invoice. They come from strangers: names are made safe to write to disk, contents
 * are bounded, and nothing that only lies at an address is fetched.
 */
import { every, first, type XmlElement } from './element.ts';
import type { Reading } from './reading.ts';
import { oneLine } from './reading.ts';

export interface IncomingAttachment {
  readonly name: string;
  readonly mediaType: string;
  readonly content: Uint8Array;
}

const MAX_ATTACHMENTS = 100;

const EXTENSIONS: Readonly<Record<string, string>> = {
  'application/pdf': 'pdf',
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/tiff': 'tif',
  'image/gif': 'gif',
  'text/csv': 'csv',
  'text/plain': 'txt',
  'text/xml': 'xml',
  'application/xml': 'xml',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'application/vnd.oasis.opendocument.spreadsheet': 'ods',
};

/** How files of these types begin. */
const SIGNATURES: Readonly<Record<string, readonly number[]>> = {
  'application/pdf': [0x25, 0x50, 0x44, 0x46],
  'image/png': [0x89, 0x50, 0x4e, 0x47],
  'image/jpeg': [0xff, 0xd8, 0xff],
};

export function readAttachments(reading: Reading): IncomingAttachment[] {
  const attachments: IncomingAttachment[] = [];
  const names = new Set<string>();
  for (const reference of every(reading.root, 'cac:AdditionalDocumentReference')) {
    const object = first(reference, 'cac:Attachment/cbc:EmbeddedDocumentBinaryObject');
    const uri = first(reference, 'cac:Attachment/cac:ExternalReference/cbc:URI');
    if (uri) {
      const message = `An attachment lies elsewhere and was not fetched: ${oneLine(uri.text).slice(0, 500)}`;
      reading.warn('attachment-elsewhere', message, uri);
    }
    const content = object && decode(reading, object);
    if (!object || !content) continue;
    if (attachments.length >= MAX_ATTACHMENTS) {
      const message = `More than ${MAX_ATTACHMENTS} attachments; the rest were left out.`;
      reading.warn('attachment-too-large', message, object);
      break;
    }
    const mediaType = mediaTypeOf(object);
    const signature = SIGNATURES[mediaType];
    if (signature && !signature.every((byte, index) => content[index] === byte)) {
      const message = `An attachment is declared as ${mediaType} but does not begin like one.`;
      reading.warn('attachment-not-as-declared', message, object);
    }
    const extension = EXTENSIONS[mediaType] ?? 'bin';
    const stated = object.attributes?.get('filename') ?? '';
    const name = safeFileName(stated) ?? `attachment-${attachments.length + 1}.${extension}`;
    attachments.push({ name: unique(names, name), mediaType, content });
  }
  return attachments;
}

function decode(reading: Reading, object: XmlElement): Uint8Array | null {
  const { text } = object;
  const length = base64Length(text);
  if (length === null) {
    const message = 'An attachment is empty, cut off or not base64; left out.';
    reading.warn('attachment-unreadable', message, object);
    return null;
  }
  if (length > reading.limits.maxAttachmentBytes) return tooLarge();
  const content = Buffer.from(text, 'base64');
  return new Uint8Array(content.buffer, content.byteOffset, content.length);

  function tooLarge(): null {
    const message = `An attachment is larger than ${reading.limits.maxAttachmentBytes} bytes; left out.`;
    reading.warn('attachment-too-large', message, object);
    return null;
  }
}

/**
 * Bytes a base64 text decodes to; null when it is not whole base64. `Buffer` would drop what it does
 * not know without a word, and a regular expression would be slow on a text made to be.
 */
function base64Length(text: string): number | null {
  let characters = 0;
  let padding = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 32 || (code >= 9 && code <= 13)) continue;
    characters++;
    if (code === 61) padding++;
    else if (padding > 0 || !isBase64(code)) return null;
  }
  if (characters === 0 || characters % 4 !== 0 || padding > 2) return null;
  return (characters / 4) * 3 - padding;
}

function isBase64(code: number): boolean {
  return (
    (code >= 65 && code <= 90) ||
    (code >= 97 && code <= 122) ||
    (code >= 48 && code <= 57) ||
    code === 43 ||
    code === 47
  );
}

function mediaTypeOf(object: XmlElement): string {
  const stated = object.attributes?.get('mimeCode')?.trim().toLowerCase() ?? '';
  return /^[a-z0-9][a-z0-9.+-]{0,60}\/[a-z0-9][a-z0-9.+-]{0,80}$/.test(stated)
    ? stated
    : 'application/octet-stream';
}

/** The last part of a path, without anything a file system or a shell would read otherwise; null when nothing is left. */
export function safeFileName(stated: string): string | null {
  const last = stated.slice(-300).normalize('NFC').split(/[/\\]/).at(-1) ?? '';
  const clean = oneLine(last.replace(/[\p{C}<>:"|?*]/gu, ' '))
    .replace(/^[.\s-]+/, '')
    .replace(/[.\s]+$/, '');
  if (clean === '') return null;
  const [, stem = clean, extension = ''] = /^(.+?)(\.[A-Za-z0-9]{1,10})?$/u.exec(clean) ?? [];
  // Not through the middle of a character that takes two units.
  const short = stem
    .slice(0, 120)
    .replace(/[\uD800-\uDBFF]$/, '')
    .trim();
  const reserved = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(short);
  return `${reserved ? '_' : ''}${short}${extension}`;
}

function unique(names: Set<string>, name: string): string {
  const [, stem = name, extension = ''] = /^(.+?)(\.[A-Za-z0-9]{1,10})?$/u.exec(name) ?? [];
  let free = name;
  // File systems that ignore case would overwrite one with the other.
  for (let number = 2; names.has(free.toLowerCase()); number++) {
    free = `${stem} (${number})${extension}`;
  }
  names.add(free.toLowerCase());
  return free;
}
