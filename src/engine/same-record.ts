/**
 * Is what has the known id still the posting's record? An accounting system that was restored from a backup gives
 * ids a second time, and new settings may name other books: then another's record has it, which is neither
 * changed nor taken away, and ours is gone.
 */
import type { PostingDocument, PostingFields, PostingKind } from '../core/posting.ts';
import type { RemotePosting } from '../sdk/connector.ts';

/** Of a record that carries no reference (somebody booked it, or took it off): a person hardly changes all of these. */
const TELLING: Readonly<Record<PostingKind, readonly string[]>> = {
  'supplier-invoice': ['number', 'issuedOn'],
  'supplier-payment': ['paidOn', 'amount'],
};

/**
 * @param confirmed as it was last known there; null: nothing is known of it
 * @param wanted as the bill says now; null: that can't be told
 */
export function isSameRecord(
  there: RemotePosting,
  { kind, reference }: Pick<PostingDocument, 'kind' | 'reference'>,
  confirmed: PostingFields | null,
  wanted: PostingFields | null,
): boolean {
  if (there.reference !== null) return there.reference === reference;
  if (confirmed === null) return true;
  return TELLING[kind].some((field) =>
    [confirmed, wanted].some((fields) => fields?.[field] === there.fields[field]),
  );
}
