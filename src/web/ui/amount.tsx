/** An amount in the reader's locale, with its currency in a lower voice. */
import { formatAmount } from '../reader/amounts.ts';
import { useLocale } from '../reader/preferences.ts';

export function Amount({ amount, currency }: { amount: string; currency?: string | undefined }) {
  const locale = useLocale();
  return (
    <span className="amount">
      {formatAmount(amount, currency ?? 'DKK', locale)}
      {currency && <span className="currency">{currency}</span>}
    </span>
  );
}
