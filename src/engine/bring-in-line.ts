/**
 * Bringing one posting in line with the accounting system: look, then create, update, remove or leave.
 * Speaks to the connector only; what it finds out is written by `sync-posting.ts`.
 *
 * Must stay true: after an uncertain outcome we look by our reference before any write, and while a
 * write whose answer never came may still be carried out, nothing is written, for then "not there"
 * proves nothing (invariant 3);
 * what somebody changed over there is not overwritten, and what they deleted not made again, unless a
 * person asked or, for changes, the connection's rule says so (invariant 7).
 */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../core/canonical.ts';
import { diffFields } from '../core/diff.ts';
import { asKept, type KeptFields, keptInForce, mergeKept, withKept } from '../core/kept-fields.ts';
import { type OwnSubject, SyncFailure } from '../core/failure.ts';
import type { PostingDocument, PostingFields } from '../core/posting.ts';
import type { Call, ConnectorSession, RemotePosting, WriteOptions } from '../sdk/connector.ts';
import { bookedByHand } from './booked-by-hand.ts';
import { conflictsWith } from './conflicts.ts';
import { isSameRecord } from './same-record.ts';
import { ChangedInTarget, DeletedInTarget, MayStillArrive, type Success } from './settle.ts';
import type { Task } from './task.ts';

export async function bringInLine(
  session: ConnectorSession,
  call: Call,
  task: Task,
): Promise<Success> {
  const there = await look(session, call, task);
  if (task.mayArriveUntil && !hasArrived(task, there))
    throw new MayStillArrive(task.mayArriveUntil, task.startedAt);
  if (!there && isDeleted(task)) throw new SyncFailure('deleted-in-target');
  if (task.wanted === 'absent') return remove(session, call, task, there);
  if (!there) {
    const byHand = await bookedByHand(session, call, task);
    return byHand
      ? success('linked', byHand.there, task, byHand.kept)
      : create(session, call, task);
  }
  try {
    return await alignOrReplace(session, call, task, there);
  } catch (error) {
    if (!(error instanceof SyncFailure) || error.details.code !== 'version-stale') throw error;
  }
  // Somebody was quicker by a hair: read again, once, and judge what they changed.
  const again = await session.read(call, there.remoteId, task.document);
  if (!again || !isSameRecord(again, task.document, there.fields, task.fields))
    throw new DeletedInTarget(there);
  return alignOrReplace(session, call, task, again);
}

async function alignOrReplace(
  session: ConnectorSession,
  call: Call,
  task: Task,
  there: RemotePosting,
): Promise<Success> {
  try {
    return await align(session, call, task, there);
  } catch (error) {
    if (!task.mayReplace || !isLocked(error)) throw error;
  }
  await takeAway(session, call, task, there);
  task.takenAway();
  const made = await create(session, call, task, task.before.generation + 1);
  return { ...made, outcome: 'replaced' };
}

/** It is there: leave it, if it is as wanted, else update it. */
async function align(
  session: ConnectorSession,
  call: Call,
  task: Task,
  there: RemotePosting,
): Promise<Success> {
  const kept = keptNow(session, task, there);
  const isKnown = task.before.remoteId === there.remoteId;
  const asItIs = () => success(isKnown ? 'unchanged' : 'linked', there, task, kept);
  if (diffFields(there.fields, withKept(task.fields, kept)).length === 0) return asItIs();
  const content = contentWith(session, task, kept);
  if (diffFields(there.fields, content.fields).length === 0) return asItIs();
  const operation = `update ${there.version ?? ''}`;
  const options = await writeOptions(call, task, operation, task.before.generation, content.fields);
  const updated = await session
    .update(call, there, content.document, options)
    .catch((error: unknown) => {
      throw isGone(error) ? new DeletedInTarget(there) : error;
    });
  const ours = withoutOthers(session, updated.fields, content.fields, there.fields);
  return success('updated', updated, task, kept, ours);
}

/** Which fields stay as they are there, by decision or by rule; throws when a person must be asked. */
function keptNow(session: ConnectorSession, task: Task, there: RemotePosting): KeptFields {
  const kept = keptInForce(task.before.keptFields, there.fields, task.fields);
  const conflicts = conflictsWith(session, task, there).filter(
    ({ field }) => !Object.hasOwn(kept, field),
  );
  const { onConflict: rule } = task;
  task.decided(conflicts.length === 0 || rule === 'ask' ? null : { rule, conflicts });
  if (conflicts.length === 0 || rule === 'bill-wins') return kept;
  if (rule === 'ask') {
    if (task.byPerson) return kept;
    throw new ChangedInTarget(conflicts);
  }
  return { ...kept, ...asKept(conflicts) };
}

