/** What is left out, and why: the reason is what people read on the bill. */
import { newKey } from '../api.ts';
import { useWords } from '../reader/words.tsx';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import type { OptOutDraft } from './rules-draft.ts';

const POSTINGS = ['both', 'supplier-invoice', 'supplier-payment'] as const;
const KINDS = ['invoice', 'credit-note', 'receipt'] as const;

const EMPTY: Omit<OptOutDraft, 'id'> = {
  posting: 'both',
  supplierName: '',
  category: '',
  billKind: '',
  currency: '',
  amountAtLeast: '',
  amountAtMost: '',
  reason: '',
};

export function OptOutsEditor({
  optOuts,
  onChange,
}: {
  optOuts: readonly OptOutDraft[];
  onChange: (optOuts: readonly OptOutDraft[]) => void;
}) {
  const t = useWords();
  return (
    <fieldset className="opt-outs">
      <legend className="label">{t('rules.optOuts')}</legend>
      <p className="quiet small">{t('rules.optOutsHelp')}</p>
      {optOuts.map((optOut, index) => (
        <OptOutFields
          key={optOut.id}
          optOut={optOut}
          number={index + 1}
          onChange={(part) =>
            onChange(optOuts.map((one) => (one === optOut ? { ...one, ...part } : one)))
          }
          onRemove={() => onChange(optOuts.filter((one) => one !== optOut))}
        />
      ))}
      <Button slim icon="add" onClick={() => onChange([...optOuts, { ...EMPTY, id: newKey() }])}>
        {t('rules.addOptOut')}
      </Button>
    </fieldset>
  );
}

function OptOutFields({
  optOut,
  number,
  onChange,
  onRemove,
}: {
  optOut: OptOutDraft;
  number: number;
  onChange: (part: Partial<OptOutDraft>) => void;
  onRemove: () => void;
}) {
  const t = useWords();
  const text = (field: keyof OptOutDraft, label: string, most: number) => (
    <Field label={label}>
      {(parts) => (
        <input
          {...parts}
          className="input"
          maxLength={most}
          value={optOut[field]}
          onChange={(event) => onChange({ [field]: event.target.value })}
        />
      )}
    </Field>
  );
  return (
    <fieldset className="opt-out" aria-label={t('rules.optOut', { number })}>
      <Field label={t('bulk.what')}>
        {(parts) => (
          <select
            {...parts}
            className="select"
            value={optOut.posting}
            onChange={(event) =>
              onChange({ posting: event.target.value as OptOutDraft['posting'] })
            }
          >
            {POSTINGS.map((posting) => (
              <option key={posting} value={posting}>
                {posting === 'both' ? t('bulk.both') : t(`posting.${posting}`)}
              </option>
            ))}
          </select>
        )}
      </Field>
      {text('supplierName', t('field.supplier'), 200)}
      {text('category', t('field.category'), 100)}
      <Field label={t('field.billKind')}>
        {(parts) => (
          <select
            {...parts}
            className="select"
            value={optOut.billKind}
            onChange={(event) => onChange({ billKind: event.target.value })}
          >
            <option value="">{t('rules.anyKind')}</option>
            {KINDS.map((kind) => (
              <option key={kind} value={kind}>
                {t(`kind.${kind}`)}
              </option>
            ))}
          </select>
        )}
      </Field>
      {text('amountAtLeast', t('rules.atLeast'), 20)}
      {text('amountAtMost', t('rules.atMost'), 20)}
      <div className="wide">{text('reason', t('rules.reason'), 300)}</div>
      <Button
        look="plain"
        icon="cross"
        aria-label={t('rules.removeOptOut', { number })}
        onClick={onRemove}
      />
    </fieldset>
  );
}
