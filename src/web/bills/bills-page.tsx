/** The list of bills: what needs a person first in the filters, newest first in the list. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { billsQuery, overviewQuery } from '../queries.ts';
import { useWords } from '../reader/words.tsx';
import { usePageTitle } from '../ui/page-title.ts';
import { Button } from '../ui/button.tsx';
import { Skeleton } from '../ui/loaded.tsx';
import { ProblemBanner } from '../ui/problem.tsx';
import { BillTable } from './bill-table.tsx';
import { BulkBar } from './bulk-bar.tsx';
import { BulkResync, type BulkWish } from './bulk-resync.tsx';
import { FilterBar } from './filter-bar.tsx';
import { DropZone, ImportButton } from './import-drop.tsx';
import { ImportProgress } from './import-progress.tsx';
import { keepFilter } from './last-filter.ts';
import { useImports } from './imports.ts';
import { MoreItems } from '../ui/more-items.tsx';
import { NoBills } from './no-bills.tsx';
import { Pauses } from './pauses.tsx';
import { ShortcutsDialog } from './shortcuts-dialog.tsx';
import { useListKeys } from './list-keys.ts';

const route = getRouteApi('/c/$companyId/bills');

export function BillsPage() {
  const t = useWords();
  const { companyId } = route.useParams();
  usePageTitle(t('bills.title'));
  const filter = route.useSearch();
  useEffect(() => keepFilter(companyId, filter), [companyId, filter]);
  const overview = useQuery(overviewQuery(companyId));
  const bills = useInfiniteQuery(billsQuery(companyId, filter));
  const imports = useImports(companyId);
  const table = useRef<HTMLTableElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [wish, setWish] = useState<BulkWish | null>(null);
  const [help, setHelp] = useState(false);
  useListKeys({ table, search, onHelp: () => setHelp(true) });

  const items = bills.data?.pages.flatMap((page) => page.items) ?? [];
  const seen = items.filter(({ id }) => chosen.has(id));
  const failed = overview.data?.bySync.failed ?? 0;

  return (
    <DropZone onFiles={imports.add}>
      <div className="page-head">
        <h1>{t('bills.title')}</h1>
        {failed > 0 && (
          <Button icon="retry" onClick={() => setWish({ kind: 'all-failed', count: failed })}>
            {t('bulk.allFailed', { count: failed })}
          </Button>
        )}
        <ImportButton onFiles={imports.add} />
      </div>
      <Pauses companyId={companyId} />
      <ImportProgress companyId={companyId} imports={imports} />
      <FilterBar
        companyId={companyId}
        filter={filter}
        overview={overview.data}
        searchRef={search}
      />
      <div className="card bills">
        {bills.error && !bills.data && <ProblemBanner error={bills.error} />}
        {!bills.data && !bills.error && <Skeleton lines={9} />}
        {bills.data && items.length === 0 && (
          <NoBills companyId={companyId} filter={filter} onFiles={imports.add} />
        )}
        {items.length > 0 && (
          <BillTable
            companyId={companyId}
            bills={items}
            chosen={chosen}
            onChoose={setChosen}
            tableRef={table}
          />
        )}
        <MoreItems query={bills} shown={items.length} />
      </div>
      <p className="list-foot">
        <Button look="plain" slim onClick={() => setHelp(true)}>
          {t('keys.open')} <kbd>?</kbd>
        </Button>
      </p>
      {seen.length > 0 && (
        <BulkBar
          count={seen.length}
          onResync={() => setWish({ kind: 'chosen', bills: seen })}
          onClear={() => setChosen(new Set())}
        />
      )}
      {wish && (
        <BulkResync
          companyId={companyId}
          wish={wish}
          onDone={() => setChosen(new Set())}
          onClose={() => setWish(null)}
        />
      )}
      {help && <ShortcutsDialog onClose={() => setHelp(false)} />}
    </DropZone>
  );
}
