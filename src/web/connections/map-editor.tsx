/** Rows of "this becomes that": categories to accounts, VAT to VAT codes. */
import { newKey } from '../api.ts';
import { useWords } from '../reader/words.tsx';
import { Button } from '../ui/button.tsx';
import type { Row } from './rules-draft.ts';

interface MapEditorProps {
  readonly title: string;
  readonly help?: string;
  readonly from: string;
  readonly to: string;
  readonly rows: readonly Row[];
  readonly fromMost: number;
  readonly onChange: (rows: readonly Row[]) => void;
}

export function MapEditor({ title, help, from, to, rows, fromMost, onChange }: MapEditorProps) {
  const t = useWords();
  const put = (id: string, part: Partial<Row>) =>
    onChange(rows.map((row) => (row.id === id ? { ...row, ...part } : row)));
  return (
    <fieldset className="map-editor">
      <legend className="label">{title}</legend>
      {help && <p className="quiet small">{help}</p>}
      {rows.length > 0 && (
        <div className="map-head quiet small" aria-hidden="true">
          <span>{from}</span>
          <span>{to}</span>
        </div>
      )}
      {rows.map((row, index) => (
        <div className="map-row" key={row.id}>
          <input
            className="input"
            aria-label={`${from} ${index + 1}`}
            maxLength={fromMost}
            value={row.from}
            onChange={(event) => put(row.id, { from: event.target.value })}
          />
          <input
            className="input"
            aria-label={`${to} ${index + 1}`}
            maxLength={fromMost === 20 ? 60 : 200}
            value={row.to}
            onChange={(event) => put(row.id, { to: event.target.value })}
          />
          <Button
            look="plain"
            icon="cross"
            aria-label={t('rules.removeRow', { name: row.from || String(index + 1) })}
            onClick={() => onChange(rows.filter(({ id }) => id !== row.id))}
          />
        </div>
      ))}
      <Button
        slim
        icon="add"
        onClick={() => onChange([...rows, { id: newKey(), from: '', to: '' }])}
      >
        {t('rules.addRow')}
        <span className="unseen"> {title}</span>
      </Button>
    </fieldset>
  );
}
