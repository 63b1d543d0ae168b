/** The fields of a connector's settings. A kept secret shows as kept, never as itself. */
import { type Say, useWords } from '../reader/words.tsx';
import { Field } from '../ui/field.tsx';
import type { SettingField, Typed } from './setting-fields.ts';

interface SettingInputsProps {
  readonly fields: readonly SettingField[];
  readonly typed: Typed;
  readonly wrong: readonly string[];
  readonly keepSecrets: boolean;
  readonly onType: (name: string, text: string) => void;
}

type SettingKey = Parameters<Say['has']>[0];

/** In the reader's language where the setting is one we know; else as the connector calls it. */
function labelOf(field: SettingField, t: Say): string {
  const key = `setting.${field.name}` as SettingKey;
  const known = /^\w+$/.test(field.name) && t.has(key);
  return known ? t(key) : field.label;
}

export function SettingInputs({ fields, typed, wrong, keepSecrets, onType }: SettingInputsProps) {
  const t = useWords();
  if (fields.length === 0) return <p className="quiet">{t('connection.noSettings')}</p>;
  return fields.map((field) =>
    field.kind === 'yes-no' ? (
      <label className="check" key={field.name}>
        <input
          type="checkbox"
          checked={typed[field.name] === 'true'}
          onChange={(event) => onType(field.name, String(event.target.checked))}
        />
        <span>
          {labelOf(field, t)}
          {field.help && <span className="help">{field.help}</span>}
        </span>
      </label>
    ) : (
      <Field
        key={field.name}
        label={
          field.required ? labelOf(field, t) : t('form.optional', { label: labelOf(field, t) })
        }
        help={field.help}
        wrong={wrong.includes(field.name) ? t('form.settingWrong') : null}
      >
        {(parts) => (
          <OneInput
            field={field}
            parts={parts}
            value={typed[field.name] ?? ''}
            kept={keepSecrets && field.kind === 'secret'}
            onType={(text) => onType(field.name, text)}
          />
        )}
      </Field>
    ),
  );
}

function OneInput({
  field,
  parts,
  value,
  kept,
  onType,
}: {
  field: SettingField;
  parts: object;
  value: string;
  kept: boolean;
  onType: (text: string) => void;
}) {
  const t = useWords();
  if (field.kind === 'choice') {
    return (
      <select
        {...parts}
        className="select"
        value={value}
        onChange={(event) => onType(event.target.value)}
      >
        {(!field.required || value === '') && <option value="">–</option>}
        {field.choices.map((choice) => (
          <option key={choice}>{choice}</option>
        ))}
      </select>
    );
  }
  if (field.kind === 'json') {
    return (
      <textarea
        {...parts}
        className="input mono"
        rows={4}
        spellCheck={false}
        value={value}
        onChange={(event) => onType(event.target.value)}
      />
    );
  }
  return (
    <input
      {...parts}
      type={field.kind === 'secret' ? 'password' : 'text'}
      className="input"
      inputMode={field.inputMode}
      autoComplete={field.kind === 'secret' ? 'new-password' : 'off'}
      spellCheck={false}
      placeholder={kept ? t('connection.secretKept') : ''}
      value={value}
      onChange={(event) => onType(event.target.value)}
    />
  );
}
