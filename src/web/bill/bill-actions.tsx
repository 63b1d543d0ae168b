/** Approve, pay, mark as paid, cancel. What cannot be done now says why. */
import { useState } from 'react';
import { client } from '../api.ts';
import { useWords } from '../reader/words.tsx';
import { Button } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/dialog.tsx';
import { ProblemBanner } from '../ui/problem.tsx';
import { useBill } from './bill-context.ts';
import { PayDialog } from './pay-dialog.tsx';
import { useBillAction } from './use-bill-action.ts';

export function BillActions() {
  const t = useWords();
  const bill = useBill();
  const [open, setOpen] = useState<'pay' | 'cancel' | null>(null);
  const params = { companyId: bill.companyId, billId: bill.id };
  const approve = useBillAction(
    (_: void, idempotencyKey) =>
      client.approveBill({ params, query: { expectedRevision: bill.revision }, idempotencyKey }),
    t('bill.approvedDone'),
  );
  const takeBack = useBillAction(
    (paymentId: string, idempotencyKey) =>
      client.removePayment({ params: { ...params, paymentId }, idempotencyKey }),
    t('form.undone'),
  );
  const mark = useBillAction(
    (_: void, idempotencyKey) => client.markBillAsPaid({ params, body: {}, idempotencyKey }),
    t('bill.markedDone'),
    undefined,
    ({ payments }) => takeBack.run(payments.at(-1)!.id),
  );
  const cancelled = bill.status === 'cancelled' ? t('bill.isCancelled') : null;
  const settled = Number(bill.totals.outstanding) <= 0 ? t('bill.nothingOutstanding') : null;
  const approved = bill.status === 'approved' ? t('bill.isApproved') : null;
  return (
    <div className="doings bill-actions">
      <Button
        icon="check"
        look={(cancelled ?? approved) ? undefined : 'primary'}
        busy={approve.busy}
        reason={cancelled ?? approved}
        onClick={() => approve.run()}
      >
        {t('bill.approve')}
      </Button>
      <Button reason={cancelled ?? settled} onClick={() => setOpen('pay')}>
        {t('bill.pay')}
      </Button>
      <Button reason={cancelled ?? settled} busy={mark.busy} onClick={() => mark.run()}>
        {t('bill.markAsPaid')}
      </Button>
      <Button look="danger" reason={cancelled} onClick={() => setOpen('cancel')}>
        {t('bill.cancel')}
      </Button>
      {open === 'pay' && <PayDialog onClose={() => setOpen(null)} />}
      {open === 'cancel' && <CancelDialog onClose={() => setOpen(null)} />}
    </div>
  );
}

function CancelDialog({ onClose }: { onClose: () => void }) {
  const t = useWords();
  const bill = useBill();
  const params = { companyId: bill.companyId, billId: bill.id };
  const cancel = useBillAction(
    (_: void, idempotencyKey) => client.cancelBill({ params, idempotencyKey }),
    t('bill.cancelledDone'),
    onClose,
  );
  return (
    <ConfirmDialog
      title={t('bill.cancelTitle', { number: bill.number })}
      confirm={t('bill.cancelGo')}
      danger
      busy={cancel.busy}
      onConfirm={() => cancel.run()}
      onClose={onClose}
    >
      <p>{t('bill.cancelHelp')}</p>
      {cancel.error && <ProblemBanner error={cancel.error} />}
    </ConfirmDialog>
  );
}
