/** Who wants how much, and when; how the bill stands, here and in the books; what can be done with it. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { BillShape } from '../../contract/bill-shapes.ts';
import { worstState } from '../../core/posting-state.ts';
import { SyncBadge } from '../bills/sync-badge.tsx';
import { postingsQuery } from '../queries.ts';
import { useWords } from '../reader/words.tsx';
import { Amount } from '../ui/amount.tsx';
import { Badge } from '../ui/badge.tsx';
import { DayText } from '../ui/moment.tsx';
import { BillActions } from './bill-actions.tsx';
import { useBill } from './bill-context.ts';
import { paidStanding } from './paid-standing.ts';

export function BillHead() {
  const t = useWords();
  const bill = useBill();
  const paid = paidStanding(bill.totals);
  return (
    <header className="bill-head">
      <div className="who">
        <h1>
          {bill.supplier.name} <span className="bill-number">{bill.number}</span>
        </h1>
        <p className="standing">
          <Badge tone="mute">{t(`kind.${bill.kind}`)}</Badge>
          {bill.status === 'approved' && (
            <Badge tone="good" icon="check">
              {t('status.approved')}
            </Badge>
          )}
          {bill.status === 'cancelled' && (
            <Badge tone="bad" icon="failed">
              {t('status.cancelled')}
            </Badge>
          )}
          {bill.status === 'added' && <Badge tone="mute">{t('status.added')}</Badge>}
          {paid === 'settled' && (
            <Badge tone="good" icon="check">
              {t('status.settled')}
            </Badge>
          )}
          {paid === 'partly-paid' && (
            <Badge tone="news" icon="clock">
              {t('status.partly-paid')}
            </Badge>
          )}
          <BillSync bill={bill} />
        </p>
      </div>
      <dl className="bill-sums">
        <div>
          <dt>{bill.kind === 'credit-note' ? t('bill.credited') : t('bill.payable')}</dt>
          <dd className="large">
            <Amount amount={bill.totals.payable} currency={bill.currency} />
          </dd>
        </div>
        {paid === 'partly-paid' && (
          <div>
            <dt>{t('bill.outstanding')}</dt>
            <dd>
              <Amount amount={bill.totals.outstanding} currency={bill.currency} />
            </dd>
          </div>
        )}
        <div>
          <dt>{t('bill.dueOn')}</dt>
          <dd>{bill.dueOn ? <DayText day={bill.dueOn} /> : '–'}</dd>
        </div>
      </dl>
      <BillActions />
    </header>
  );
}

/** Leads to the log, as the list's does. */
function BillSync({ bill }: { bill: BillShape }) {
  const t = useWords();
  const { data } = useQuery(postingsQuery(bill.companyId, bill.id));
  if (!data) return null;
  const sync = worstState(data.items.map(({ state }) => state));
  const name = `${bill.supplier.name} ${bill.number}`;
  return (
    <Link
      to="/c/$companyId/bills/$billId/integrations"
      params={{ companyId: bill.companyId, billId: bill.id }}
      className="badge-link"
      aria-label={t('bills.openLog', { state: t(`sync.${sync}`), name })}
    >
      <SyncBadge state={sync} />
    </Link>
  );
}
