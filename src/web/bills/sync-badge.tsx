/** How a bill's or a posting's sync stands, in a word, an icon and a colour. */
import type { SyncState } from '../queries.ts';
import { useWords } from '../reader/words.tsx';
import { Badge, type Tone } from '../ui/badge.tsx';
import type { IconName } from '../ui/icon.tsx';

export const SYNC_LOOK: Readonly<Record<SyncState, { icon: IconName; tone: Tone }>> = {
  failed: { icon: 'failed', tone: 'bad' },
  uncertain: { icon: 'question', tone: 'care' },
  retrying: { icon: 'retry', tone: 'care' },
  syncing: { icon: 'sync', tone: 'news' },
  waiting: { icon: 'clock', tone: 'mute' },
  'in-step': { icon: 'good', tone: 'good' },
  removed: { icon: 'removed', tone: 'mute' },
  off: { icon: 'off', tone: 'mute' },
  none: { icon: 'plug', tone: 'mute' },
};

export function SyncBadge({ state }: { state: SyncState }) {
  const t = useWords();
  const { icon, tone } = SYNC_LOOK[state];
  return (
    <Badge icon={icon} tone={tone}>
      {t(`sync.${state}`)}
    </Badge>
  );
}
