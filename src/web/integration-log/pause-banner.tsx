/** The integration is paused: why, until when, and how to try now. Off: where to turn it on. */
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { ConnectionShape } from '../../contract/sync-shapes.ts';
import { client, newKey, queryClient } from '../api.ts';
import { keys } from '../queries.ts';
import { formatInstant } from '../reader/moments.ts';
import { useLocale } from '../reader/preferences.ts';
import { useWords } from '../reader/words.tsx';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { problemText } from '../ui/problem.tsx';
import { showToast } from '../ui/toasts.tsx';

interface PauseBannerProps {
  readonly companyId: string;
  readonly connection: ConnectionShape;
  /** On the page of its settings: there is no need to lead there. */
  readonly besideSettings?: boolean;
}

export function PauseBanner(props: PauseBannerProps) {
  if (!props.connection.enabled) return <OffBanner {...props} />;
  return props.connection.lane.state === 'open' ? null : <PausedBanner {...props} />;
}

function PausedBanner({ companyId, connection, besideSettings = false }: PauseBannerProps) {
  const t = useWords();
  const locale = useLocale();
  const { name } = connection;
  const { failure, pausedUntil, due } = connection.lane;
  const title = () => {
    if (pausedUntil !== null)
      return t('connection.pausedUntil', { name, until: formatInstant(pausedUntil, locale) });
    return due > 0 ? t('connection.pausedTrying', { name }) : t('connection.pausedTitle', { name });
  };
  const resume = useMutation({
    mutationFn: (idempotencyKey: string) =>
      client.resumeConnection({
        params: { companyId, connectionId: connection.id },
        idempotencyKey,
      }),
    onSuccess: () => {
      showToast(t('connection.resumed'));
      void queryClient.invalidateQueries({ queryKey: keys.company(companyId) });
    },
    onError: (error) => showToast(problemText(error, t)),
  });
  return (
    <div className="banner care" role="note">
      <Icon name="pause" className="care" />
      <div className="words">
        <p>
          <strong>{title()}</strong>
        </p>
        {failure && (
          <p>
            {failure.title}. {failure.remedy}
          </p>
        )}
        {failure?.who === 'administrator' && !besideSettings && (
          <p>{settingsLink(companyId, connection.id)(t('connection.toSettings'))}</p>
        )}
        {failure?.originalMessage && <p className="quiet small">“{failure.originalMessage}”</p>}
        {due > 0 && <p className="quiet small">{t('connection.due', { count: due })}</p>}
      </div>
      <Button icon="retry" busy={resume.isPending} onClick={() => resume.mutate(newKey())}>
        {t('connection.tryNow')}
      </Button>
    </div>
  );
}

function OffBanner({ companyId, connection }: PauseBannerProps) {
  const t = useWords();
  return (
    <div className="banner" role="note">
      <Icon name="off" className="mute" />
      <div className="words">
        <p>
          <strong>{t('connection.offTitle', { name: connection.name })}</strong>
        </p>
        <p>
          {t.rich('connection.offHelp', {
            link: settingsLink(companyId, connection.id),
          })}
        </p>
      </div>
    </div>
  );
}

function settingsLink(companyId: string, connectionId: string) {
  return (words: ReactNode) => (
    <Link to="/c/$companyId/connections/$connectionId" params={{ companyId, connectionId }}>
      {words}
    </Link>
  );
}
