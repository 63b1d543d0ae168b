/** One line of the activity log. */
import { Link } from '@tanstack/react-router';
import type { ActivityLineShape, BillShape } from '../../contract/bill-shapes.ts';
import { FieldName } from '../integration-log/field-name.tsx';
import { FieldValue } from '../integration-log/field-value.tsx';
import { isOutcome, OutcomeBadge } from '../integration-log/outcome-badge.tsx';
import { useLocale } from '../reader/preferences.ts';
import { type Say, useWords } from '../reader/words.tsx';
import { Ago, Instant } from '../ui/moment.tsx';
import { activityValue } from './activity-value.ts';

export function ActivityLine({ bill, line }: { bill: BillShape; line: ActivityLineShape }) {
  const t = useWords();
  const sync = line.kind === 'sync-requested';
  const ofLine = bill.lines.some(({ id }) => id === line.subject) ? line.subject : null;
  return (
    <li data-sync={sync || undefined}>
      <span className="dot" aria-hidden="true" />
      <div className="what">
        <p>
          <strong>{nameOf(line, t)}</strong>
          {ofLine && <span className="quiet"> {t('activity.onLine', { line: ofLine })}</span>}
          {line.posting && <span> {t(`posting.${line.posting}`)}</span>}
        </p>
        {line.kind === 'kept-in-target' ? (
          <Kept bill={bill} line={line} />
        ) : (
          <FromTo bill={bill} line={line} />
        )}
        {sync && (
          <p className="result">
            {line.outcome && isOutcome(line.outcome) && <OutcomeBadge outcome={line.outcome} />}
            {line.attemptId ? (
              <Link
                to="/c/$companyId/bills/$billId/integrations/$attemptId"
                params={{ companyId: bill.companyId, billId: bill.id, attemptId: line.attemptId }}
              >
                {t('activity.openAttempt')}
              </Link>
            ) : (
              <span className="quiet">
                {line.archived ? t('activity.archived') : t('activity.notYet')}
              </span>
            )}
          </p>
        )}
      </div>
      <p className="who">
        <span>{line.actor === 'spor' ? 'Spor' : line.actor}</span>
        <span className="quiet small" title={line.at}>
          <Instant at={line.at} /> · <Ago at={line.at} />
        </span>
      </p>
    </li>
  );
}

function nameOf({ kind, subject }: ActivityLineShape, t: Say): string {
  if (kind === 'kept-in-target') return t('activity.kept-in-target');
  if (kind !== 'sync-requested') return t(`change.${kind}`);
  // What was decided, besides.
  if (subject === 'replace') return t('activity.replace-requested');
  if (subject === 'bulk-recreate') return t('activity.recreate-requested');
  const isToLink = subject === 'link' || subject === 'bulk-link';
  return isToLink ? t('activity.link-requested') : t('activity.sync-requested');
}

/** The field, what stays there, and what the bill said. */
function Kept({ bill, line }: { bill: BillShape; line: ActivityLineShape }) {
  const t = useWords();
  const field = line.subject ?? '';
  return (
    <p className="from-to">
      <FieldName field={field} />:{' '}
      <FieldValue field={field} value={line.after} currency={bill.currency} />{' '}
      <span className="quiet">
        ({t('activity.onBill')}:{' '}
        <FieldValue field={field} value={line.before} currency={bill.currency} />)
      </span>
    </p>
  );
}

/** What these did is said by their name. */
const SAID_BY_NAME = new Set(['approved', 'cancelled', 'accepted-as-separate']);

function FromTo({ bill, line }: { bill: BillShape; line: ActivityLineShape }) {
  const t = useWords();
  const locale = useLocale();
  const before = line.before ?? '';
  const after = line.after ?? '';
  if ((before === '' && after === '') || SAID_BY_NAME.has(line.kind)) return null;
  const show = (text: string) => activityValue(text, bill.currency, locale);
  if (!line.kind.endsWith('-changed')) return <p className="from-to">{show(after || before)}</p>;
  return (
    <p className="from-to">
      <span className="unseen">{t('activity.from')} </span>
      {before === '' ? (
        <span className="quiet">{t('activity.nothing')}</span>
      ) : (
        <del>{show(before)}</del>
      )}
      <span aria-hidden="true"> → </span>
      <span className="unseen"> {t('activity.to')} </span>
      {after === '' ? (
        <span className="quiet">{t('activity.nothing')}</span>
      ) : (
        <ins>{show(after)}</ins>
      )}
    </p>
  );
}
