/** *Afstemning*: are the bills and the books the same, and where they are not, what to do. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import type { ReconciliationShape } from '../../contract/endpoints/reconciliations.ts';
import { connectionsQuery, reconciliationsQuery } from '../queries.ts';
import { formatDay, formatInstant } from '../reader/moments.ts';
import { useLocale } from '../reader/preferences.ts';
import { useWords } from '../reader/words.tsx';
import { Empty } from '../ui/empty.tsx';
import { Field } from '../ui/field.tsx';
import { Loaded } from '../ui/loaded.tsx';
import { usePageTitle } from '../ui/page-title.ts';
import { OneReconciliation } from './one-reconciliation.tsx';
import { StartForm } from './start-form.tsx';

const route = getRouteApi('/c/$companyId/reconciliation');

export function ReconciliationPage() {
  const t = useWords();
  const { companyId } = route.useParams();
  const search = route.useSearch();
  const navigate = useNavigate();
  const connections = useQuery(connectionsQuery(companyId)).data?.items ?? [];
  const query = useQuery(reconciliationsQuery(companyId));
  usePageTitle(t('reconcile.title'));
  const choose = (run: string) =>
    void navigate({ to: '/c/$companyId/reconciliation', params: { companyId }, search: { run } });
  return (
    <div className="reconciliation-page">
      <div className="page-head">
        <h1>{t('reconcile.title')}</h1>
      </div>
      <section className="card" aria-label={t('reconcile.start')}>
        <div className="body stack">
          <p className="quiet">{t('reconcile.help')}</p>
          <StartForm companyId={companyId} connections={connections} onStarted={choose} />
        </div>
      </section>
      <Loaded query={query} lines={6}>
        {({ items }) => {
          const chosen = items.find(({ id }) => id === search.run) ?? items[0];
          const nameOf = (id: string) => connections.find((one) => one.id === id)?.name ?? '';
          if (!chosen) {
            return (
              <section className="card">
                <Empty icon="check" title={t('reconcile.none')}>
                  <p>{t('reconcile.noneHelp')}</p>
                  {connections.length === 0 && (
                    <Link
                      className="button primary"
                      to="/c/$companyId/connections/new"
                      params={{ companyId }}
                    >
                      {t('connection.add')}
                    </Link>
                  )}
                </Empty>
              </section>
            );
          }
          return (
            <>
              {items.length > 1 && <Choice {...{ items, chosen, nameOf }} onChoose={choose} />}
              <OneReconciliation
                key={chosen.id}
                companyId={companyId}
                one={chosen}
                connectionName={nameOf(chosen.connectionId)}
                verdict={search.verdict}
              />
            </>
          );
        }}
      </Loaded>
    </div>
  );
}

function Choice({
  items,
  chosen,
  nameOf,
  onChoose,
}: {
  items: readonly ReconciliationShape[];
  chosen: ReconciliationShape;
  nameOf: (connectionId: string) => string;
  onChoose: (id: string) => void;
}) {
  const t = useWords();
  const locale = useLocale();
  return (
    <Field label={t('reconcile.which')} className="reconcile-choice">
      {(parts) => (
        <select
          {...parts}
          className="select"
          value={chosen.id}
          onChange={(event) => onChoose(event.target.value)}
        >
          {items.map((one) => (
            <option key={one.id} value={one.id}>
              {formatInstant(one.createdAt, locale)} · {nameOf(one.connectionId)} ·{' '}
              {formatDay(one.fromOn, locale)} – {formatDay(one.toOn, locale)}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
