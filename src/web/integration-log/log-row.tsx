/** One attempt as a line; its time is the link that opens it. */
import { Link } from '@tanstack/react-router';
import type { BillShape } from '../../contract/bill-shapes.ts';
import type { AttemptShape } from '../../contract/sync-shapes.ts';
import { formatDuration } from '../reader/moments.ts';
import { useLocale } from '../reader/preferences.ts';
import { useWords } from '../reader/words.tsx';
import { Badge } from '../ui/badge.tsx';
import { Ago, Instant } from '../ui/moment.tsx';
import { OutcomeBadge } from './outcome-badge.tsx';
import { postingName } from './posting-line.tsx';
import { RemoteLink } from './remote-link.tsx';
import { TriggerText } from './trigger-text.tsx';
import type { Wished } from './use-resync.ts';

export function LogRow({ bill, attempt }: { bill: BillShape; attempt: AttemptShape }) {
  const t = useWords();
  const locale = useLocale();
  const payment = bill.payments.find(({ id }) => id === attempt.paymentId);
  const several = bill.payments.length > 1;
  const amount = several ? (payment?.amount ?? null) : null;
  return (
    <tr data-outcome={attempt.outcome ?? 'under-way'}>
      <td className="when">
        <Link
          to="/c/$companyId/bills/$billId/integrations/$attemptId"
          params={{ companyId: bill.companyId, billId: bill.id, attemptId: attempt.id }}
          className="row-link"
        >
          <Instant at={attempt.openedAt} seconds />
        </Link>
        <span className="quiet small block">
          <Ago at={attempt.openedAt} />
        </span>
      </td>
      <td className="kind">
        {postingName({ kind: attempt.kind, amount }, bill.currency, locale, t)}
      </td>
      <td className="trigger">
        <TriggerText attempt={attempt} />
      </td>
      <td className="outcome">
        <OutcomeBadge outcome={attempt.outcome} />
        {attempt.failure && <span className="why block small">{attempt.failure.title}</span>}
      </td>
      <td className="number duration">
        {attempt.durationMs !== null && formatDuration(attempt.durationMs, locale)}
      </td>
      <td className="there">
        <RemoteLink remoteId={attempt.remoteId} link={attempt.link} />
      </td>
    </tr>
  );
}

/** Somebody asked; the attempt itself is not there yet. */
export function WishedRow({ wish, paused }: { wish: Wished; paused: boolean }) {
  const t = useWords();
  return (
    <tr data-outcome="starting">
      <td className="when">
        <Instant at={wish.requestedAt} seconds />
      </td>
      <td className="kind">{t(`posting.${wish.kind}`)}</td>
      <td className="trigger">{t('trigger.by-hand')}</td>
      <td className="outcome">
        <Badge tone="news" icon={paused ? 'pause' : 'sync'}>
          {paused ? t('log.startsWhenResumed') : t('log.starting')}
        </Badge>
      </td>
      <td className="number duration quiet">–</td>
      <td className="there quiet">–</td>
    </tr>
  );
}
