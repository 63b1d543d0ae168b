/**
 * *Synkroniser igen*: which posting, and what pressing will do. A supplier payment is not offered
 * while the bill has no payment.
 */
import { useState } from 'react';
import { Label, Radio, RadioGroup } from 'react-aria-components';
import type { BillShape } from '../../contract/bill-shapes.ts';
import type { PostingShape } from '../../contract/sync-shapes.ts';
import { formatAmount } from '../reader/amounts.ts';
import { formatDay } from '../reader/moments.ts';
import { useLocale } from '../reader/preferences.ts';
import { type Say, useWords } from '../reader/words.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { ProblemBanner } from '../ui/problem.tsx';
import { postingSentence } from './posting-sentence.ts';
import type { Resync } from './use-resync.ts';

type Kind = PostingShape['kind'];

interface ResyncDialogProps {
  readonly bill: BillShape;
  readonly postings: readonly PostingShape[];
  readonly resync: Resync;
  readonly onClose: () => void;
}

export function ResyncDialog({ bill, postings, resync, onClose }: ResyncDialogProps) {
  const t = useWords();
  const kinds: readonly Kind[] =
    bill.payments.length === 0 ? ['supplier-invoice'] : ['supplier-invoice', 'supplier-payment'];
  const [chosen, setChosen] = useState<Kind>(() => mostNeeded(kinds, postings));
  const [paymentId, setPaymentId] = useState('');
  const close = () => {
    resync.forgetError();
    onClose();
  };
  const off = offText(chosen, postings, t);
  const does = whatItDoes(chosen, postings);
  return (
    <Dialog title={does === 'recreate' ? t('resync.recreate') : t('resync.open')} onClose={close}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (off) return;
          const one = chosen === 'supplier-payment' && paymentId !== '' ? { paymentId } : {};
          resync.run({ posting: chosen, ...one, overwrite: does === 'overwrite' });
        }}
      >
        <RadioGroup
          className="radios"
          value={chosen}
          onChange={(value) => setChosen(value as Kind)}
        >
          <Label className="label">{t('resync.which')}</Label>
          {kinds.map((kind) => (
            <Radio
              key={kind}
              value={kind}
              className="radio"
              isDisabled={offText(kind, postings, t) !== null && kinds.length > 1}
            >
              <span className="name">{t(`posting.${kind}`)}</span>
              <span className="help">
                {offText(kind, postings, t) ?? t(`resync.will-${whatItDoes(kind, postings)}`)}
              </span>
            </Radio>
          ))}
        </RadioGroup>
        {chosen === 'supplier-payment' && bill.payments.length > 1 && (
          <PaymentChoice bill={bill} value={paymentId} onChange={setPaymentId} />
        )}
        {resync.error && <ProblemBanner error={resync.error} />}
        <div className="doings">
          <Button onClick={close}>{t('act.cancel')}</Button>
          <Button type="submit" look="primary" busy={resync.busy} reason={off}>
            {does === 'recreate' ? t('resync.recreate') : t('resync.go')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function PaymentChoice({
  bill,
  value,
  onChange,
}: {
  bill: BillShape;
  value: string;
  onChange: (paymentId: string) => void;
}) {
  const t = useWords();
  const locale = useLocale();
  return (
    <Field label={t('resync.whichPayment')}>
      {(parts) => (
        <select
          {...parts}
          className="select"
          value={value}
          onChange={(event) => onChange(event.target.value)}
        >
          <option value="">{t('resync.everyPayment')}</option>
          {bill.payments.map((payment) => (
            <option key={payment.id} value={payment.id}>
              {formatAmount(payment.amount, bill.currency, locale)} {bill.currency},{' '}
              {formatDay(payment.paidOn, locale)}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** The one that failed, if one did. */
function mostNeeded(kinds: readonly Kind[], postings: readonly PostingShape[]): Kind {
  const failed = kinds.find((kind) =>
    postings.some((one) => one.kind === kind && one.state === 'failed'),
  );
  const usable = kinds.find((kind) => !isOff(kind, postings));
  return failed ?? usable ?? 'supplier-invoice';
}

function isOff(kind: Kind, postings: readonly PostingShape[]): boolean {
  const own = postings.filter((one) => one.kind === kind);
  // Taken back: the bill is cancelled, or the payment is gone.
  return own.length > 0 && own.every(({ state }) => state === 'off' || state === 'removed');
}

function offText(kind: Kind, postings: readonly PostingShape[], t: Say): string | null {
  const first = postings.find((one) => one.kind === kind);
  if (!first || !isOff(kind, postings)) return null;
  const { key, values } = postingSentence(first, t(`posting.${kind}`), (at) => at);
  return t(`sentence.${key}`, values);
}

function whatItDoes(kind: Kind, postings: readonly PostingShape[]) {
  const own = postings.filter((one) => one.kind === kind);
  const codes = new Set(own.map(({ failure }) => failure?.code));
  if (codes.has('deleted-in-target')) return 'recreate';
  if (codes.has('changed-in-target')) return 'overwrite';
  if (own.some(({ state }) => state === 'uncertain')) return 'look';
  if (own.some(({ waitingFor }) => waitingFor === 'invoice')) return 'follow';
  return own.some(({ remoteId }) => remoteId !== null) ? 'update' : 'create';
}
