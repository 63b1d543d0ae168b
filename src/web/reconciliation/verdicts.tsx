/** A verdict in a word, an icon and a colour, and why it is one. */
import type { ReconciliationRowShape } from '../../contract/endpoints/reconciliations.ts';
import type { Verdict } from '../../core/reconciliation.ts';
import { FieldName } from '../integration-log/field-name.tsx';
import { FieldValue } from '../integration-log/field-value.tsx';
import { useWords } from '../reader/words.tsx';
import { Badge, type Tone } from '../ui/badge.tsx';
import type { IconName } from '../ui/icon.tsx';

export const VERDICT_LOOK: Readonly<Record<Verdict, { icon: IconName; tone: Tone }>> = {
  same: { icon: 'good', tone: 'good' },
  missing: { icon: 'failed', tone: 'bad' },
  duplicate: { icon: 'duplicate', tone: 'bad' },
  deviates: { icon: 'warning', tone: 'care' },
  unknown: { icon: 'question', tone: 'care' },
};

export function VerdictBadge({ verdict }: { verdict: Verdict }) {
  const t = useWords();
  const { icon, tone } = VERDICT_LOOK[verdict];
  return (
    <Badge icon={icon} tone={tone}>
      {t(`verdict.${verdict}`)}
    </Badge>
  );
}

const SHOWN = 3;

/** What is behind it: the reason, the values that differ, or the failure. */
export function Why({ row }: { row: ReconciliationRowShape }) {
  const t = useWords();
  const { reason, differences, failure, verdict } = row;
  if (differences.length > 0) {
    return (
      <ul className="differences">
        {differences.slice(0, SHOWN).map(({ field, there, wanted }) => (
          <li key={field}>
            <FieldName field={field} />:{' '}
            <FieldValue field={field} value={there} currency={row.currency} />{' '}
            <span className="quiet">
              ({t('activity.onBill')}:{' '}
              <FieldValue field={field} value={wanted} currency={row.currency} />)
            </span>
          </li>
        ))}
        {differences.length > SHOWN && (
          <li className="quiet">{t('run.andMore', { count: differences.length - SHOWN })}</li>
        )}
      </ul>
    );
  }
  if (verdict === 'same') return null;
  return (
    <>
      {reason && <span>{t(`verdict.why-${reason}`)}</span>}
      {failure && reason !== 'deleted' && <span className="quiet block">{failure.title}</span>}
    </>
  );
}
