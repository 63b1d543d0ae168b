/** What belongs to a bill beside its fields: payments, files, how it wants to be paid, where it came from. */
import { useState } from 'react';
import { requestPath } from '../../client/client.ts';
import type { BillShape } from '../../contract/bill-shapes.ts';
import { endpoints } from '../../contract/endpoints.ts';
import { client } from '../api.ts';
import { useLocale } from '../reader/preferences.ts';
import { useWords } from '../reader/words.tsx';
import { Amount } from '../ui/amount.tsx';
import { Button } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/dialog.tsx';
import { Icon } from '../ui/icon.tsx';
import { DayText, Instant } from '../ui/moment.tsx';
import { useBill } from './bill-context.ts';
import { useBillAction } from './use-bill-action.ts';

type Payment = BillShape['payments'][number];

export function Payments() {
  const t = useWords();
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
              aria-label={t('bill.removePayment', { day: payment.paidOn })}
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

export function Attachments() {
  const t = useWords();
  const locale = useLocale();
  const bill = useBill();
  if (bill.attachments.length === 0) return null;
  const kilobytes = (byteLength: number) =>
    Math.max(1, Math.round(byteLength / 1024)).toLocaleString(locale);
  return (
    <section className="card">
      <header>
        <h2>{t('bill.attachments')}</h2>
      </header>
      <ul className="papers">
        {bill.attachments.map((file) => (
          <li key={file.id}>
            <a
              href={requestPath(endpoints.getAttachment, {
                params: { companyId: bill.companyId, billId: bill.id, attachmentId: file.id },
              })}
              target="_blank"
              rel="noreferrer"
            >
              <Icon name="file" /> {file.name}
            </a>
            <span className="quiet small">{kilobytes(file.byteLength)} kB</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function PaymentMeans() {
  const t = useWords();
  const bill = useBill();
  if (bill.paymentMeans.length === 0) return null;
  return (
    <section className="card">
      <header>
        <h2>{t('bill.paymentMeans')}</h2>
      </header>
      <div className="body stack">
        {bill.paymentMeans.map((means, index) => (
          <dl className="facts" key={`${means.code} ${means.account ?? ''} ${index}`}>
            <dt>{t('means.kind')}</dt>
            <dd>{t(`means.${means.kind}`)}</dd>
            {means.account && <dt>{t('means.account')}</dt>}
            {means.account && (
              <dd className="mono">
                {means.bank && means.kind === 'bank-account' ? `${means.bank} ` : ''}
                {means.account}
              </dd>
            )}
            {means.bank && means.kind !== 'bank-account' && <dt>{t('means.bank')}</dt>}
            {means.bank && means.kind !== 'bank-account' && <dd className="mono">{means.bank}</dd>}
            {means.reference && <dt>{t('means.reference')}</dt>}
            {means.reference && (
              <dd className="mono">
                {means.cardType && `+${means.cardType}<`}
                {means.reference}
              </dd>
            )}
          </dl>
        ))}
      </div>
    </section>
  );
}

export function Origin() {
  const t = useWords();
  const bill = useBill();
  const { supplier } = bill;
  const facts: [string, string | undefined][] = [
    [t('field.vatNumber'), supplier.vatNumber],
    [t('field.companyNumber'), supplier.companyNumber],
    [t('field.gln'), supplier.gln],
    [t('field.orderReference'), bill.orderReference],
    [t('field.costCentre'), bill.costCentre],
    [t('field.buyerReference'), bill.buyerReference],
    [t('field.correctsNumber'), bill.correctsNumber],
  ];
  return (
    <section className="card">
      <header>
        <h2>{t('bill.origin')}</h2>
      </header>
      <dl className="facts body">
        <dt>{t('field.issuedOn')}</dt>
        <dd>
          <DayText day={bill.issuedOn} />
        </dd>
        {facts.map(([name, value]) =>
          value ? (
            <div className="fact" key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ) : null,
        )}
        <dt>{t('bill.addedAt')}</dt>
        <dd>
          <Instant at={bill.addedAt} />
        </dd>
      </dl>
    </section>
  );
}
