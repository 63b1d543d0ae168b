/** Around every page: the header, the banner when the service does not answer, the page. */
import type { ReactNode } from 'react';
import { useReachable } from '../reachability.ts';
import { useWords } from '../reader/words.tsx';
import { Icon } from '../ui/icon.tsx';
import { Header } from './header.tsx';

export function Shell({
  companyId,
  children,
}: {
  companyId?: string | undefined;
  children: ReactNode;
}) {
  const t = useWords();
  const reachable = useReachable();
  return (
    <>
      <a className="skip" href="#page">
        {t('nav.skip')}
      </a>
      <Header companyId={companyId} />
      {!reachable && (
        <div className="unreachable" role="alert">
          <Icon name="warning" />
          <p>
            <strong>{t('problem.unreachableTitle')}</strong> {t('problem.unreachableHelp')}
          </p>
        </div>
      )}
      <main id="page" tabIndex={-1}>
        {children}
      </main>
    </>
  );
}
