/** What the list of bills was narrowed to when it was last seen: the way back from a bill leads there. */
import type { BillFilter } from '../queries.ts';

let last: { readonly companyId: string; readonly filter: BillFilter } | null = null;

export function keepFilter(companyId: string, filter: BillFilter): void {
  last = { companyId, filter };
}

export function lastFilter(companyId: string): BillFilter {
  return last?.companyId === companyId ? last.filter : {};
}
