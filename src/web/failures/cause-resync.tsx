/**
 * Syncs again what fails by one cause. Asks first: how many, where, and whether the cause is mended; shows
 * how far it is; and ends with what was asked for, what was left out and why, and what fails by it still.
 */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { Answer } from '../../client/client.ts';
import type { Endpoints } from '../../contract/endpoints.ts';
import type { FailureCauseShape } from '../../contract/sync-shapes.ts';
import { BulkResult } from '../bills/bulk-result.tsx';
import { failingQuery } from '../queries.ts';
import { useWords } from '../reader/words.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Icon } from '../ui/icon.tsx';
import { ProblemBanner } from '../ui/problem.tsx';
import { type RunState, useCauseRun } from './use-cause-run.ts';

type Failing = Answer<Endpoints['countFailing']>;

export function CauseResync({
  companyId,
  cause,
  connectionName,
  onClose,
}: {
  companyId: string;
  cause: FailureCauseShape;
  connectionName: string;
  onClose: () => void;
}) {
  const t = useWords();
  const { connectionId, code: failure } = cause;
  const run = useCauseRun({ companyId, connectionId, failure });
  const query = useQuery(failingQuery(companyId, { connectionId, failure }));
  const now = query.data ?? {
    bills: cause.failingBills,
    postings: cause.failing,
    waiting: 0,
    syncing: 0,
  };
  const doings = useRef<HTMLDivElement>(null);
  const { phase } = run;
  // The button that was pressed is gone: focus goes to the one that stands in its place.
  useEffect(() => {
    if (phase !== 'before') doings.current?.querySelector('button')?.focus();
  }, [phase]);
  const begin = () => run.start(now.bills);
  const which = (
    <p className="quiet">
      {cause.title}, {connectionName}
    </p>
  );
  if (phase === 'before') {
    return (
      <Dialog title={t('bulk.title', { count: now.bills })} onClose={onClose}>
        <About cause={cause} connectionName={connectionName} now={now} />
        {query.error && <ProblemBanner error={query.error} />}
        <div className="doings">
          <Button onClick={onClose}>{t('act.cancel')}</Button>
          <Button
            look="primary"
            reason={now.bills === 0 ? t('failures.noneToAsk', { waiting: now.waiting }) : null}
            onClick={begin}
          >
            {t('resync.go')}
          </Button>
        </div>
      </Dialog>
    );
  }
  if (phase === 'going') {
    return (
      <Dialog title={t('bulk.resultTitle')} onClose={run.stop} stays>
        {which}
        <Progress run={run} />
        <div className="doings" ref={doings}>
          <Button busy={run.stopping} onClick={run.stop}>
            {t('failures.stop')}
          </Button>
        </div>
      </Dialog>
    );
  }
  const isCut = run.error !== null || run.run.next !== null;
  return (
    <Dialog title={t('bulk.resultTitle')} onClose={onClose} wide={run.run.skipped.length > 0}>
      {which}
      {run.error !== null && <ProblemBanner error={run.error} />}
      {isCut && <p>{t('failures.stopped', { done: run.run.bills, all: run.all })}</p>}
      <BulkResult
        companyId={companyId}
        result={run.run}
        wish={{ kind: 'all-failed', count: run.all }}
        onFollow={onClose}
      />
      {query.dataUpdatedAt > run.overAtMs ? (
        <Left now={now} />
      ) : (
        <OnTheWay count={run.run.accepted} />
      )}
      <div className="doings" ref={doings}>
        <Button look={isCut ? undefined : 'primary'} onClick={onClose}>
          {t('act.close')}
        </Button>
        {isCut && (
          <Button look="primary" onClick={begin}>
            {t('failures.goOn')}
          </Button>
        )}
      </div>
    </Dialog>
  );
}

function About({
  cause,
  connectionName,
  now,
}: {
  cause: FailureCauseShape;
  connectionName: string;
  now: Failing;
}) {
  const t = useWords();
  return (
    <>
      <dl className="cause-facts">
        <div>
          <dt>{t('failures.cause')}</dt>
          <dd>{cause.title}</dd>
        </div>
        <div>
          <dt>{t('log.connection')}</dt>
          <dd>{connectionName}</dd>
        </div>
        <div>
          <dt>{t('failures.still')}</dt>
          <dd>{t('failures.failing', { count: now.postings })}</dd>
        </div>
      </dl>
      <div className="banner care">
        <Icon name="warning" className="care" />
        <div className="words">
          <p>
            <strong>{t('failures.isMended')}</strong>
          </p>
          <p>{cause.remedy}</p>
        </div>
      </div>
      {now.waiting > 0 && now.bills > 0 && <p>{t('failures.waiting', { count: now.waiting })}</p>}
      {now.postings > cause.failing && <p>{t('failures.olderToo')}</p>}
      <p className="quiet">{t('bulk.help')}</p>
    </>
  );
}

function Progress({ run: { run, all } }: { run: RunState }) {
  const t = useWords();
  const label = t('failures.going', { done: run.bills, all });
  return (
    <>
      <div className="cause-progress">
        <progress aria-label={t('bulk.resultTitle')} max={Math.max(all, 1)} value={run.bills} />
        <span>{label}</span>
      </div>
      <p className="quiet">{t('failures.goingHelp')}</p>
    </>
  );
}

/** What is on its way and what failed again, as it changes while the result is looked at. */
function Left({ now: { postings, waiting, syncing } }: { now: Failing }) {
  const t = useWords();
  const onTheWay = waiting + syncing;
  return (
    <div className="stack">
      {postings === 0 && (
        <p className="result-line">
          <Icon name="good" className="good" /> {t('failures.noneLeft')}
        </p>
      )}
      <OnTheWay count={onTheWay} />
      {postings > onTheWay && (
        <p className="result-line">
          <Icon name="failed" className="bad" />{' '}
          {t('failures.failNow', { count: postings - onTheWay })}
        </p>
      )}
    </div>
  );
}

function OnTheWay({ count }: { count: number }) {
  const t = useWords();
  if (count === 0) return null;
  return (
    <p className="result-line">
      <Icon name="clock" /> {t('failures.onTheWay', { count })}
    </p>
  );
}
