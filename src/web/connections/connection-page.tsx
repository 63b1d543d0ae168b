/** One integration: how it stands, a test, its settings, its rules, on and off. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Switch } from 'react-aria-components';
import type { ConnectionShape } from '../../contract/sync-shapes.ts';
import { client, newKey, queryClient } from '../api.ts';
import { PauseBanner } from '../integration-log/pause-banner.tsx';
import { connectionQuery, connectorsQuery, keys } from '../queries.ts';
import { useWords } from '../reader/words.tsx';
import { usePageTitle } from '../ui/page-title.ts';
import { Icon } from '../ui/icon.tsx';
import { Loaded } from '../ui/loaded.tsx';
import { problemText } from '../ui/problem.tsx';
import { showToast } from '../ui/toasts.tsx';
import { ConnectionBadge } from './connection-badge.tsx';
import { ConnectionCheck } from './connection-check.tsx';
import { CAPABILITIES } from './new-connection.tsx';
import { RulesForm } from './rules-form.tsx';
import { SettingsForm } from './settings-form.tsx';

const route = getRouteApi('/c/$companyId/connections/$connectionId');

export function ConnectionPage() {
  const t = useWords();
  const { companyId, connectionId } = route.useParams();
  const query = useQuery(connectionQuery(companyId, connectionId));
  usePageTitle(query.data?.name, t('nav.connections'));
  return (
    <div className="connection-page">
      <Link to="/c/$companyId/connections" params={{ companyId }} className="way-back">
        <Icon name="back" />
        {t('nav.connections')}
      </Link>
      <Loaded query={query} lines={8}>
        {(connection) => (
          <OneConnection key={connection.id} companyId={companyId} connection={connection} />
        )}
      </Loaded>
    </div>
  );
}

function OneConnection({
  companyId,
  connection,
}: {
  companyId: string;
  connection: ConnectionShape;
}) {
  const t = useWords();
  const connectors = useQuery(connectorsQuery);
  const connector = connectors.data?.items.find(({ id }) => id === connection.connector);
  const lacking = CAPABILITIES.filter((one) => connection.capabilities[one] === false);
  return (
    <div className="stack">
      <div className="page-head">
        <h1>{connection.name}</h1>
        <ConnectionBadge connection={connection} />
        <OnOff companyId={companyId} connection={connection} />
      </div>
      <p className="quiet">
        {connector?.name ?? connection.connector}
        {lacking.length > 0 &&
          `. ${t('connection.cannot', {
            what: lacking.map((one) => t(`capability.${one}`)).join(', '),
          })}`}
      </p>
      {connection.enabled && (
        <PauseBanner companyId={companyId} connection={connection} besideSettings />
      )}
      <ConnectionCheck companyId={companyId} connectionId={connection.id} />
      {connector && (
        <SettingsForm companyId={companyId} connection={connection} connector={connector} />
      )}
      <RulesForm companyId={companyId} connection={connection} />
    </div>
  );
}

function OnOff({ companyId, connection }: { companyId: string; connection: ConnectionShape }) {
  const t = useWords();
  const turn = useMutation({
    mutationFn: ({ enabled, idempotencyKey }: { enabled: boolean; idempotencyKey: string }) =>
      client.editConnection({
        params: { companyId, connectionId: connection.id },
        body: { enabled },
        idempotencyKey,
      }),
    onSuccess: (saved) => {
      showToast(
        saved.enabled
          ? t('connection.turnedOn', { name: saved.name })
          : t('connection.turnedOff', { name: saved.name }),
      );
      void queryClient.invalidateQueries({ queryKey: keys.company(companyId) });
    },
    onError: (error) => showToast(problemText(error, t)),
  });
  return (
    <Switch
      className="switch"
      isSelected={turn.isPending ? turn.variables.enabled : connection.enabled}
      onChange={(enabled) => turn.mutate({ enabled, idempotencyKey: newKey() })}
    >
      <span className="track" />
      {t('connection.on')}
    </Switch>
  );
}
