/** *Fejl*: what failed lately, by cause, so that one fix can be seen to mend many; each leads to its bills. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { ConnectionSelect } from '../connections/connection-select.tsx';
import { resyncRunsQuery, connectionsQuery, failuresQuery } from '../queries.ts';
import { useLocale } from '../reader/preferences.ts';
import { useWords } from '../reader/words.tsx';
import { RunsTable } from '../resync-runs/runs-table.tsx';
import { Empty } from '../ui/empty.tsx';
import { Field } from '../ui/field.tsx';
import { Loaded } from '../ui/loaded.tsx';
import { usePageTitle } from '../ui/page-title.ts';
import { FailuresTable } from './failures-table.tsx';
import { type FailuresSearch, PERIODS, USUAL_DAYS } from './failures-search.ts';

const route = getRouteApi('/c/$companyId/failures');

export function FailuresPage() {
  const t = useWords();
  const { companyId } = route.useParams();
  const search = route.useSearch();
  const connections = useQuery(connectionsQuery(companyId)).data?.items ?? [];
  const query = useQuery(failuresQuery(companyId, search));
  const runs = useQuery(resyncRunsQuery(companyId)).data?.items ?? [];
  const nameOf = (id: string) => connections.find((one) => one.id === id)?.name ?? '';
  const nameOrAll = (id: string | null) => (id === null ? t('bulk.everyConnection') : nameOf(id));
  usePageTitle(t('failures.title'));
  return (
    <div className="failures-page">
      <div className="page-head">
        <h1>{t('failures.title')}</h1>
      </div>
      <Choices companyId={companyId} search={search} connections={connections} />
      <section className="card" aria-label={t('failures.causes')}>
        <Loaded query={query} lines={6}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty icon="good" title={t('failures.none')}>
                <p>{t('failures.noneHelp')}</p>
              </Empty>
            ) : (
              <FailuresTable companyId={companyId} causes={items} runs={runs} nameOf={nameOf} />
            )
          }
        </Loaded>
      </section>
      {runs.length > 0 && <RunsTable companyId={companyId} runs={runs} nameOf={nameOrAll} />}
    </div>
  );
}

function Choices({
  companyId,
  search,
  connections,
}: {
  companyId: string;
  search: FailuresSearch;
  connections: readonly { readonly id: string; readonly name: string }[];
}) {
  const t = useWords();
  const locale = useLocale();
  const navigate = useNavigate();
  const choose = (wanted: FailuresSearch) =>
    void navigate({
      to: '/c/$companyId/failures',
      params: { companyId },
      search: wanted,
      replace: true,
    });
  return (
    <div className="failures-choices">
      <Field label={t('failures.period')}>
        {(parts) => (
          <select
            {...parts}
            className="select"
            value={search.days ?? USUAL_DAYS}
            onChange={(event) => choose({ ...search, days: Number(event.target.value) })}
          >
            {PERIODS.map((days) => (
              <option key={days} value={days}>
                {t('failures.lastDays', { days: days.toLocaleString(locale) })}
              </option>
            ))}
          </select>
        )}
      </Field>
      <ConnectionSelect
        connections={connections}
        value={search.connection ?? ''}
        onChoose={(connection) => {
          const { connection: _, ...rest } = search;
          choose(connection === '' ? rest : { ...rest, connection });
        }}
      />
    </div>
  );
}
