/** A field's value as people read it: amounts and days in the reader's locale, nothing as a dash. */
import { isDay } from '../../core/day.ts';
import { formatAmount } from '../reader/amounts.ts';
import { formatDay } from '../reader/moments.ts';
import { useLocale } from '../reader/preferences.ts';
import { useWords } from '../reader/words.tsx';

const AMOUNTS = new Set(['net', 'vat', 'total', 'amount', 'rounding']);
const KINDS = ['invoice', 'credit-note', 'receipt'] as const;

export function FieldValue({
  field,
  value,
  currency,
}: {
  field: string;
  value: string | null;
  currency: string;
}) {
  const t = useWords();
  const locale = useLocale();
  if (value === null) return <span className="quiet">–</span>;
  const name = field.split('.').at(-1) ?? field;
  if (AMOUNTS.has(name))
    return <span className="amount">{formatAmount(value, currency, locale)}</span>;
  if (name.endsWith('On') && isDay(value)) return <>{formatDay(value, locale)}</>;
  const kind = KINDS.find((one) => one === value);
  if (name === 'billKind' && kind) return <>{t(`kind.${kind}`)}</>;
  return <>{value}</>;
}
