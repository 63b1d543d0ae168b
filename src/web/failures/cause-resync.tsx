/**
 * *Synkroniser igen* for all that fails by one cause: says what the cause was and asks whether it is mended,
 * then shows how far it is, and what has come of it for as long as one looks. The service does it: whoever
 * closes this goes on with other things.
 */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Answer } from '../../client/client.ts';
import type { Endpoints } from '../../contract/endpoints.ts';
import type { FailureCauseShape } from '../../contract/sync-shapes.ts';
import { connectionsQuery, failingQuery } from '../queries.ts';
import { useWords } from '../reader/words.tsx';
import { RunDialog } from '../resync-runs/run-dialog.tsx';
import { useResyncRun } from '../resync-runs/use-resync-run.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Icon } from '../ui/icon.tsx';
import { ProblemBanner } from '../ui/problem.tsx';

type Failing = Answer<Endpoints['countFailing']>;

/** The invoice is in the books already, and nobody of ours made it. */
const BOOKED: ReadonlySet<string> = new Set(['number-taken', 'booked-otherwise']);

/** Nothing there is to be mended: it is to be there again, or it is not. */
const DELETED = 'deleted-in-target';

/** What there is to say of a cause: of one that is mended by now, no more than its name. */
export type CauseAsked = Pick<FailureCauseShape, 'connectionId' | 'code' | 'title'> &
  Partial<Pick<FailureCauseShape, 'remedy' | 'failing' | 'failingBills'>>;

export function CauseResync({
  companyId,
  cause,
  connectionName,
  runId,
  onClose,
}: {
  companyId: string;
  cause: CauseAsked;
  connectionName: string;
  /** One that was begun before; null: ask first. */
  runId: string | null;
  onClose: () => void;
}) {
  const t = useWords();
  const { connectionId, code: failure } = cause;
  const { run, ...doing } = useResyncRun(companyId, runId);
  const query = useQuery(failingQuery(companyId, { connectionId, failure }));
  const { failing = 0, failingBills = 0 } = cause;
  const now = query.data ?? { bills: failingBills, postings: failing, waiting: 0, syncing: 0 };
  const [isToLink, setToLink] = useState(false);
  const wish = { connectionId, of: { by: 'failure', failure } } as const;
  const isToRecreate = failure === DELETED;
  const start = () =>
    doing.start(
      isToLink
        ? { ...wish, posting: 'supplier-invoice', link: true }
        : { ...wish, recreate: isToRecreate },
    );
  if (run === null) {
    return (
      <Dialog
        title={
          isToRecreate
            ? t('bulk.recreateTitle', { count: now.bills })
            : t('bulk.title', { count: now.bills })
        }
        onClose={onClose}
      >
        <About cause={cause} connectionName={connectionName} now={now} />
        {BOOKED.has(failure) && (
          <LinkChoice {...{ companyId, connectionId }} isChosen={isToLink} onChoose={setToLink} />
        )}
        {query.error && <ProblemBanner error={query.error} />}
        {doing.error !== null && <ProblemBanner error={doing.error} />}
        <div className="doings">
          <Button onClick={onClose}>{t('act.cancel')}</Button>
          <Button
            look="primary"
            busy={doing.starting}
            reason={now.bills === 0 ? t('failures.noneToAsk', { waiting: now.waiting }) : null}
            onClick={start}
          >
            {isToRecreate ? t('resync.recreate') : t('resync.go')}
          </Button>
        </div>
      </Dialog>
    );
  }
  return (
    <RunDialog
      companyId={companyId}
      run={run}
      doing={doing}
      which={`${cause.title}, ${connectionName}`}
      after={
        query.dataUpdatedAt > doing.overAtMs ? (
          <Left now={now} />
        ) : (
          <OnTheWay count={run.accepted} />
        )
      }
      onClose={onClose}
    />
  );
}

function About({
  cause,
  connectionName,
  now,
}: {
  cause: CauseAsked;
  connectionName: string;
  now: Failing;
}) {
  const t = useWords();
  const isDeleted = cause.code === DELETED;
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
            <strong>{isDeleted ? t('failures.isMistake') : t('failures.isMended')}</strong>
          </p>
          <p>{isDeleted ? t('failures.isMistakeHelp') : cause.remedy}</p>
        </div>
      </div>
      {now.waiting > 0 && now.bills > 0 && <p>{t('failures.waiting', { count: now.waiting })}</p>}
      {now.postings > (cause.failing ?? 0) && <p>{t('failures.olderToo')}</p>}
      <p className="quiet">{t('bulk.help')}</p>
    </>
  );
}

/** Who begins with Spor has many invoices that are in the books already. */
function LinkChoice(props: {
  companyId: string;
  connectionId: string;
  isChosen: boolean;
  onChoose: (isChosen: boolean) => void;
}) {
  const t = useWords();
  const connections = useQuery(connectionsQuery(props.companyId)).data?.items ?? [];
  const connection = connections.find(({ id }) => id === props.connectionId);
  if (connection?.capabilities['link'] !== true) return null;
  return (
    <label className="check">
      <input
        type="checkbox"
        checked={props.isChosen}
        onChange={(event) => props.onChoose(event.target.checked)}
      />
      <span>
        {t('failures.link')}
        <span className="quiet small block">
          {t('failures.linkHelp', { connection: connection.name })}
        </span>
      </span>
    </label>
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
