/** The bills as rows: the supplier's link opens one, the badge leads to its integration log. */
import { Link } from '@tanstack/react-router';
import type { Ref } from 'react';
import type { BillSummaryShape } from '../../contract/bill-shapes.ts';
import { paidStanding } from '../bill/paid-standing.ts';
import { negated } from '../reader/amounts.ts';
import { useWords } from '../reader/words.tsx';
import { Amount } from '../ui/amount.tsx';
import { Badge } from '../ui/badge.tsx';
import { DayText } from '../ui/moment.tsx';
import { SyncBadge } from './sync-badge.tsx';

interface BillTableProps {
  readonly companyId: string;
  readonly bills: readonly BillSummaryShape[];
  readonly chosen: ReadonlySet<string>;
  readonly onChoose: (chosen: ReadonlySet<string>) => void;
  readonly tableRef: Ref<HTMLTableElement>;
}

export function BillTable({ companyId, bills, chosen, onChoose, tableRef }: BillTableProps) {
  const t = useWords();
  const all = bills.every(({ id }) => chosen.has(id));
  const some = !all && bills.some(({ id }) => chosen.has(id));
  const choose = (id: string, on: boolean) => {
    const next = new Set(chosen);
    if (on) next.add(id);
    else next.delete(id);
    onChoose(next);
  };
  return (
    <table className="table bill-table" ref={tableRef} aria-label={t('bills.title')}>
      <thead>
        <tr>
          <th className="pick">
            <input
              type="checkbox"
              aria-label={t('bills.chooseAll')}
              checked={all}
              ref={(box) => {
                if (box) box.indeterminate = some;
              }}
              onChange={() => onChoose(all ? new Set() : new Set(bills.map(({ id }) => id)))}
            />
          </th>
          <th>{t('bills.supplier')}</th>
          <th className="issued">{t('bills.issuedOn')}</th>
          <th className="due">{t('bills.dueOn')}</th>
          <th className="number">{t('bills.total')}</th>
          <th className="standing">{t('bills.status')}</th>
          <th className="sync">{t('bills.sync')}</th>
        </tr>
      </thead>
      <tbody>
        {bills.map((bill) => (
          <BillRow
            key={bill.id}
            companyId={companyId}
            bill={bill}
            chosen={chosen.has(bill.id)}
            onChoose={choose}
          />
        ))}
      </tbody>
    </table>
  );
}

function BillRow({
  companyId,
  bill,
  chosen,
  onChoose,
}: {
  companyId: string;
  bill: BillSummaryShape;
  chosen: boolean;
  onChoose: (id: string, on: boolean) => void;
}) {
  const t = useWords();
  const params = { companyId, billId: bill.id };
  const name = `${bill.supplierName} ${bill.number}`;
  const paid = paidStanding(bill);
  return (
    <tr data-chosen={chosen || undefined}>
      <td className="pick">
        <input
          type="checkbox"
          aria-label={t('bills.choose', { name })}
          checked={chosen}
          onChange={(event) => onChoose(bill.id, event.target.checked)}
        />
      </td>
      <td className="who">
        <Link to="/c/$companyId/bills/$billId/details" params={params} className="row-link">
          <span className="supplier">{bill.supplierName}</span>{' '}
          <span className="bill-number">{bill.number}</span>
        </Link>
        {bill.kind !== 'invoice' && <Badge tone="mute">{t(`kind.${bill.kind}`)}</Badge>}
        {bill.duplicateOf && (
          <Badge tone="care" icon="duplicate">
            {t('bills.duplicate')}
          </Badge>
        )}
      </td>
      <td className="issued">
        <DayText day={bill.issuedOn} />
      </td>
      <td className="due">{bill.dueOn && <DayText day={bill.dueOn} />}</td>
      <td className="number">
        <Amount
          amount={bill.kind === 'credit-note' ? negated(bill.total) : bill.total}
          currency={bill.currency}
        />
      </td>
      <td className="standing">
        {t(`status.${bill.status}`)}
        {paid !== 'unpaid' && <span className="paid">, {t(`paid.${paid}`)}</span>}
      </td>
      <td className="sync">
        <Link
          to="/c/$companyId/bills/$billId/integrations"
          params={params}
          className="badge-link"
          aria-label={t('bills.openLog', { state: t(`sync.${bill.sync}`), name })}
        >
          <SyncBadge state={bill.sync} />
        </Link>
      </td>
    </tr>
  );
}
