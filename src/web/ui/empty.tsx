/** Where there is nothing yet: what would be here, and how to get it. */
import type { ReactNode } from 'react';
import { Icon, type IconName } from './icon.tsx';

export function Empty({
  icon,
  title,
  page = false,
  children,
}: {
  icon: IconName;
  title: string;
  /** There is nothing else on the page. */
  page?: boolean;
  children?: ReactNode;
}) {
  return (
    <div className="empty">
      <Icon name={icon} />
      {page ? <h1>{title}</h1> : <h2>{title}</h2>}
      {children}
    </div>
  );
}
