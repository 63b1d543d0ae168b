/** Where the list would be: why it is empty, and how to fill it. */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { BillFilter } from '../queries.ts';
import { useWords } from '../reader/words.tsx';
import { Empty } from '../ui/empty.tsx';
import { ImportButton } from './import-drop.tsx';

export function NoBills({
  companyId,
  filter,
  onFiles,
}: {
  companyId: string;
  filter: BillFilter;
  onFiles: (files: readonly File[]) => void;
}) {
  const t = useWords();
  if (filter.search !== undefined || filter.sync || filter.duplicates || filter.failure) {
    return (
      <Empty icon="search" title={t('bills.noneMatch')}>
        <Link className="button" to="/c/$companyId/bills" params={{ companyId }} search={{}}>
          {t('bills.showAll')}
        </Link>
      </Empty>
    );
  }
  return (
    <Empty icon="file" title={t('bills.none')}>
      <p>{t('bills.noneHelp')}</p>
      <ImportButton onFiles={onFiles} primary />
      <p className="small">
        {t.rich('bills.noneApi', {
          link: referenceLink,
        })}
      </p>
    </Empty>
  );
}

function referenceLink(words: ReactNode) {
  return <a href="/reference">{words}</a>;
}
