/** How far it is with syncing again by a cause; and how far it came, when it was stopped. */
import type { CauseRunShape } from '../../contract/sync-shapes.ts';
import { useWords } from '../reader/words.tsx';

/** Bills that came to fail meanwhile are looked at as well. */
const allOf = ({ bills, billsLookedAt }: CauseRunShape) => Math.max(bills, billsLookedAt);

export function CauseProgress({ run }: { run: CauseRunShape }) {
  const t = useWords();
  return (
    <div className="cause-progress">
      <progress
        aria-label={t('bulk.resultTitle')}
        max={Math.max(allOf(run), 1)}
        value={run.billsLookedAt}
      />
      <span>
        <ProgressText run={run} />
      </span>
    </div>
  );
}

export function ProgressText({ run }: { run: CauseRunShape }) {
  const t = useWords();
  return t('failures.going', { done: run.billsLookedAt, all: allOf(run) });
}

export function StoppedText({ run }: { run: CauseRunShape }) {
  const t = useWords();
  const { stoppedBy } = run;
  const how = { done: run.billsLookedAt, all: allOf(run) };
  return stoppedBy === null
    ? t('failures.stoppedOff', how)
    : t('failures.stopped', { ...how, who: stoppedBy });
}