/** What is sent: what is kept as it is there, else what the bill says. Never over what is kept: rather ask again. */
function contentWith(
  session: ConnectorSession,
  task: Task,
  kept: KeptFields,
): { document: PostingDocument; fields: PostingFields } {
  if (Object.keys(kept).length === 0) return task;
  const document = mergeKept(task.document, kept);
  const fields = session.fields(document);
  const overwritten = Object.entries(kept).filter(
    ([field, { there }]) => (fields[field] ?? null) !== there,
  );
  if (overwritten.length === 0) return { document, fields };
  // A person has to, after all.
  task.decided(null);
  throw new ChangedInTarget(
    overwritten.map(([field, { there, wanted }]) => ({
      field,
      confirmed: task.before.confirmedFields?.[field] ?? null,
      there,
      wanted,
    })),
  );
}

/** What the lost write was to bring about is there: it was carried out, and will not be again. */
function hasArrived({ lost, wanted }: Task, there: RemotePosting | null): boolean {
  const last = lost.at(-1);
  return wanted === 'present' && !!there && !!last && diffFields(there.fields, last).length === 0;
}

/** For certain: nothing was written. */
function isLocked(error: unknown): boolean {
  return (
    error instanceof SyncFailure && error.details.code === 'posting-locked' && !error.uncertain
  );
}

function isGone(error: unknown): boolean {
  return error instanceof SyncFailure && error.details.code === 'deleted-in-target';
}

/** Once there, not there any more, and no person asked to have it again. */
function isDeleted({ before, wanted, mayRecreate }: Task): boolean {
  return before.remoteId !== null && wanted === 'present' && !mayRecreate;
}

/** Null: it is not there, and that is certain (or it never was). */
async function look(
  session: ConnectorSession,
  call: Call,
  task: Task,
): Promise<RemotePosting | null> {
  const { before, document, fields } = task;
  const mayBeThere = before.mustLook || task.mayRecreate || task.wanted === 'absent';
  if (before.remoteId === null) return mayBeThere ? session.find(call, document) : null;
  const there = await session.read(call, before.remoteId, document);
  if (there && isSameRecord(there, document, before.confirmedFields, fields)) return there;
  // Gone; unless it was made again by an attempt whose answer was lost.
  return mayBeThere ? session.find(call, document) : null;
}

async function create(
  session: ConnectorSession,
  call: Call,
  task: Task,
  // Deleted over there, and a person asked: a new logical write, with a key of its own.
  generation = task.before.generation + (task.before.remoteId === null ? 0 : 1),
): Promise<Success> {
  const options = await writeOptions(call, task, 'create', generation);
  const made = await session.create(call, task.document, options);
  const ours = withoutOthers(session, made.fields, task.fields, null);
  return { ...success('created', made, task, {}, ours), generation };
}

/**
 * What stands there after a write, without what somebody else changed while it was made (it may be several
 * requests): that is neither as it was nor as we sent it, and the next attempt finds it changed there. How far it was
 * taken is for the accounting system to say.
 */
function withoutOthers(
  session: ConnectorSession,
  there: PostingFields,
  sent: PostingFields,
  before: PostingFields | null,
): PostingFields {
  const ours = { ...there };
  for (const { field, before: said, after } of diffFields(sent, there)) {
    const isAsItWas = before !== null && (before[field] ?? null) === after;
    if (isAsItWas || session.stageFields?.includes(field)) continue;
    if (said === null) delete ours[field];
    else ours[field] = said;
  }
  return ours;
}

async function remove(
  session: ConnectorSession,
  call: Call,
  task: Task,
  there: RemotePosting | null,
): Promise<Success> {
  if (there) await takeAway(session, call, task, there);
  return {
    outcome: 'removed',
    there: null,
    confirmedFields: null,
    keptFields: {},
    generation: task.before.generation + 1,
  };
}

async function takeAway(
  session: ConnectorSession,
  call: Call,
  task: Task,
  there: RemotePosting,
): Promise<void> {
  if (!session.remove)
    throw new SyncFailure('not-supported', { subject: '@removal' satisfies OwnSubject });
  const options = await writeOptions(call, task, 'remove', task.before.generation);
  await session.remove(call, there, task.document, options).catch((error: unknown) => {
    // Somebody was quicker: that is what was wanted.
    if (!isGone(error)) throw error;
  });
}

function success(
  outcome: Success['outcome'],
  there: RemotePosting,
  { before }: Task,
  keptFields: KeptFields,
  confirmedFields: PostingFields = there.fields,
): Success {
  const isAnother = before.remoteId !== null && before.remoteId !== there.remoteId;
  const generation = before.generation + (isAnother ? 1 : 0);
  return { outcome, there, confirmedFields, keptFields, generation };
}

/** The same logical write carries the same key, however often it is tried. */
async function writeOptions(
  call: Call,
  task: Task,
  operation: string,
  generation: number,
  fields: PostingFields = task.fields,
): Promise<WriteOptions> {
  const { reference } = task.document;
  const content = canonicalJson([reference, operation, generation, fields]);
  return {
    idempotencyKey: createHash('sha256').update(content).digest('hex').slice(0, 40),
    supplierRemoteId: await task.supplierRemoteId(call),
  };
}
