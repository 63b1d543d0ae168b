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
