/** Who wants how much, and when; how the bill stands; what can be done with it. */
import { useWords } from '../reader/words.tsx';
import { Amount } from '../ui/amount.tsx';
import { Badge } from '../ui/badge.tsx';
import { DayText } from '../ui/moment.tsx';
import { BillActions } from './bill-actions.tsx';
import { useBill } from './bill-context.ts';

export function BillHead() {
  const t = useWords();
  const bill = useBill();
  const paid = bill.payments.length > 0 && Number(bill.totals.outstanding) <= 0;
  const partly = bill.payments.length > 0 && !paid;
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
          {paid && (
            <Badge tone="good" icon="check">
              {t('status.settled')}
            </Badge>
          )}
          {partly && (
            <Badge tone="news" icon="clock">
              {t('status.partly-paid')}
            </Badge>
          )}
        </p>
      </div>
      <dl className="bill-sums">
        <div>
          <dt>{t('bill.payable')}</dt>
          <dd className="large">
            <Amount amount={bill.totals.payable} currency={bill.currency} />
          </dd>
        </div>
        {partly && (
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
