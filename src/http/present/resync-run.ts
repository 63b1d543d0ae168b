/** A cause run: how far it is, and what was left out, in the reader's words. */
import type { CauseRunShape } from '../../contract/sync-shapes.ts';
import { failureText } from '../../messages/failure-text.ts';
import type { Language } from '../../messages/languages.ts';
import type { CauseRun } from '../../store/cause-runs.ts';
import { presentSkipped } from './resynced.ts';

export function presentCauseRun(run: CauseRun, language: Language): CauseRunShape {
  const { id, connectionId, failure, actor, state, stoppedBy, bills, billsLookedAt } = run;
  return {
    id,
    connectionId,
    failure: { code: failure, title: failureText(failure, language, null).title },
    actor,
    state,
    stoppedBy,
    bills,
    billsLookedAt,
    accepted: run.accepted,
    deleted: run.deleted,
    skippedBills: run.skippedBills,
    skipped: presentSkipped(run.skipped),
    createdAt: run.createdAt.toISOString(),
    finishedAt: run.finishedAt?.toISOString() ?? null,
  };
}
