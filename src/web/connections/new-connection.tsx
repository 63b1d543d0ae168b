/** Connects an accounting system: which one, what to call it, and how to reach it. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { Label, Radio, RadioGroup } from 'react-aria-components';
import type { Answer } from '../../client/client.ts';
import type { Endpoints } from '../../contract/endpoints.ts';
import { client, newKey, queryClient } from '../api.ts';
import { connectorsQuery, keys } from '../queries.ts';
import { useWords } from '../reader/words.tsx';
import { usePageTitle } from '../ui/page-title.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { Icon } from '../ui/icon.tsx';
import { Loaded } from '../ui/loaded.tsx';
import { ProblemBanner } from '../ui/problem.tsx';
import { showToast } from '../ui/toasts.tsx';
import {
  settingFields,
  settingsFrom,
  type Typed,
  typedFrom,
  wrongSettings,
} from './setting-fields.ts';
import { SettingInputs } from './setting-inputs.tsx';

type Connector = Answer<Endpoints['listConnectors']>['items'][number];

const route = getRouteApi('/c/$companyId/connections/new');

export function NewConnection() {
  const t = useWords();
  const { companyId } = route.useParams();
  const query = useQuery(connectorsQuery);
  usePageTitle(t('connection.add'));
  return (
    <div className="narrow">
      <Link to="/c/$companyId/connections" params={{ companyId }} className="way-back">
        <Icon name="back" />
        {t('nav.connections')}
      </Link>
      <h1>{t('connection.add')}</h1>
      <Loaded query={query}>
        {({ items }) => <ConnectForm companyId={companyId} connectors={items} />}
      </Loaded>
    </div>
  );
}

function ConnectForm({
  companyId,
  connectors,
}: {
  companyId: string;
  connectors: readonly Connector[];
}) {
  const t = useWords();
  const navigate = useNavigate();
  const [chosen, setChosen] = useState<Connector | undefined>(connectors[0]);
  const [name, setName] = useState<string | null>(null);
  const [typed, setTyped] = useState<Typed>({});
  const fields = chosen ? settingFields(chosen.settings, chosen.secretSettings) : [];
  const all = { ...typedFrom(fields, {}), ...typed };
  const called = name ?? chosen?.name ?? '';
  const missing = wrongSettings(fields, all, false).length > 0 || called.trim() === '';
  const create = useMutation({
    mutationFn: (idempotencyKey: string) =>
      client.createConnection({
        params: { companyId },
        idempotencyKey,
        body: { connector: chosen?.id ?? '', name: called, settings: settingsFrom(fields, all) },
      }),
    onSuccess: async ({ id: connectionId }) => {
      showToast(t('connection.created'));
      void queryClient.invalidateQueries({ queryKey: keys.company(companyId) });
      await navigate({
        to: '/c/$companyId/connections/$connectionId',
        params: { companyId, connectionId },
      });
    },
  });
  return (
    <form
      className="card connect"
      onSubmit={(event) => {
        event.preventDefault();
        if (!missing) create.mutate(newKey());
      }}
    >
      <div className="body stack">
        <RadioGroup
          className="radios"
          value={chosen?.id ?? null}
          onChange={(id) => {
            setChosen(connectors.find((one) => one.id === id));
            setTyped({});
          }}
        >
          <Label className="label">{t('connection.system')}</Label>
          {connectors.map((connector) => (
            <Radio key={connector.id} value={connector.id} className="radio">
              <span className="name">{connector.name}</span>
              <Lacks capabilities={connector.capabilities} />
            </Radio>
          ))}
        </RadioGroup>
        <Field label={t('connection.name')} help={t('connection.nameHelp')}>
          {(parts) => (
            <input
              {...parts}
              className="input"
              maxLength={200}
              value={called}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <SettingInputs
          fields={fields}
          typed={all}
          wrong={[]}
          keepSecrets={false}
          onType={(field, text) => setTyped({ ...typed, [field]: text })}
        />
        {create.error && <ProblemBanner error={create.error} />}
        <div className="doings">
          <Button
            type="submit"
            look="primary"
            busy={create.isPending}
            reason={missing ? t('form.fillIn') : null}
          >
            {t('connection.connect')}
          </Button>
        </div>
      </div>
    </form>
  );
}

/** What an accounting system cannot do is said before it is chosen. */
function Lacks({ capabilities }: { capabilities: Readonly<Record<string, boolean>> }) {
  const t = useWords();
  const lacking = CAPABILITIES.filter((one) => capabilities[one] === false);
  if (lacking.length === 0) return null;
  const what = lacking.map((one) => t(`capability.${one}`)).join(', ');
  return <span className="help">{t('connection.cannot', { what })}</span>;
}

export const CAPABILITIES = [
  'remove',
  'suppliers',
  'attachments',
  'departments',
  'projects',
] as const;
