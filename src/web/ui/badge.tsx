/** A state in a word and an icon; colour only underlines it. */
import type { ReactNode } from 'react';
import { Icon, type IconName } from './icon.tsx';

export type Tone = 'good' | 'bad' | 'care' | 'news' | 'mute';

export function Badge({
  tone,
  icon,
  children,
}: {
  tone: Tone;
  icon?: IconName | undefined;
  children: ReactNode;
}) {
  return (
    <span className={`badge tone-${tone}${icon ? '' : ' wordless'}`}>
      {icon && <Icon name={icon} className={icon === 'sync' ? 'turning' : undefined} />}
      {children}
    </span>
  );
}
