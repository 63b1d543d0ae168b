/** What was tried, when, why, and how it ended; a link to share. */
import { Link } from '@tanstack/react-router';
import type { AttemptDetailShape } from '../../contract/sync-shapes.ts';
import { formatDuration } from '../reader/moments.ts';
import { useLocale } from '../reader/preferences.ts';
import { useWords } from '../reader/words.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { Ago, Instant } from '../ui/moment.tsx';
import { OutcomeBadge } from './outcome-badge.tsx';
import { RemoteLink } from './remote-link.tsx';
import { TriggerText } from './trigger-text.tsx';

export function AttemptHead({ attempt }: { attempt: AttemptDetailShape }) {
  const t = useWords();
  const locale = useLocale();
  return (
    <header className="card attempt-head">
      <div className="line">
        <h2>{t(`posting.${attempt.kind}`)}</h2>
        <OutcomeBadge outcome={attempt.outcome} />
        <CopyButton
          text={() => window.location.href}
          label={t('attempt.copyLink')}
          done={t('attempt.linkCopied')}
        />
      </div>
      <dl>
        <div>
          <dt>{t('log.when')}</dt>
          <dd>
            <Instant at={attempt.openedAt} seconds />
            <span className="quiet small block">
              <Ago at={attempt.openedAt} />
            </span>
          </dd>
        </div>
        <div>
          <dt>{t('log.trigger')}</dt>
          <dd>
            <TriggerText attempt={attempt} />
          </dd>
        </div>
        <div>
          <dt>{t('log.duration')}</dt>
          <dd>{attempt.durationMs === null ? '–' : formatDuration(attempt.durationMs, locale)}</dd>
        </div>
        <div>
          <dt>{t('log.there')}</dt>
          <dd>
            <RemoteLink remoteId={attempt.remoteId} link={attempt.link} />
          </dd>
        </div>
        {attempt.previousAttemptId !== null && (
          <div>
            <dt>{t('attempt.before')}</dt>
            <dd>
              <Link
                to="/c/$companyId/bills/$billId/integrations/$attemptId"
                params={(current) => ({
                  companyId: current.companyId ?? '',
                  billId: attempt.billId,
                  attemptId: attempt.previousAttemptId ?? '',
                })}
              >
                {t('attempt.openBefore')}
              </Link>
            </dd>
          </div>
        )}
      </dl>
    </header>
  );
}
