/** The log: every attempt in one accounting system, newest first, as it happens. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { BillShape } from '../../contract/bill-shapes.ts';
import type { AttemptShape, ConnectionShape } from '../../contract/sync-shapes.ts';
import { MoreItems } from '../ui/more-items.tsx';
import { attemptsQuery } from '../queries.ts';
import { useWords } from '../reader/words.tsx';
import { Empty } from '../ui/empty.tsx';
import { Skeleton } from '../ui/loaded.tsx';
import { ProblemBanner } from '../ui/problem.tsx';
import { Archived } from './archived.tsx';
import { LogRow, WishedRow } from './log-row.tsx';
import type { Wished } from './use-resync.ts';

/** While a result is awaited the log is asked for too, should the live line be down. */
const ASK_AGAIN_MS = 2_000;

export function Log({
  bill,
  connection,
  wished,
  onAttempts,
}: {
  bill: BillShape;
  connection: ConnectionShape;
  wished: readonly Wished[];
  onAttempts: (attempts: readonly AttemptShape[]) => void;
}) {
  const t = useWords();
  const query = useInfiniteQuery({
    ...attemptsQuery(bill.companyId, bill.id, connection.id),
    refetchInterval: wished.length > 0 ? ASK_AGAIN_MS : false,
  });
  const pages = query.data?.pages;
  useEffect(() => {
    if (pages) onAttempts(pages.flatMap((page) => page.items));
  }, [pages, onAttempts]);
  const attempts = pages?.flatMap((page) => page.items) ?? [];
  const archived = pages?.at(-1)?.archived ?? [];
  const awaited = wished.filter(({ seen }) => !seen);
  const empty = query.data && attempts.length + awaited.length + archived.length === 0;
  return (
    <section className="card log" aria-labelledby="log-title">
      <header>
        <h2 id="log-title">{t('log.title')}</h2>
      </header>
      {query.error && !query.data && <ProblemBanner error={query.error} />}
      {!query.data && !query.error && <Skeleton lines={5} />}
      {empty && (
        <Empty icon="sync" title={t('log.none')}>
          <p>{t('log.noneHelp')}</p>
        </Empty>
      )}
      {attempts.length + awaited.length > 0 && (
        <table className="table log-table" aria-labelledby="log-title">
          <thead>
            <tr>
              <th>{t('log.when')}</th>
              <th>{t('log.posting')}</th>
              <th>{t('log.trigger')}</th>
              <th>{t('log.outcome')}</th>
              <th className="number">{t('log.duration')}</th>
              <th>{t('log.there')}</th>
            </tr>
          </thead>
          <tbody>
            {awaited.map((wish) => (
              <WishedRow
                key={wish.postingId ?? wish.kind}
                wish={wish}
                paused={connection.lane.state === 'paused'}
              />
            ))}
            {attempts.map((attempt) => (
              <LogRow key={attempt.id} bill={bill} attempt={attempt} />
            ))}
          </tbody>
        </table>
      )}
      <MoreItems query={query} shown={attempts.length} />
      <Archived months={archived} />
    </section>
  );
}
