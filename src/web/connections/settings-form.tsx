/** Name and settings of an integration. Secrets can be replaced, never read. */
import { useState } from 'react';
import type { Answer } from '../../client/client.ts';
import type { Endpoints } from '../../contract/endpoints.ts';
import type { ConnectionShape } from '../../contract/sync-shapes.ts';
import { useWords } from '../reader/words.tsx';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { ProblemBanner } from '../ui/problem.tsx';
import {
  settingFields,
  settingsFrom,
  type Typed,
  typedFrom,
  wrongSettings,
} from './setting-fields.ts';
import { SettingInputs } from './setting-inputs.tsx';
import { useEditConnection } from './use-edit-connection.ts';

export function SettingsForm({
  companyId,
  connection,
  connector,
}: {
  companyId: string;
  connection: ConnectionShape;
  connector: Answer<Endpoints['listConnectors']>['items'][number];
}) {
  const t = useWords();
  const [name, setName] = useState<string | null>(null);
  const [typed, setTyped] = useState<Typed>({});
  const fields = settingFields(connector.settings, connector.secretSettings);
  const all = { ...typedFrom(fields, connection.settings), ...typed };
  const called = name ?? connection.name;
  const wrong = wrongSettings(fields, all, true);
  const touched = name !== null || Object.keys(typed).length > 0;
  const save = useEditConnection(companyId, connection.id, () => {
    setName(null);
    setTyped({});
  });
  const reason = !touched
    ? t('form.nothingToSave')
    : wrong.length > 0 || called.trim() === ''
      ? t('form.somethingWrong')
      : null;
  return (
    <form
      className="card"
      aria-labelledby="settings-title"
      onSubmit={(event) => {
        event.preventDefault();
        if (reason) return;
        save.run({
          ...(name === null ? {} : { name: called.trim() }),
          ...(Object.keys(typed).length > 0 ? { settings: settingsFrom(fields, all) } : {}),
        });
      }}
    >
      <header>
        <h2 id="settings-title">{t('connection.settings')}</h2>
      </header>
      <div className="body stack limited">
        <Field label={t('connection.name')}>
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
          wrong={wrong}
          keepSecrets
          onType={(field, text) => setTyped({ ...typed, [field]: text })}
        />
        {save.error && <ProblemBanner error={save.error} />}
        <div className="doings">
          <Button
            type="submit"
            look={reason ? undefined : 'primary'}
            busy={save.busy}
            reason={reason}
          >
            {t('connection.saveSettings')}
          </Button>
        </div>
      </div>
    </form>
  );
}
