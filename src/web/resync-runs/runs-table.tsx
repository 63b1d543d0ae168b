/** What was synced again by cause lately: by whom, and what has come of it. */
import { useState } from 'react';
import type { CauseRunShape } from '../../contract/sync-shapes.ts';
import { useWords } from '../reader/words.tsx';
import { Button } from '../ui/button.tsx';
import { Instant } from '../ui/moment.tsx';
import { ScrollX } from '../ui/scroll-x.tsx';
import { ProgressText, StoppedText } from './cause-progress.tsx';
import { CauseResync } from './cause-resync.tsx';

export function CauseRuns({
  companyId,
  runs,
  nameOf,
}: {
  companyId: string;
  runs: readonly CauseRunShape[];
  nameOf: (connectionId: string) => string;
}) {
  const t = useWords();
  const [openId, open] = useState<string | null>(null);
  const chosen = runs.find(({ id }) => id === openId);
  return (
    <section className="card cause-runs" aria-labelledby="cause-runs-title">
      <header>
        <h2 id="cause-runs-title">{t('failures.runs')}</h2>
      </header>
      <ScrollX label={t('failures.runs')}>
        <table className="table" aria-label={t('failures.runs')}>
          <thead>
            <tr>
              <th>{t('failures.runBegun')}</th>
              <th>{t('failures.cause')}</th>
              <th>{t('log.connection')}</th>
              <th>{t('failures.runBy')}</th>
              <th>{t('failures.runResult')}</th>
            </tr>
          </thead>
          <tbody>
            {runs.map((run) => (
              <tr key={run.id}>
                <td>
                  <Instant at={run.createdAt} />
                </td>
                <td>{run.failure.title}</td>
                <td>{nameOf(run.connectionId)}</td>
                <td>{run.actor}</td>
                <td>
                  <div className="run-result">
                    <Result run={run} />
                    <Button slim aria-haspopup="dialog" onClick={() => open(run.id)}>
                      {t('failures.show')}
                    </Button>
                  </div>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollX>
      {chosen && (
        <CauseResync
          companyId={companyId}
          cause={{ ...chosen.failure, connectionId: chosen.connectionId }}
          connectionName={nameOf(chosen.connectionId)}
          runId={chosen.id}
          onClose={() => open(null)}
        />
      )}
    </section>
  );
}

function Result({ run }: { run: CauseRunShape }) {
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
      {t('failures.runAsked', { count: accepted })}
      {deleted + skippedBills > 0 && (
        <>, {t('failures.runLeftOut', { count: deleted + skippedBills })}</>
      )}
      {run.state === 'stopped' && (
        <span className="quiet small block">
          <StoppedText run={run} />
        </span>
      )}
    </span>
  );
}
