/**
 * How far it is with syncing many bills again, then what has come of it. The service does it: whoever closes this
 * goes on with other things.
 */
import { type ReactNode, useEffect, useRef } from 'react';
import type { BillSummaryShape } from '../../contract/bill-shapes.ts';
import type { ResyncRunShape } from '../../contract/resync-shapes.ts';
import { useWords } from '../reader/words.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { ProblemBanner } from '../ui/problem.tsx';
import { RunProgress, StoppedText } from './run-progress.tsx';
import { RunResult } from './run-result.tsx';
import type { RunDoing } from './use-resync-run.ts';

export function RunDialog({
  companyId,
  run,
  doing,
  which,
  bills = [],
  after,
  onClose,
}: {
  companyId: string;
  run: ResyncRunShape;
  doing: Omit<RunDoing, 'run'>;
  /** What is synced again. */
  which: ReactNode;
  /** Those whose names are at hand. */
  bills?: readonly BillSummaryShape[];
  /** Told below the result. */
  after?: ReactNode;
  onClose: () => void;
}) {
  const t = useWords();
  const doings = useRef<HTMLDivElement>(null);
  const { state } = run;
  const isRunning = state === 'running';
  // The button that was pressed is gone: focus goes to the one that stands in its place.
  useEffect(() => {
    if (state !== null) doings.current?.querySelector('button')?.focus();
  }, [state]);
  const isStopped = state === 'stopped';
  const isLeft = isStopped && run.billsLookedAt < run.bills;
  return (
    <Dialog
      title={t('run.resultTitle')}
      onClose={onClose}
      wide={!isRunning && run.skipped.length > 0}
    >
      <p className="quiet">{which}</p>
      {doing.error !== null && <ProblemBanner error={doing.error} />}
      {isRunning ? (
        <>
          <RunProgress run={run} />
          <p className="quiet">{t('run.goingHelp')}</p>
        </>
      ) : (
        <>
          {isStopped && (
            <p>
              <StoppedText run={run} />
            </p>
          )}
          <RunResult companyId={companyId} run={run} bills={bills} onFollow={onClose} />
          {after}
        </>
      )}
      <div className="doings" ref={doings}>
        {isRunning && (
          <Button busy={doing.stopping} onClick={doing.stop}>
            {t('run.stop')}
          </Button>
        )}
        <Button key={state} look={isLeft ? undefined : 'primary'} onClick={onClose}>
          {t('act.close')}
        </Button>
        {isLeft && (
          <Button look="primary" busy={doing.starting} onClick={doing.goOn}>
            {t('run.goOn')}
          </Button>
        )}
      </div>
    </Dialog>
  );
}
