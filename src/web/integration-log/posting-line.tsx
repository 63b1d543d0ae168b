/** How one posting stands: a sentence, and when it failed, what to do. */
import { Link } from '@tanstack/react-router';
import type { BillShape } from '../../contract/bill-shapes.ts';
import type { ConnectionShape, PostingShape } from '../../contract/sync-shapes.ts';
import { SYNC_LOOK } from '../bills/sync-badge.tsx';
import { formatAmount } from '../reader/amounts.ts';
import { formatInstant } from '../reader/moments.ts';
import { useLocale } from '../reader/preferences.ts';
import { type Say, useWords } from '../reader/words.tsx';
import { Icon } from '../ui/icon.tsx';
import { PostingDecision } from './posting-decision.tsx';
import { postingSentence } from './posting-sentence.ts';
import { RemoteLink } from './remote-link.tsx';
import type { Resync } from './use-resync.ts';

const TELLS_WHY = new Set<PostingShape['state']>(['failed', 'retrying', 'uncertain']);

export function postingName(
  posting: Pick<PostingShape, 'kind' | 'amount'>,
  currency: string,
  locale: string,
  t: Say,
): string {
  if (posting.amount === null) return t(`posting.${posting.kind}`);
  const amount = `${formatAmount(posting.amount, currency, locale)} ${currency}`;
  return t('posting.payment-of', { amount });
}

export function PostingLine({
  bill,
  posting,
  connection,
  resync,
}: {
  bill: BillShape;
  posting: PostingShape;
  connection: ConnectionShape;
  /** Null: it can not be synced now. */
  resync: Resync | null;
}) {
  const t = useWords();
  const locale = useLocale();
  const { icon, tone } = SYNC_LOOK[posting.state];
  const name = postingName(posting, bill.currency, locale, t);
  const { key, values } = postingSentence(posting, name, (at) => formatInstant(at, locale));
  // While it waits its turn, what went wrong before is in the log; what pauses all is said above.
  const failure = TELLS_WHY.has(posting.state) ? posting.failure : null;
  return (
    <li className={`posting ${posting.state}`} data-posting={posting.kind}>
      <Icon name={icon} className={posting.state === 'syncing' ? `${tone} turning` : tone} />
      <div className="words">
        <p className="sentence">{t(`sentence.${key}`, values)}</p>
        {failure && posting.state !== 'failed' && <p className="quiet">{failure.title}</p>}
        {failure && (
          <p className="remedy">
            <strong>{t('failure.whatToDo')}</strong> {failure.remedy}
          </p>
        )}
        <PostingDecision {...{ bill, posting, connection, name, resync }} />
        {failure && posting.lastAttemptId && (
          <Link
            to="/c/$companyId/bills/$billId/integrations/$attemptId"
            params={{
              companyId: bill.companyId,
              billId: bill.id,
              attemptId: posting.lastAttemptId,
            }}
          >
            {t('log.openLast')}
          </Link>
        )}
      </div>
      {(posting.remoteId !== null || posting.link !== null) && (
        <div className="there">
          <span className="quiet small">{t('log.there')}</span>
          <RemoteLink remoteId={posting.remoteId} link={posting.link} />
        </div>
      )}
    </li>
  );
}
