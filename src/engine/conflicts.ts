/** What somebody changed in the accounting system: told by what was confirmed, what is there now, and the bill. */
import type { ThreeWayDifference } from '../core/attempt.ts';
import { diffFields, type FieldDifference } from '../core/diff.ts';
import { mergeKept } from '../core/kept-fields.ts';
import type { ConnectorSession, RemotePosting } from '../sdk/connector.ts';
import type { Task } from './task.ts';

/**
 * What differs from what we last confirmed, is not what the bill says, and is nothing we may have written.
 * Of a record that is only now found (its create's answer was lost) nothing is confirmed: there it is what
 * none of those tries said. What it lacks, or how far it was taken, nobody need have changed: it may be half made.
 */
export function conflictsWith(
  session: ConnectorSession,
  task: Task,
  there: RemotePosting,
): ThreeWayDifference[] {
  const { confirmedFields, remoteId } = task.before;
  const confirmed = there.remoteId === remoteId ? confirmedFields : null;
  const known = confirmed ?? task.lost.at(-1);
  if (!known) return [];
  const ours = [task.fields, ...task.lost, confirmedFields ?? {}];
  const mayBeUnfinished = ({ field, after }: FieldDifference) =>
    !confirmed && (after === null || session.stageFields?.includes(field));
  return diffFields(known, there.fields)
    .filter(({ field, after }) => !ours.some((fields) => (fields[field] ?? null) === after))
    .filter((difference) => !mayBeUnfinished(difference))
    .filter(({ field }) => !isLostSum(session, task, there, field))
    .map(({ field, after }) => ({
      field,
      confirmed: confirmed?.[field] ?? null,
      there: after,
      wanted: task.fields[field] ?? null,
    }));
}

/**
 * Does the field follow from the others as they stand there? Where one of those was kept when a lost write
 * left, it sent the sum as neither the bill nor anybody else says it: sums follow from their parts. What was
 * kept by then need not be kept now; so all are taken as they stand, and who changed a part is asked of it.
 */
function isLostSum(
  session: ConnectorSession,
  { document, fields, lost }: Task,
  there: RemotePosting,
  sum: string,
): boolean {
  if (lost.length === 0) return false;
  const parts = diffFields(fields, there.fields)
    .filter(({ field }) => field !== sum)
    .map(({ field, before, after }) => [field, { there: after, wanted: before }]);
  const following = session.fields(mergeKept(document, Object.fromEntries(parts)));
  return (following[sum] ?? null) === (there.fields[sum] ?? null);
}
