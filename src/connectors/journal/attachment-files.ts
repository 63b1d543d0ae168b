/**
 * Attachments beside the journal: `bilag/<year>/<hash>-<name>`. The hash of the content is in the
 * name, so that two files of one name never meet and a file is written once.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Day } from '../../core/day.ts';
import { SyncFailure } from '../../core/failure.ts';
import type { PostingAttachment } from '../../core/posting.ts';
import { errorCode, fileFailure } from './failures.ts';
import { cutToBytes } from './text.ts';
import { writeAtomically } from './write-file.ts';

const HASH_LENGTH = 16;
const MAX_NAME_BYTES = 100;

/** A file name that is safe on any disk and in a tag: letters, digits, `. _ -`. */
export function attachmentName(name: string): string {
  const safe = name
    .toWellFormed()
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{N}._-]+/gu, '_')
    .replace(/^[._]+/, '');
  const dot = safe.lastIndexOf('.');
  const ending = dot > 0 && safe.length - dot <= 10 ? safe.slice(dot) : '';
  const stem = safe.slice(0, safe.length - ending.length);
  return cutToBytes(stem, MAX_NAME_BYTES - Buffer.byteLength(ending)) + ending || 'bilag';
}

/** Path relative to the journal's folder, with `/`. */
export function storedAttachment(
  attachment: Pick<PostingAttachment, 'name' | 'sha256'>,
  issuedOn: Day,
): string {
  const hash = attachment.sha256
    .toLowerCase()
    .replaceAll(/[^0-9a-f]/g, '')
    .slice(0, HASH_LENGTH);
  return `bilag/${issuedOn.slice(0, 4)}/${hash}-${attachmentName(attachment.name)}`;
}

/** The name as `fields` has it, back from a stored path. */
export function attachmentNameIn(path: string): string {
  const file = path.slice(path.lastIndexOf('/') + 1);
  return file.replace(new RegExp(`^[0-9a-f]{0,${HASH_LENGTH}}-`), '');
}

export async function isStored(path: string, attachment: PostingAttachment): Promise<boolean> {
  try {
    return sha256(await readFile(path)) === attachment.sha256.toLowerCase();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw fileFailure(error, path);
  }
}

/** Refuses content that is not what the bill says it is. */
export function confirmContent(content: Uint8Array, attachment: PostingAttachment): void {
  if (sha256(content) === attachment.sha256.toLowerCase()) return;
  throw new SyncFailure('attachment-rejected', {
    subject: attachment.name,
    originalMessage: 'the content is not the one the bill describes (SHA-256 differs)',
  });
}

export async function storeAttachment(
  folder: string,
  path: string,
  content: Uint8Array,
): Promise<void> {
  const target = join(folder, path);
  try {
    await mkdir(dirname(target), { recursive: true });
  } catch (error) {
    throw fileFailure(error, dirname(target));
  }
  await writeAtomically(target, content);
}

export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}
