import { SyncFailure } from '../core/failure.ts';

/** Of records that should be one: that one; null when there is none. Several are `duplicate-in-target`, by their ids. */
export function onlyOne<Item extends { readonly id: string | number }>(
  records: readonly Item[],
): Item | null {
  if (records.length > 1)
    throw new SyncFailure('duplicate-in-target', {
      subject: records.map(({ id }) => String(id)).join(', '),
    });
  return records[0] ?? null;
}
