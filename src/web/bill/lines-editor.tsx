/** The bill's lines to edit, and what they add up to while one types. */
import { useQuery } from '@tanstack/react-query';
import type { ChangeEvent } from 'react';
import type { BillShape } from '../../contract/bill-shapes.ts';
import { lineFieldName } from '../integration-log/field-name.tsx';
import { connectionsQuery } from '../queries.ts';
import { formatAmount, negated } from '../reader/amounts.ts';
import { useLocale } from '../reader/preferences.ts';
import { useWords } from '../reader/words.tsx';
import { type Draft, LINE_FIELDS, lineField, type LineField } from './draft.ts';
import { draftTotals } from './draft-totals.ts';

interface Bound {
  readonly value: string;
  readonly readOnly: boolean;
  readonly onChange: (event: ChangeEvent<HTMLInputElement>) => void;
}

interface LinesEditorProps {
  readonly bill: BillShape;
  readonly draft: Draft;
  readonly bind: (field: string) => Bound;
  readonly wrong: readonly string[];
}

export function LinesEditor({ bill, draft, bind, wrong }: LinesEditorProps) {
  const t = useWords();
  const connections = useQuery(connectionsQuery(bill.companyId)).data?.items ?? [];
  const categories = new Set(connections.flatMap(({ rules }) => Object.keys(rules.accounts)));
  const vatCodes = new Set(connections.flatMap(({ rules }) => Object.values(rules.vatCodes)));
  const lists = { category: 'known-categories', vatCode: 'known-vat-codes' } as const;
  return (
    <section className="card">
      <header>
        <h2>{t('bill.lines')}</h2>
      </header>
      <table className="table lines-editor">
        <thead>
          <tr>
            {LINE_FIELDS.map((field) => (
              <th key={field} className={field === 'net' || field === 'vat' ? 'number' : undefined}>
                {t(`field.${field}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {bill.lines.map((line) => (
            <tr key={line.id}>
              {LINE_FIELDS.map((field) => (
                <td key={field} className={field} data-label={t(`field.${field}`)}>
                  <LineInput
                    label={lineFieldName(t, line.id, t(`field.${field}`))}
                    field={field}
                    bound={bind(lineField(line.id, field))}
                    list={field === 'category' || field === 'vatCode' ? lists[field] : undefined}
                    wrong={wrong.includes(lineField(line.id, field))}
                    hint={field === 'vatCode' ? `${line.vatCategory}${line.vatPercent}` : ''}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <Totals bill={bill} draft={draft} />
      <datalist id={lists.category}>
        {[...categories].map((one) => (
          <option key={one}>{one}</option>
        ))}
      </datalist>
      <datalist id={lists.vatCode}>
        {[...vatCodes].map((one) => (
          <option key={one}>{one}</option>
        ))}
      </datalist>
    </section>
  );
}

function LineInput({
  label,
  field,
  bound,
  list,
  wrong,
  hint,
}: {
  label: string;
  field: LineField;
  bound: Bound;
  list: string | undefined;
  wrong: boolean;
  hint: string;
}) {
  const isAmount = field === 'net' || field === 'vat';
  return (
    <input
      {...bound}
      className={isAmount ? 'input amount-input' : 'input'}
      aria-label={label}
      aria-invalid={wrong || undefined}
      inputMode={isAmount ? 'decimal' : undefined}
      list={list}
      placeholder={hint}
      maxLength={field === 'description' ? 2000 : 100}
    />
  );
}

function Totals({ bill, draft }: { bill: BillShape; draft: Draft }) {
  const t = useWords();
  const locale = useLocale();
  const totals = draftTotals(draft, bill, locale);
  const rows: [string, string][] = [
    [t('field.net'), totals.net],
    [t('field.vat'), totals.vat],
  ];
  if (Number(bill.rounding) !== 0) rows.push([t('field.rounding'), bill.rounding]);
  if (Number(bill.prepaid) !== 0)
    rows.push([t('field.total'), totals.total], [t('field.prepaid'), negated(bill.prepaid)]);
  return (
    <dl className="totals">
      {rows.map(([name, amount]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{formatAmount(amount, bill.currency, locale)}</dd>
        </div>
      ))}
      <div className="sum">
        <dt>
          {bill.kind === 'credit-note' ? t('bill.credited') : t('bill.payable')}{' '}
          <span className="quiet">{bill.currency}</span>
        </dt>
        <dd>{formatAmount(totals.payable, bill.currency, locale)}</dd>
      </div>
    </dl>
  );
}
