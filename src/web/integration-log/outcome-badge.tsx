/** How an attempt ended, in a word and an icon. Without an outcome it is under way. */
import { OUTCOMES, type Outcome } from '../../core/attempt.ts';
import { useWords } from '../reader/words.tsx';
import { Badge, type Tone } from '../ui/badge.tsx';
import type { IconName } from '../ui/icon.tsx';

const LOOK: Readonly<Record<Outcome, { icon: IconName; tone: Tone }>> = {
  created: { icon: 'good', tone: 'good' },
  updated: { icon: 'good', tone: 'good' },
  replaced: { icon: 'good', tone: 'good' },
  linked: { icon: 'link', tone: 'good' },
  unchanged: { icon: 'check', tone: 'mute' },
  removed: { icon: 'removed', tone: 'mute' },
  failed: { icon: 'failed', tone: 'bad' },
  uncertain: { icon: 'question', tone: 'care' },
};

export function OutcomeBadge({ outcome }: { outcome: Outcome | null }) {
  const t = useWords();
  if (outcome === null) {
    return (
      <Badge icon="sync" tone="news">
        {t('outcome.under-way')}
      </Badge>
    );
  }
  const { icon, tone } = LOOK[outcome];
  return (
    <Badge icon={icon} tone={tone}>
      {t(`outcome.${outcome}`)}
    </Badge>
  );
}

export function isOutcome(text: string): text is Outcome {
  return OUTCOMES.some((outcome) => outcome === text);
}
