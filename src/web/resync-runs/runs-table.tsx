/** What was synced again lately, many bills at once: by whom, and what has come of it. */
import { useState } from 'react';
import type { ResyncRunShape } from '../../contract/resync-shapes.ts';
import { useWords } from '../reader/words.tsx';
import { Button } from '../ui/button.tsx';
import { Instant } from '../ui/moment.tsx';
import { ScrollX } from '../ui/scroll-x.tsx';
import { RunDialog } from './run-dialog.tsx';
import { RunName } from './run-name.tsx';
import { ProgressText, StoppedText } from './run-progress.tsx';
import { useResyncRun } from './use-resync-run.ts';

export function RunsTable({
  companyId,
  runs,
  nameOf,
}: {
  companyId: string;
  runs: readonly ResyncRunShape[];
  /** Null: all of them. */
  nameOf: (connectionId: string | null) => string;
}) {
  const t = useWords();
  const [openId, open] = useState<string | null>(null);
  return (
    <section className="card resync-runs" aria-labelledby="resync-runs-title">
      <header>
        <h2 id="resync-runs-title">{t('run.title')}</h2>
      </header>
      <ScrollX label={t('run.title')}>
        <table className="table" aria-label={t('run.title')}>
          <thead>
            <tr>
              <th>{t('run.begun')}</th>
              <th>{t('run.what')}</th>
              <th>{t('log.connection')}</th>
              <th>{t('run.by')}</th>
              <th>{t('run.result')}</th>
            </tr>
          </thead>
          <tbody>
            {runs.map((run) => (
              <tr key={run.id}>
                <td data-label={t('run.begun')}>
                  <Instant at={run.createdAt} />
                </td>
                <td data-label={t('run.what')}>
                  <RunName run={run} />
                </td>
                <td data-label={t('log.connection')}>{nameOf(run.connectionId)}</td>
                <td data-label={t('run.by')}>{run.actor}</td>
                <td>
                  <div className="run-result">
                    <Result run={run} />
                    <Button slim aria-haspopup="dialog" onClick={() => open(run.id)}>
                      {t('run.show')}
                    </Button>
                  </div>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollX>
      {openId !== null && (
        <LookAt companyId={companyId} runId={openId} nameOf={nameOf} onClose={() => open(null)} />
      )}
    </section>
  );
}

function LookAt({
  companyId,
  runId,
  nameOf,
  onClose,
}: {
  companyId: string;
  runId: string;
  nameOf: (connectionId: string | null) => string;
  onClose: () => void;
}) {
  const { run, ...doing } = useResyncRun(companyId, runId);
  if (!run) return null;
  const which = (
    <>
      <RunName run={run} />, {nameOf(run.connectionId)}
    </>
  );
  return (
    <RunDialog companyId={companyId} run={run} doing={doing} which={which} onClose={onClose} />
  );
}

function Result({ run }: { run: ResyncRunShape }) {
  const t = useWords();
  const { accepted, deleted, skippedBills } = run;
  if (run.state === 'running')
    return (
      <span>
        <ProgressText run={run} />
      </span>
    );
  return (
    <span>
      {t('run.asked', { count: accepted })}
      {deleted + skippedBills > 0 && <>, {t('run.leftOut', { count: deleted + skippedBills })}</>}
      {run.state === 'stopped' && (
        <span className="quiet small block">
          <StoppedText run={run} />
        </span>
      )}
    </span>
  );
}
