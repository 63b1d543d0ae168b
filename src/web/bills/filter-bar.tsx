/** Search, and one chip for each state that has bills, with how many; what needs a person first. */
import { Link, useNavigate } from '@tanstack/react-router';
import { type Ref, useEffect, useState } from 'react';
import type { Answer } from '../../client/client.ts';
import type { Endpoints } from '../../contract/endpoints.ts';
import { failureText } from '../../messages/failure-text.ts';
import type { BillFilter } from '../queries.ts';
import { language, useLocale } from '../reader/preferences.ts';
import { useWords } from '../reader/words.tsx';
import { Icon, type IconName } from '../ui/icon.tsx';
import { SYNC_STATES } from './bill-filter.ts';
import { SYNC_LOOK } from './sync-badge.tsx';

interface FilterBarProps {
  readonly companyId: string;
  readonly filter: BillFilter;
  readonly overview: Answer<Endpoints['overview']> | undefined;
  readonly searchRef: Ref<HTMLInputElement>;
}

export function FilterBar({ companyId, filter, overview, searchRef }: FilterBarProps) {
  const t = useWords();
  const readersLanguage = language.use();
  const kept = filter.search === undefined ? {} : { search: filter.search };
  const chip = { companyId, filter };
  return (
    <div className="filter-bar">
      <nav className="chips" aria-label={t('bills.filters')}>
        <Chip {...chip} to={kept} count={overview?.bills} label={t('bills.all')} />
        {SYNC_STATES.map((state) => {
          const count = overview?.bySync[state] ?? 0;
          if (count === 0 && filter.sync !== state) return null;
          const { icon, tone } = SYNC_LOOK[state];
          const to = { ...kept, sync: state };
          const label = t(`sync.${state}`);
          return (
            <Chip
              {...chip}
              key={state}
              to={to}
              count={count}
              label={label}
              icon={icon}
              tone={tone}
            />
          );
        })}
        {filter.failure && (
          <Chip
            {...chip}
            to={filter}
            count={undefined}
            label={t('bills.failingBy', {
              cause: failureText(filter.failure, readersLanguage, null).title,
            })}
            icon="failed"
            tone="bad"
          />
        )}
        {((overview?.duplicates ?? 0) > 0 || filter.duplicates) && (
          <Chip
            {...chip}
            to={{ ...kept, duplicates: 'only' }}
            count={overview?.duplicates}
            label={t('bills.duplicates')}
            icon="duplicate"
          />
        )}
      </nav>
      <Search companyId={companyId} filter={filter} searchRef={searchRef} />
    </div>
  );
}

function Chip({
  companyId,
  filter,
  to,
  count,
  label,
  icon,
  tone = 'mute',
}: {
  companyId: string;
  filter: BillFilter;
  to: BillFilter;
  count: number | undefined;
  label: string;
  icon?: IconName;
  tone?: string;
}) {
  const locale = useLocale();
  const on =
    filter.sync === to.sync && filter.duplicates === to.duplicates && filter.failure === to.failure;
  return (
    <Link
      to="/c/$companyId/bills"
      params={{ companyId }}
      search={to}
      className="chip"
      activeProps={{ className: '' }}
      activeOptions={{ exact: true, includeSearch: true }}
      data-on={on || undefined}
      aria-current={on ? 'true' : undefined}
    >
      {icon && <Icon name={icon} className={tone} />}
      {label}
      {count !== undefined && <span className="count">{count.toLocaleString(locale)}</span>}
    </Link>
  );
}

function Search({ companyId, filter, searchRef }: Omit<FilterBarProps, 'overview'>) {
  const t = useWords();
  const navigate = useNavigate();
  const there = filter.search ?? '';
  const [typed, setTyped] = useState(there);
  const [known, setKnown] = useState(there);
  if (known !== there) {
    // The address changed by itself (back, a chip): show what it says.
    setKnown(there);
    if (typed.trim() !== there) setTyped(there);
  }
  useEffect(() => {
    const wanted = typed.trim();
    if (wanted === there) return undefined;
    const timer = setTimeout(() => {
      const { search: _, ...rest } = filter;
      const search = wanted === '' ? rest : { ...rest, search: wanted };
      void navigate({ to: '/c/$companyId/bills', params: { companyId }, search, replace: true });
    }, 200);
    return () => clearTimeout(timer);
  }, [typed, there, filter, companyId, navigate]);
  return (
    <div className="search">
      <Icon name="search" />
      <input
        ref={searchRef}
        type="search"
        className="input"
        aria-label={t('bills.search')}
        placeholder={t('bills.searchHint')}
        value={typed}
        maxLength={200}
        onChange={(event) => setTyped(event.target.value)}
      />
    </div>
  );
}
