/** Two people on one field: both values side by side, and the person chooses. */
import type { BillShape } from '../../contract/bill-shapes.ts';
import { useWords } from '../reader/words.tsx';
import { ScrollX } from '../ui/scroll-x.tsx';
import { FieldName } from '../integration-log/field-name.tsx';
import { FieldValue } from '../integration-log/field-value.tsx';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { billValues, type Draft, forget, insist } from './draft.ts';

export function Conflicts({
  bill,
  draft,
  fields,
  onSettle,
}: {
  bill: BillShape;
  draft: Draft;
  fields: readonly string[];
  onSettle: (draft: Draft) => void;
}) {
  const t = useWords();
  if (fields.length === 0) return null;
  const now = billValues(bill);
  return (
    <div className="banner care" role="alert">
      <Icon name="warning" className="care" />
      <div className="words stack">
        <p>
          <strong>{t('form.conflictTitle')}</strong> {t('form.conflictHelp')}
        </p>
        <ScrollX label={t('form.conflictTitle')}>
          <table className="table">
            <thead>
              <tr>
                <th>{t('field.label')}</th>
                <th>{t('form.theirs')}</th>
                <th>{t('form.mine')}</th>
                <th>
                  <span className="unseen">{t('form.choose')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {fields.map((field) => (
                <tr key={field}>
                  <td>
                    <FieldName field={field} />
                  </td>
                  <td data-label={t('form.theirs')}>
                    <FieldValue field={field} value={now[field] || null} currency={bill.currency} />
                  </td>
                  <td data-label={t('form.mine')}>{draft.typed[field] || '–'}</td>
                  <td className="doings">
                    <Button slim onClick={() => onSettle(insist(draft, bill, field))}>
                      {t('form.keepMine')}
                    </Button>
                    <Button slim onClick={() => onSettle(forget(draft, field))}>
                      {t('form.takeTheirs')}
                    </Button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollX>
      </div>
    </div>
  );
}
