/** Where there is nothing yet: what would be here, and how to get it. */
import type { ReactNode } from 'react';
import { Icon, type IconName } from './icon.tsx';

export function Empty({
  icon,
  title,
  children,
}: {
  icon: IconName;
  title: string;
  children?: ReactNode;
}) {
  return (
    <div className="empty">
      <Icon name={icon} />
      <h2>{title}</h2>
      {children}
    </div>
  );
}
