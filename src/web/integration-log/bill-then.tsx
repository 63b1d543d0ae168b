/** The bill's details as they were at that moment; today's may differ. */
import type { AttemptDetailShape } from '../../contract/sync-shapes.ts';
import { useWords } from '../reader/words.tsx';
import { ScrollX } from '../ui/scroll-x.tsx';
import { Amount } from '../ui/amount.tsx';
import { DayText } from '../ui/moment.tsx';

export function BillThen({ attempt }: { attempt: AttemptDetailShape }) {
  const t = useWords();
  const { bill } = attempt;
  return (
    <details className="card fold">
      <summary>
        <h2>{t('attempt.billThen')}</h2>
        <span className="quiet small">{t('attempt.revision', { revision: bill.revision })}</span>
      </summary>
      <dl className="facts body two-up">
        <dt>{t('field.supplier')}</dt>
        <dd>{bill.supplier.name}</dd>
        <dt>{t('field.number')}</dt>
        <dd>{bill.number}</dd>
        <dt>{t('bills.status')}</dt>
        <dd>{t(`status.${bill.status}`)}</dd>
        <dt>{t('field.issuedOn')}</dt>
        <dd>
          <DayText day={bill.issuedOn} />
        </dd>
        <dt>{t('field.dueOn')}</dt>
        <dd>{bill.dueOn ? <DayText day={bill.dueOn} /> : '–'}</dd>
        <dt>{t('field.total')}</dt>
        <dd>
          <Amount amount={bill.totals.total} currency={bill.currency} />
        </dd>
        <dt>{t('field.department')}</dt>
        <dd>{bill.department ?? '–'}</dd>
        <dt>{t('field.project')}</dt>
        <dd>{bill.project ?? '–'}</dd>
        <dt>{t('field.note')}</dt>
        <dd>{bill.note || '–'}</dd>
      </dl>
      <ScrollX label={t('bill.lines')}>
        <table className="table" aria-label={t('bill.lines')}>
          <thead>
            <tr>
              <th>{t('field.description')}</th>
              <th>{t('field.category')}</th>
              <th>{t('field.vatCode')}</th>
              <th className="number">{t('field.net')}</th>
              <th className="number">{t('field.vat')}</th>
            </tr>
          </thead>
          <tbody>
            {bill.lines.map((line) => (
              <tr key={line.id}>
                <td data-label={t('field.description')}>{line.description}</td>
                <td data-label={t('field.category')}>{line.category ?? '–'}</td>
                <td data-label={t('field.vatCode')}>
                  {line.vatCode ?? `${line.vatCategory}${line.vatPercent}`}
                </td>
                <td className="number" data-label={t('field.net')}>
                  <Amount amount={line.net} />
                </td>
                <td className="number" data-label={t('field.vat')}>
                  <Amount amount={line.vat} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollX>
    </details>
  );
}
