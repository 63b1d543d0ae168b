/** The rows: each leads to the bill's integrations, where it is mended. */
import { Link } from '@tanstack/react-router';
import type {
  ReconciliationRowShape,
  ReconciliationShape,
} from '../../contract/endpoints/reconciliations.ts';
import { RemoteLink } from '../integration-log/remote-link.tsx';
import { formatAmount } from '../reader/amounts.ts';
import { formatDay } from '../reader/moments.ts';
import { useLocale } from '../reader/preferences.ts';
import { useWords } from '../reader/words.tsx';
import { ScrollX } from '../ui/scroll-x.tsx';
import { VerdictBadge, Why } from './verdicts.tsx';

export function ReconciliationTable({
  companyId,
  one,
  rows,
}: {
  companyId: string;
  one: ReconciliationShape;
  rows: readonly ReconciliationRowShape[];
}) {
  const t = useWords();
  return (
    <ScrollX label={t('reconcile.rows')}>
      <table className="table reconcile-table" aria-label={t('reconcile.rows')}>
        <thead>
          <tr>
            <th>{t('reconcile.verdict')}</th>
            <th>{t('reconcile.bill')}</th>
            <th>{t('log.posting')}</th>
            <th>{t('reconcile.day')}</th>
            <th className="number">{t('field.amount')}</th>
            <th>{t('log.there')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.id} companyId={companyId} connectionId={one.connectionId} row={row} />
          ))}
        </tbody>
      </table>
    </ScrollX>
  );
}

function Row({
  companyId,
  connectionId,
  row,
}: {
  companyId: string;
  connectionId: string;
  row: ReconciliationRowShape;
}) {
  const t = useWords();
  const locale = useLocale();
  const name = [row.supplierName, row.number].filter(Boolean).join(' ');
  return (
    <tr data-verdict={row.verdict}>
      <td>
        <VerdictBadge verdict={row.verdict} />
        <div className="why small">
          <Why row={row} />
        </div>
      </td>
      <td data-label={t('reconcile.bill')}>
        {row.billId ? (
          <Link
            to="/c/$companyId/bills/$billId/integrations"
            params={{ companyId, billId: row.billId }}
            search={{ connection: connectionId }}
            className="row-link"
          >
            {name}
          </Link>
        ) : (
          name
        )}
      </td>
      <td data-label={t('log.posting')}>{t(`posting.${row.kind}`)}</td>
      <td className="day" data-label={t('reconcile.day')}>
        {row.on && formatDay(row.on, locale)}
      </td>
      <td className="number" data-label={t('field.amount')}>
        {formatAmount(row.amount, row.currency, locale)} {row.currency}
      </td>
      <td data-label={t('log.there')}>
        {row.verdict !== 'missing' && <RemoteLink remoteId={row.remoteId} link={row.link} />}
      </td>
    </tr>
  );
}
