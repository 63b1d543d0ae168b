/** How a posting stands, worst first: what needs a person, then what is under way, then what is fine. */
export const POSTING_STATES = [
  'failed',
  'uncertain',
  'retrying',
  'syncing',
  'waiting',
  'in-step',
  'removed',
  'off',
] as const;

export type PostingState = (typeof POSTING_STATES)[number];

/** The worst of a bill's postings; `none` where it has none. */
export function worstState(states: readonly (PostingState | 'none')[]): PostingState | 'none' {
  return POSTING_STATES.find((state) => states.includes(state)) ?? 'none';
}
