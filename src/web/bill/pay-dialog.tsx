/** Registers a payment: amount, day, and the account it was paid from. */
import { type ReactNode, useState } from 'react';
import { client } from '../api.ts';
import { formatAmount, readAmount } from '../reader/amounts.ts';
import { today } from '../reader/moments.ts';
import { dayToType, readDay } from '../reader/typed-days.ts';
import { useLocale } from '../reader/preferences.ts';
import { useWords } from '../reader/words.tsx';
import { Button } from '../ui/button.tsx';
import { DayInput } from '../ui/day-input.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { Icon } from '../ui/icon.tsx';
import { useNowMs } from '../ui/moment.tsx';
import { ProblemBanner } from '../ui/problem.tsx';
import { useBill } from './bill-context.ts';
import { useBillAction } from './use-bill-action.ts';

interface PaymentInput {
  readonly amount: string;
  readonly paidOn: string;
  readonly account: string | null;
}

export function PayDialog({ onClose }: { onClose: () => void }) {
  const t = useWords();
  const locale = useLocale();
  const bill = useBill();
  const [typed, setTyped] = useState(() =>
    formatAmount(bill.totals.outstanding, bill.currency, locale),
  );
  const [typedDay, setTypedDay] = useState(() => dayToType(today(new Date()), locale));
  const [account, setAccount] = useState('');
  const pay = useBillAction(
    (body: PaymentInput, idempotencyKey) =>
      client.payBill({
        params: { companyId: bill.companyId, billId: bill.id },
        body,
        idempotencyKey,
      }),
    t('bill.payDone'),
    onClose,
  );
  const amount = readAmount(typed, locale);
  const now = new Date(useNowMs());
  const paidOn = readDay(typedDay, now.getFullYear());
  const wrong = amount === null || Number(amount) <= 0 ? t('form.amountWrong') : null;
  const wrongDay = paidOn === null ? t('form.dayWrong') : null;
  // Both may be meant: they are said, and not refused.
  const isTooMuch = Number(amount) > Number(bill.totals.outstanding);
  const isAhead = paidOn !== null && paidOn > today(now);
  return (
    <Dialog title={t('bill.payTitle')} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (amount === null || paidOn === null || wrong) return;
          pay.run({ amount, paidOn, account: account.trim() || null });
        }}
      >
        <Field
          label={t('bill.payAmount', { currency: bill.currency })}
          help={isTooMuch && <Care>{t('bill.payTooMuch')}</Care>}
          wrong={wrong}
        >
          {(parts) => (
            <input
              {...parts}
              className="input amount-input"
              inputMode="decimal"
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
            />
          )}
        </Field>
        <Field
          label={t('bill.paidOn')}
          help={isAhead && <Care>{t('bill.payAhead')}</Care>}
          wrong={wrongDay}
        >
          {(parts) => <DayInput {...parts} value={typedDay} onType={setTypedDay} />}
        </Field>
        <Field label={t('bill.payAccount')} help={t('bill.payAccountHelp')}>
          {(parts) => (
            <input
              {...parts}
              className="input"
              maxLength={200}
              value={account}
              onChange={(event) => setAccount(event.target.value)}
            />
          )}
        </Field>
        {pay.error && <ProblemBanner error={pay.error} />}
        <div className="doings">
          <Button onClick={onClose}>{t('act.cancel')}</Button>
          <Button type="submit" look="primary" busy={pay.busy} reason={wrong ?? wrongDay}>
            {t('bill.payGo')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Care({ children }: { children: ReactNode }) {
  return (
    <>
      <Icon name="warning" className="care" /> {children}
    </>
  );
}
