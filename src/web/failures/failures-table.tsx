/** A line per cause and integration: what it is, what to do, how many it hit, and how many it holds still. */
import { Link } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import type { ResyncRunShape } from '../../contract/resync-shapes.ts';
import type { FailureCauseShape } from '../../contract/sync-shapes.ts';
import { useLocale } from '../reader/preferences.ts';
import { useWords } from '../reader/words.tsx';
import { RunProgress } from '../resync-runs/run-progress.tsx';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { Ago, Instant } from '../ui/moment.tsx';
import { ScrollX } from '../ui/scroll-x.tsx';
import { CauseResync } from './cause-resync.tsx';

export function FailuresTable({
  companyId,
  causes,
  runs,
  nameOf,
}: {
  companyId: string;
  causes: readonly FailureCauseShape[];
  runs: readonly ResyncRunShape[];
  nameOf: (connectionId: string) => string;
}) {
  const t = useWords();
  return (
    <ScrollX label={t('failures.causes')}>
      <table className="table failures-table" aria-label={t('failures.causes')}>
        <thead>
          <tr>
            <th>{t('failures.cause')}</th>
            <th>{t('log.connection')}</th>
            <th>{t('failures.still')}</th>
            <th className="number">{t('failures.postings')}</th>
            <th className="number">{t('failures.attempts')}</th>
            <th>{t('failures.first')}</th>
            <th>{t('failures.last')}</th>
          </tr>
        </thead>
        <tbody>
          {causes.map((cause) => (
            <Cause
              key={`${cause.connectionId} ${cause.code}`}
              companyId={companyId}
              cause={cause}
              running={runs.find((run) => run.state === 'running' && isOf(run, cause)) ?? null}
              connectionName={nameOf(cause.connectionId)}
            />
          ))}
        </tbody>
      </table>
    </ScrollX>
  );
}

function isOf(run: ResyncRunShape, cause: FailureCauseShape): boolean {
  const { connectionId, of } = run;
  return (
    connectionId === cause.connectionId && of.by === 'failure' && of.failure.code === cause.code
  );
}

function Cause({
  companyId,
  cause,
  running,
  connectionName,
}: {
  companyId: string;
  cause: FailureCauseShape;
  running: ResyncRunShape | null;
  connectionName: string;
}) {
  const t = useWords();
  const locale = useLocale();
  const [isOpen, setOpen] = useState(false);
  const title = useRef<HTMLSpanElement>(null);
  const close = () => {
    setOpen(false);
    // Where all is mended, the button that opened the dialog is gone, and focus would be nowhere.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        if (document.activeElement === document.body) title.current?.focus();
      }),
    );
  };
  const isDeleted = cause.code === 'deleted-in-target';
  const which = { cause: cause.title, connection: connectionName };
  return (
    <tr data-failure={cause.code}>
      <th scope="row">
        <span className="title" ref={title} tabIndex={-1}>
          {cause.title}
        </span>
        <span className="remedy block small">{cause.remedy}</span>
        <span className="quiet block small">{t(`failure.who-${cause.who}`)}</span>
      </th>
      <td data-label={t('log.connection')}>{connectionName}</td>
      <td>
        {cause.failing === 0 ? (
          <Badge tone="good" icon="good">
            {t('failures.mended')}
          </Badge>
        ) : (
          <>
            <Badge tone="bad" icon="failed">
              {t('failures.failing', { count: cause.failing })}
            </Badge>
            <Link
              className="block small"
              to="/c/$companyId/bills"
              params={{ companyId }}
              search={{ failure: cause.code, connectionId: cause.connectionId }}
            >
              {t('failures.bills', { count: cause.failingBills })}
            </Link>
            {!running && (
              <Button
                slim
                icon="retry"
                aria-haspopup="dialog"
                aria-label={isDeleted ? t('failures.recreate', which) : t('failures.resync', which)}
                onClick={() => setOpen(true)}
              >
                {isDeleted ? t('resync.recreate') : t('resync.open')}
              </Button>
            )}
          </>
        )}
        {running && (
          <>
            <RunProgress run={running} />
            <Button slim aria-haspopup="dialog" onClick={() => setOpen(true)}>
              {t('run.show')}
            </Button>
          </>
        )}
        {isOpen && (
          <CauseResync
            companyId={companyId}
            cause={cause}
            connectionName={connectionName}
            runId={running?.id ?? null}
            onClose={close}
          />
        )}
      </td>
      <td className="number" data-label={t('failures.postings')}>
        {cause.postings.toLocaleString(locale)}
      </td>
      <td className="number" data-label={t('failures.attempts')}>
        {cause.attempts.toLocaleString(locale)}
      </td>
      <td data-label={t('failures.first')}>
        <Seen at={cause.firstAt} />
      </td>
      <td data-label={t('failures.last')}>
        <Seen at={cause.lastAt} />
      </td>
    </tr>
  );
}

function Seen({ at }: { at: string }) {
  return (
    <div>
      <Instant at={at} />
      <span className="quiet small block">
        <Ago at={at} />
      </span>
    </div>
  );
}
