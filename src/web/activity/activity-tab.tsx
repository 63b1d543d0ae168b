/** *Aktivitet*: what happened to the bill, newest first: who, when, from what to what. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { useBill } from '../bill/bill-context.ts';
import { MoreItems } from '../ui/more-items.tsx';
import { activityQuery } from '../queries.ts';
import { useWords } from '../reader/words.tsx';
import { Empty } from '../ui/empty.tsx';
import { Skeleton } from '../ui/loaded.tsx';
import { ProblemBanner } from '../ui/problem.tsx';
import { ActivityLine } from './activity-line.tsx';

export function ActivityTab() {
  const t = useWords();
  const bill = useBill();
  const query = useInfiniteQuery(activityQuery(bill.companyId, bill.id));
  const lines = query.data?.pages.flatMap((page) => page.items) ?? [];
  if (query.error && !query.data) return <ProblemBanner error={query.error} />;
  return (
    <section className="card" aria-label={t('bill.activity')}>
      {!query.data && <Skeleton lines={6} />}
      {query.data && lines.length === 0 && <Empty icon="clock" title={t('activity.none')} />}
      <ol className="activity">
        {lines.map((line) => (
          <ActivityLine key={line.id} bill={bill} line={line} />
        ))}
      </ol>
      <MoreItems query={query} shown={lines.length} />
    </section>
  );
}
