/** How far it is with syncing many bills again; and how far it came, when it was stopped. */
import type { ResyncRunShape } from '../../contract/resync-shapes.ts';
import { useWords } from '../reader/words.tsx';

/** Bills that came to be meant meanwhile are looked at as well. */
const allOf = ({ bills, billsLookedAt }: ResyncRunShape) => Math.max(bills, billsLookedAt);

export function RunProgress({ run }: { run: ResyncRunShape }) {
  const t = useWords();
  return (
    <div className="run-progress">
      <progress
        aria-label={t('run.resultTitle')}
        max={Math.max(allOf(run), 1)}
        value={run.billsLookedAt}
      />
      <span>
        <ProgressText run={run} />
      </span>
    </div>
  );
}

export function ProgressText({ run }: { run: ResyncRunShape }) {
  const t = useWords();
  return t('run.going', { done: run.billsLookedAt, all: allOf(run) });
}

export function StoppedText({ run }: { run: ResyncRunShape }) {
  const t = useWords();
  const { stoppedBy } = run;
  const how = { done: run.billsLookedAt, all: allOf(run) };
  return stoppedBy === null
    ? t('run.stoppedOff', how)
    : t('run.stopped', { ...how, who: stoppedBy });
}
