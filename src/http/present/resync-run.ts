/** A resync run: what was meant, how far it is, and what was left out, in the reader's words. */
import type { ResyncRunShape } from '../../contract/resync-shapes.ts';
import { failureText } from '../../messages/failure-text.ts';
import type { Language } from '../../messages/languages.ts';
import type { ResyncRun } from '../../store/resync-runs.ts';
import { refusalOf } from './refusal-of.ts';

export function presentResyncRun(run: ResyncRun, language: Language): ResyncRunShape {
  const { id, connectionId, posting, of, actor, state, stoppedBy, bills, billsLookedAt } = run;
  return {
    id,
    connectionId,
    posting,
    of:
      of.by === 'failure'
        ? { by: of.by, failure: { code: of.failure, title: titleOf(of.failure, language) } }
        : of,
    link: run.link,
    recreate: run.recreate,
    actor,
    state,
    stoppedBy,
    bills,
    billsLookedAt,
    accepted: run.accepted,
    deleted: run.deleted,
    skippedBills: run.skippedBills,
    skipped: run.skipped.map(({ billId, refusal }) => {
      const { code, message } = refusalOf(refusal);
      return { billId, code, reason: message };
    }),
    createdAt: run.createdAt.toISOString(),
    finishedAt: run.finishedAt?.toISOString() ?? null,
  };
}

function titleOf(code: Parameters<typeof failureText>[0], language: Language): string {
  return failureText(code, language, null).title;
}
