/** A company's integrations: how each stands, and the way to add one. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ConnectionShape } from '../../contract/sync-shapes.ts';
import { connectionsQuery, connectorsQuery } from '../queries.ts';
import { useWords } from '../reader/words.tsx';
import { usePageTitle } from '../ui/page-title.ts';
import { Empty } from '../ui/empty.tsx';
import { Icon } from '../ui/icon.tsx';
import { Loaded } from '../ui/loaded.tsx';
import { ConnectionBadge } from './connection-badge.tsx';

const route = getRouteApi('/c/$companyId/connections');

export function ConnectionsPage() {
  const t = useWords();
  const { companyId } = route.useParams();
  const query = useQuery(connectionsQuery(companyId));
  usePageTitle(t('nav.connections'));
  const add = (
    <Link className="button primary" to="/c/$companyId/connections/new" params={{ companyId }}>
      <Icon name="add" />
      {t('connection.add')}
    </Link>
  );
  return (
    <>
      <div className="page-head">
        <h1>{t('nav.connections')}</h1>
        {query.data && query.data.items.length > 0 && add}
      </div>
      <section className="card" aria-label={t('nav.connections')}>
        <Loaded query={query}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty icon="plug" title={t('connection.none')}>
                <p>{t('connection.noneHelp')}</p>
                {add}
              </Empty>
            ) : (
              <ul className="connections">
                {items.map((connection) => (
                  <ConnectionRow
                    key={connection.id}
                    companyId={companyId}
                    connection={connection}
                  />
                ))}
              </ul>
            )
          }
        </Loaded>
      </section>
    </>
  );
}

function ConnectionRow({
  companyId,
  connection,
}: {
  companyId: string;
  connection: ConnectionShape;
}) {
  const t = useWords();
  const connectors = useQuery(connectorsQuery).data?.items ?? [];
  const connector = connectors.find(({ id }) => id === connection.connector);
  const { due, failure } = connection.lane;
  return (
    <li>
      <Icon name="plug" className="mute" />
      <div className="words">
        <Link
          to="/c/$companyId/connections/$connectionId"
          params={{ companyId, connectionId: connection.id }}
          className="row-link"
        >
          {connection.name}
        </Link>
        <span className="quiet small">
          {connector?.name ?? connection.connector}
          {due > 0 && ` · ${t('connection.due', { count: due })}`}
        </span>
        {connection.enabled && failure && <span className="small">{failure.title}</span>}
      </div>
      <ConnectionBadge connection={connection} />
    </li>
  );
}
