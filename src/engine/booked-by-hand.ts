/**
 * What somebody booked there by hand, when a person asks that it be linked: nothing is written, and what the bill says
 * otherwise is kept as it is there.
 *
 * Must stay true: one that stands for another bill is not linked to this one; asked of many at once, when nobody has
 * looked at each, only one that is as the bill says.
 */
import { diffFields } from '../core/diff.ts';
import { SyncFailure } from '../core/failure.ts';
import { asKept, type KeptFields } from '../core/kept-fields.ts';
import type { Call, ConnectorSession, RemotePosting } from '../sdk/connector.ts';
import { BookedOtherwise } from './settle.ts';
import type { Task } from './task.ts';

/** What two invoices of a supplier and a number agree in, when they are one. */
const ALIKE_IN = ['billKind', 'issuedOn', 'currency', 'total'];

/** Null: there is none, or nobody asked. */
export async function bookedByHand(
  session: ConnectorSession,
  call: Call,
  task: Task,
): Promise<{ there: RemotePosting; kept: KeptFields } | null> {
  const { document, fields } = task;
  if (!task.mayLink || document.kind !== 'supplier-invoice' || !session.findByNumber) return null;
  const there = await session.findByNumber(call, document, await task.supplierRemoteId(call));
  if (!there) return null;
  if (await task.isOfAnother(there.remoteId))
    throw new SyncFailure('number-taken', { subject: document.number });
  if (task.mayLink === 'alike') assertAlike(there, task);
  const differing = diffFields(there.fields, fields).map(({ field, before, after }) => ({
    field,
    there: before,
    wanted: after,
  }));
  return { there, kept: asKept(differing) };
}

/** What one of the two does not say is not alike. */
function assertAlike(there: RemotePosting, { document, fields }: Task): void {
  const otherwise = ALIKE_IN.filter(
    (field) => fields[field] === undefined || fields[field] !== there.fields[field],
  );
  if (otherwise.length === 0) return;
  throw new BookedOtherwise(
    document.number,
    otherwise.map((field) => ({
      field,
      confirmed: null,
      there: there.fields[field] ?? null,
      wanted: fields[field] ?? null,
    })),
  );
}
