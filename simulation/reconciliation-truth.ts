/** What a reconciliation is to say of a posting: by the bill, and by what is in the accounting system. */
import type { Bill } from '../src/core/bill.ts';
import { diffFields } from '../src/core/diff.ts';
import { SyncFailure } from '../src/core/failure.ts';
import { keptInForce, mergeKept, withKept } from '../src/core/kept-fields.ts';
import { postingFields } from '../src/core/posting-fields.ts';
import type { PostingDocument } from '../src/core/posting.ts';
import { offReason } from '../src/core/rules.ts';
import { documentFor } from '../src/engine/documents.ts';
import type { Posting } from '../src/store/postings.ts';
import type { ReconciliationRow } from '../src/store/reconciliations.ts';
import type { ConnectionRow } from './model-tables.ts';
import type { RemoteRecord, Target } from './target.ts';

/** Is it to be there, or to be gone? What the rules leave out is not looked for. */
export function isExpected(posting: Posting, bill: Bill, { rules }: ConnectionRow): boolean {
  if (bill.duplicateOf !== null) return false;
  if (posting.wanted === 'absent') return posting.remoteId !== null || posting.state === 'removed';
  return offReason(bill, posting.kind, rules) === null;
}

/** The verdict, its reason and the fields that differ, as `saidOf` has them of a row. */
export function truthOf(
  posting: Posting,
  bill: Bill,
  { rules }: ConnectionRow,
  { records, deletedByHand }: Target,
): string {
  const { id, remoteId, wanted, lastAttemptId, mustLook } = posting;
  const found = [...records.values()].filter(({ reference }) => reference === id);
  if (found.length > 1) return 'duplicate';
  const known = records.get(remoteId ?? '');
  // It may be another's by now, which has the id.
  const there = found[0] ?? (known?.reference === '' ? known : undefined);
  if (wanted === 'absent') return there ? 'deviates still-there' : 'same';
  if (!there && lastAttemptId === null) return 'missing never-attempted';
  // While an attempt is uncertain, it may have been taken away by that.
  const wasDeleted = deletedByHand.has(remoteId ?? '') && !mustLook;
  if (!there) return wasDeleted ? 'missing deleted' : 'missing not-there';
  try {
    const document = documentFor(bill, { ...posting, postingId: id, invoice: null }, rules);
    const fields = deviations(posting, there, document);
    return [fields.length === 0 ? 'same' : 'deviates', ...fields].join(' ');
  } catch (error) {
    // The bill can't be put as the rules are.
    if (error instanceof SyncFailure) return 'deviates';
    throw error;
  }
}

/** What stays as it is there deviates from nothing, nor does what follows from it: sums do. */
function deviations(
  { keptFields }: Posting,
  { fields }: RemoteRecord,
  document: PostingDocument,
): string[] {
  const says = postingFields(document);
  const kept = keptInForce(keptFields, fields, says);
  if (diffFields(fields, postingFields(mergeKept(document, kept))).length === 0) return [];
  return diffFields(fields, withKept(says, kept))
    .map(({ field }) => field)
    .sort();
}

export function saidOf({ verdict, reason, differences }: ReconciliationRow): string {
  const fields = differences.map(({ field }) => field).sort();
  return [verdict, ...(reason === null ? [] : [reason]), ...fields].join(' ');
}
