/**
 * Differences between flat fields: what changed since last time, and what somebody changed in the
 * accounting system behind our back.
 */
import type { PostingFields } from './posting.ts';

export interface FieldDifference {
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** Fields that differ, in the order of `after`, then those only `before` has. */
export function diffFields(before: PostingFields, after: PostingFields): FieldDifference[] {
  const names = new Set([...Object.keys(after), ...Object.keys(before)]);
  const differences: FieldDifference[] = [];
  for (const field of names) {
    const a = before[field] ?? null;
    const b = after[field] ?? null;
    if (a !== b) differences.push({ field, before: a, after: b });
  }
  return differences;
}
