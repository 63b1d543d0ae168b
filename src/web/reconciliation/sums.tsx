/** What invoices and payments come to, by verdict: to hold beside the ledger's own sums. */
import type { ReconciliationShape } from '../../contract/endpoints/reconciliations.ts';
import { VERDICTS } from '../../core/reconciliation.ts';
import { formatAmount } from '../reader/amounts.ts';
import { useLocale } from '../reader/preferences.ts';
import { useWords } from '../reader/words.tsx';
import { ScrollX } from '../ui/scroll-x.tsx';

export function Sums({ totals }: { totals: ReconciliationShape['totals'] }) {
  const t = useWords();
  const locale = useLocale();
  const shown = VERDICTS.filter((verdict) => totals.some((total) => total.verdict === verdict));
  const rows = [...Map.groupBy(totals, ({ kind, currency }) => `${kind} ${currency}`)];
  if (rows.length === 0) return null;
  return (
    <ScrollX label={t('reconcile.sums')}>
      <table className="table sums">
        <thead>
          <tr>
            <th>{t('reconcile.sums')}</th>
            {shown.map((verdict) => (
              <th key={verdict} className="number">
                {t(`verdict.${verdict}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([key, ofRow]) => {
            const { kind, currency } = ofRow[0]!;
            return (
              <tr key={key}>
                <th scope="row">
                  {t(`posting.${kind}`)} <span className="currency">{currency}</span>
                </th>
                {shown.map((verdict) => {
                  const total = ofRow.find((one) => one.verdict === verdict);
                  return (
                    <td key={verdict} className="number" data-label={t(`verdict.${verdict}`)}>
                      {total ? formatAmount(total.amount, currency, locale) : '–'}
                    </td>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
    </ScrollX>
  );
}
