/** Shows what a query found; while it looks, grey lines; when it cannot, why. */
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useWords } from '../reader/words.tsx';
import { Empty } from './empty.tsx';
import { usePageTitle } from './page-title.ts';
import { isNotFound, ProblemBanner } from './problem.tsx';

export function Loaded<T>({
  query,
  children,
  lines = 4,
}: {
  query: Pick<UseQueryResult<T>, 'data' | 'error'>;
  children: (data: T) => ReactNode;
  lines?: number;
}) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error && isNotFound(query.error)) return <NotFound />;
  if (query.error) return <ProblemBanner error={query.error} />;
  return <Skeleton lines={lines} />;
}

export function Skeleton({ lines }: { lines: number }) {
  const t = useWords();
  return (
    <div className="skeleton-lines" aria-busy="true">
      <span className="unseen">{t('problem.loading')}</span>
      {Array.from({ length: lines }, (_, index) => (
        <span key={index} className={`skeleton w${(index % 3) + 1}`} />
      ))}
    </div>
  );
}

export function NotFound() {
  const t = useWords();
  usePageTitle(t('problem.notFound'));
  return (
    <Empty icon="search" title={t('problem.notFound')} page>
      <p>{t('problem.notFoundHelp')}</p>
      <a className="button" href="/">
        {t('problem.toStart')}
      </a>
    </Empty>
  );
}
