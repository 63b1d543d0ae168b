/** Which integration, or each of them; nothing to choose where there is only one. */
import { useWords } from '../reader/words.tsx';
import { Field } from '../ui/field.tsx';

export function ConnectionSelect({
  connections,
  value,
  onChoose,
}: {
  connections: readonly { readonly id: string; readonly name: string }[];
  /** Empty: each of them. */
  value: string;
  onChoose: (connectionId: string) => void;
}) {
  const t = useWords();
  if (connections.length < 2) return null;
  return (
    <Field label={t('log.connection')}>
      {(parts) => (
        <select
          {...parts}
          className="select"
          value={value}
          onChange={(event) => onChoose(event.target.value)}
        >
          <option value="">{t('bulk.everyConnection')}</option>
          {connections.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
