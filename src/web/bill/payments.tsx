/** The payments of a bill, and how to take one back. */
import { useState } from 'react';
import type { BillShape } from '../../contract/bill-shapes.ts';
import { client } from '../api.ts';
import { formatDay } from '../reader/moments.ts';
import { useLocale } from '../reader/preferences.ts';
import { useWords } from '../reader/words.tsx';
import { Amount } from '../ui/amount.tsx';
import { Button } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/dialog.tsx';
import { DayText } from '../ui/moment.tsx';
import { useBill } from './bill-context.ts';
import { useBillAction } from './use-bill-action.ts';

type Payment = BillShape['payments'][number];

export function Payments() {
  const t = useWords();
  const locale = useLocale();
  const bill = useBill();
  const [removing, setRemoving] = useState<Payment | null>(null);
  if (bill.payments.length === 0) return null;
  return (
    <section className="card">
      <header>
        <h2>{t('bill.payments')}</h2>
      </header>
      <ul className="papers">
        {bill.payments.map((payment) => (
          <li key={payment.id}>
            <span>
              <Amount amount={payment.amount} currency={bill.currency} />
              <span className="quiet small block">
                <DayText day={payment.paidOn} />
                {payment.kind === 'marked-as-paid' && `, ${t('bill.markedAsPaid')}`}
                {payment.account && `, ${payment.account}`}
              </span>
            </span>
            <Button
              slim
              look="plain"
              aria-label={t('bill.removePayment', { day: formatDay(payment.paidOn, locale) })}
              reason={bill.status === 'cancelled' ? t('bill.isCancelled') : null}
              onClick={() => setRemoving(payment)}
            >
              {t('act.remove')}
            </Button>
          </li>
        ))}
      </ul>
      {removing && <RemovePayment payment={removing} onClose={() => setRemoving(null)} />}
    </section>
  );
}

function RemovePayment({ payment, onClose }: { payment: Payment; onClose: () => void }) {
  const t = useWords();
  const bill = useBill();
  const remove = useBillAction(
    (paymentId: string, idempotencyKey) =>
      client.removePayment({
        params: { companyId: bill.companyId, billId: bill.id, paymentId },
        idempotencyKey,
      }),
    t('bill.paymentRemoved'),
    onClose,
  );
  return (
    <ConfirmDialog
      title={t('bill.removePaymentTitle')}
      confirm={t('act.remove')}
      danger
      busy={remove.busy}
      onConfirm={() => remove.run(payment.id)}
      onClose={onClose}
    >
      <p>
        <Amount amount={payment.amount} currency={bill.currency} />,{' '}
        <DayText day={payment.paidOn} />. {t('bill.removePaymentHelp')}
      </p>
    </ConfirmDialog>
  );
}
