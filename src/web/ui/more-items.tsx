/** The next page, fetched when the end comes into view; the button is for those who do not scroll. */
import { useEffect, useRef } from 'react';
import { useLocale } from '../reader/preferences.ts';
import { useWords } from '../reader/words.tsx';
import { Button } from './button.tsx';

interface Pages {
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  readonly fetchNextPage: () => Promise<unknown>;
}

export function MoreItems({ query, shown }: { query: Pages; shown: number }) {
  const t = useWords();
  const locale = useLocale();
  const end = useRef<HTMLDivElement>(null);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  useEffect(() => {
    const element = end.current;
    if (!element || !hasNextPage || isFetchingNextPage) return undefined;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) void fetchNextPage();
      },
      { rootMargin: '300px' },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  if (!hasNextPage) return null;
  return (
    <div className="more" ref={end}>
      <Button slim busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
        {t('bills.more')}
      </Button>
      <span className="quiet small">
        {t('bills.shown', { count: shown.toLocaleString(locale) })}
      </span>
    </div>
  );
}
