/** How an integration stands: running, paused or off. */
import type { ConnectionShape } from '../../contract/sync-shapes.ts';
import { useWords } from '../reader/words.tsx';
import { Badge } from '../ui/badge.tsx';

export function ConnectionBadge({ connection }: { connection: ConnectionShape }) {
  const t = useWords();
  if (!connection.enabled) {
    return (
      <Badge tone="mute" icon="off">
        {t('connection.off')}
      </Badge>
    );
  }
  if (connection.lane.state === 'paused') {
    return (
      <Badge tone="care" icon="pause">
        {t('connection.paused')}
      </Badge>
    );
  }
  return (
    <Badge tone="good" icon="good">
      {t('connection.running')}
    </Badge>
  );
}
