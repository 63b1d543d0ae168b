/** What the list of bills is narrowed to, as it stands in the address. */
import { syncState } from '../../contract/bill-shapes.ts';
import { failureCode } from '../../contract/sync-shapes.ts';
import type { BillFilter, SyncState } from '../queries.ts';

/** What needs a person comes first. */
export const SYNC_STATES: readonly SyncState[] = syncState.options;

export function readBillFilter(search: Record<string, unknown>): BillFilter {
  const sync = syncState.safeParse(search['sync']);
  const failure = failureCode.safeParse(search['failure']);
  const connectionId = search['connectionId'];
  // The router reads a number out of `?search=1042`; it is still text to search for.
  const text = search['search'];
  const typed = typeof text === 'string' || typeof text === 'number' ? String(text) : '';
  // Each is named: what is left out, the router fills in as it stands in the address.
  return {
    search: typed === '' ? undefined : typed.slice(0, 200),
    sync: sync.data,
    duplicates: search['duplicates'] === 'only' ? 'only' : undefined,
    failure: failure.data,
    connectionId: failure.success && typeof connectionId === 'string' ? connectionId : undefined,
  };
}
