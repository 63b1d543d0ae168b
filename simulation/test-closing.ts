/** For the test that holds the model against PostgreSQL: a result of any kind. */
import type { Closing, Known, Opening } from '../src/store/attempt-log.ts';
import type { HeldLane } from '../src/store/lanes.ts';

export function closingOf(opening: Opening, choice: number, now: Date, lane: HeldLane): Closing {
  const outcome = (['created', 'failed', 'uncertain', 'unchanged', 'removed', 'failed'] as const)[
    choice % 6
  ]!;
  const retries = outcome === 'uncertain' || choice % 10 === 1;
  const known: Known = {
    state: outcome === 'failed' ? 'failed' : outcome === 'uncertain' ? 'uncertain' : 'in-step',
    retryAt: retries ? new Date(now.getTime() + choice * 50) : null,
    failures: choice % 4,
    mustLook: outcome === 'uncertain',
    lostWriteAt: outcome === 'uncertain' ? now : null,
    generation: choice % 3,
    remoteId: choice % 2 === 0 ? `r-${choice}` : null,
    remoteVersion: '1',
    link: null,
    confirmedFields: outcome === 'created' ? { number: 'x' } : null,
    keptFields: choice % 3 === 1 ? { note: { there: 'a', wanted: 'b' } } : {},
    keptBefore: choice % 9 === 0 ? { note: { there: 'a', wanted: 'b' } } : {},
    confirmedRevision: opening.bill.revision,
    inStepAt: outcome === 'created' ? now : null,
  };
  const failure = {
    code: (['rejected', 'changed-in-target', 'amount-rejected', 'posting-locked'] as const)[
      choice % 4
    ]!,
    originalMessage: choice % 3 === 0 ? 'odd \0 text \ud800' : 'no',
    subject: null,
    retryAfterMs: null,
    conflicts:
      choice % 4 === 1
        ? [{ field: `note${choice % 3}`, confirmed: null, there: `${choice}`, wanted: null }]
        : [],
  } as const;
  const { attemptId, postingId, billId } = opening;
  return {
    lane,
    attemptId,
    postingId,
    billId,
    closedAt: now,
    durationMs: 1.5,
    outcome,
    failure: outcome === 'failed' ? failure : null,
    decision: null,
    exchanges: [],
    hashes: null,
    known,
  };
}
