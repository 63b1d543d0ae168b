/**
 * What people changed in the accounting systems, field by field, and what became of it: told by what was
 * done and what arrived there, not by what the engine knows. Whose value is overwritten must have been
 * asked, or the connection's rule says so; what was kept stays as long as the bill says what it said then
 * and nobody asks to overwrite it (invariant 7).
 */
import type { ThreeWayDifference } from '../src/core/attempt.ts';
import { isSuccess } from '../src/core/attempt.ts';
import { asKept, type KeptFields } from '../src/core/kept-fields.ts';
import type { PostingFields } from '../src/core/posting.ts';
import type { ConflictRule } from '../src/core/rules.ts';
import type { Closing, Opening } from '../src/store/attempt-log.ts';
import { wasAsked } from './model-claims.ts';
import type { Tables } from './model-tables.ts';
import type { Watch } from './watch.ts';

export interface ByHand {
  /** A person copied a record there: who wrote what stands in the copy, nobody can tell. */
  copied(recordId: string): void;
  /** A person changed a field there; null: took it away. */
  changed(recordId: string, field: string, value: string | null): void;
  wasChanged(recordId: string, field: string): boolean;
  /** Does the value a person put there still stand, and has no attempt dealt with it? */
  isUnseen(recordId: string, field: string): boolean;
  /** A person decided in Spor that these stay. */
  kept(postingId: string, conflicts: readonly ThreeWayDifference[]): void;
  /** A person asked in Spor to overwrite also what was kept. */
  overwriteAsked(postingId: string): void;
  opened(opening: Opening): void;
  /** An attempt's write was carried out. */
  written(attemptId: string, recordId: string, after: PostingFields): void;
  closed(closing: Closing): void;
}

interface Value {
  readonly value: string | null;
  /** An attempt left it standing, on purpose, while the bill said this. */
  readonly left: { readonly whileWanted: string | null } | null;
}

/** As an attempt found the world when it was opened. */
interface Begun {
  /** Null: the rules had just been changed, and it may go by those before. */
  readonly rule: ConflictRule | null;
  /** The record that had been confirmed; another, made by a write whose answer was lost, may lack what it is to have. */
  readonly confirmedId: string | null;
}

export function createByHand(tables: Tables, watch: Watch): ByHand {
  const copies = new Set<string>();
  const values = new Map<string, Map<string, Value>>();
  const everChanged = new Set<string>();
  const decisions = new Map<string, KeptFields>();
  const begun = new Map<string, Begun>();
  const of = (recordId: string) => values.get(recordId) ?? new Map<string, Value>();

  /** Something of ours said the same: whose it is, nobody can tell. */
  const isOursToo = (postingId: string, field: string, value: string | null) =>
    [...tables.attempts.values()].some(
      (attempt) => attempt.postingId === postingId && (attempt.fields?.[field] ?? null) === value,
    );
  const isKept = (attempt: Opening, field: string, { value, left }: Value): boolean => {
    const wanted = attempt.fields?.[field] ?? null;
    const decision = decisions.get(attempt.postingId)?.[field];
    return (
      left?.whileWanted === wanted || (decision?.there === value && decision.wanted === wanted)
    );
  };
  const mayOverwrite = (
    attempt: Opening,
    recordId: string,
    field: string,
    { value, left }: Value,
  ): boolean => {
    const { rule, confirmedId } = begun.get(attempt.attemptId)!;
    // The bill says something else since it was left.
    if (left || rule === null || rule === 'bill-wins' || copies.has(recordId)) return true;
    if (confirmedId !== recordId && value === null) return true;
    if (isOursToo(attempt.postingId, field, value)) return true;
    return rule === 'ask' && wasAsked(tables, attempt.requestIds);
  };
  return {
    copied: (recordId) => void copies.add(recordId),
    changed(recordId, field, value) {
      values.set(recordId, of(recordId).set(field, { value, left: null }));
      everChanged.add(`${recordId}/${field}`);
    },
    wasChanged: (recordId, field) => everChanged.has(`${recordId}/${field}`),
    isUnseen: (recordId, field) => of(recordId).get(field)?.left === null,
    kept(postingId, conflicts) {
      decisions.set(postingId, { ...decisions.get(postingId), ...asKept(conflicts) });
    },
    overwriteAsked(postingId) {
      decisions.delete(postingId);
      const { remoteId } = tables.postings.get(postingId)!;
      for (const [field, { left }] of of(remoteId ?? ''))
        if (left) of(remoteId ?? '').delete(field);
    },
    opened({ attemptId, postingId, lane }) {
      const { confirmedFields, remoteId } = tables.postings.get(postingId)!;
      const { rules, replanAfter } = tables.connections.get(lane.connectionId)!;
      begun.set(attemptId, {
        rule: replanAfter === null ? rules.onConflict : null,
        confirmedId: confirmedFields && remoteId,
      });
    },
    written(attemptId, recordId, after) {
      const attempt = tables.attempts.get(attemptId)!;
      for (const [field, mark] of of(recordId)) {
        if ((after[field] ?? null) === mark.value) continue;
        of(recordId).delete(field);
        const what = `${field} of ${attempt.postingId}, which a person changed there,`;
        if (isKept(attempt, field, mark))
          watch.broken(7, `${what} was to stay so, and is overwritten`);
        else if (!mayOverwrite(attempt, recordId, field, mark))
          watch.broken(7, `${what} is overwritten unasked`);
      }
    },
    closed({ postingId, outcome, known }) {
      if (!isSuccess(outcome) || !known.confirmedFields) return;
      const recordId = known.remoteId ?? '';
      for (const [field, mark] of of(recordId)) {
        // Changed since we looked.
        if ((known.confirmedFields[field] ?? null) !== mark.value) continue;
        const left = known.keptFields[field];
        // Whoever asked to overwrite it meanwhile took it out again.
        const isLeft = tables.postings.get(postingId)!.keptFields[field]?.there === mark.value;
        if (left && isLeft)
          of(recordId).set(field, { ...mark, left: { whileWanted: left.wanted } });
        else of(recordId).delete(field);
        if (!left && !isOursToo(postingId, field, mark.value) && !copies.has(recordId))
          watch.broken(
            7,
            `${field} of ${postingId}, which a person changed there, is taken for ours`,
          );
      }
    },
  };
}
