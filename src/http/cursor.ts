/** Keyset pages: a cursor is the last id of the page before, opaque to the reader. */
import { isUuid } from '../core/uuid.ts';
import { Refusal } from './refusal.ts';

export function readCursor(cursor: string | undefined): string | null {
  if (cursor === undefined) return null;
  const id = Buffer.from(cursor, 'base64url').toString('utf8');
  if (!isUuid(id))
    throw new Refusal('invalid-request', 'The cursor is not one of ours.', [
      { path: 'query.cursor', message: 'is not a cursor' },
    ]);
  return id;
}

export function cursorAfter(id: string): string {
  return Buffer.from(id).toString('base64url');
}

/** `rows` were read one beyond the limit. */
export function pageOf<T extends { readonly id: string }>(
  rows: readonly T[],
  limit: number,
): { items: T[]; next: string | null } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return {
    items,
    next: rows.length > limit && last ? cursorAfter(last.id) : null,
  };
}
