/** Which failures are looked at, as it stands in the address. */

export const PERIODS = [7, 30, 90, 365] as const;
export const USUAL_DAYS = 30;

export interface FailuresSearch {
  readonly days?: number | undefined;
  readonly connection?: string | undefined;
}

export function readFailuresSearch(search: Record<string, unknown>): FailuresSearch {
  const days = PERIODS.find((each) => each === search['days']);
  const connection = search['connection'];
  // Each is named: what is left out, the router fills in as it stands in the address.
  return { days, connection: typeof connection === 'string' ? connection : undefined };
}
