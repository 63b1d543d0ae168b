/** The header: where one is, which company, and the reader's own choices. */
import { Link } from '@tanstack/react-router';
import { language } from '../reader/preferences.ts';
import { useWords } from '../reader/words.tsx';
import { CompanyMenu } from './company-menu.tsx';
import { LiveDot } from './live-dot.tsx';
import { ReaderMenu } from './reader-menu.tsx';

export function Header({ companyId }: { companyId: string | undefined }) {
  const t = useWords();
  return (
    <header className="header">
      <Link to="/" className="brand" aria-label={t('nav.home')}>
        <Mark />
        <span>Spor</span>
      </Link>
      <CompanyMenu companyId={companyId} />
      {companyId && (
        <nav aria-label={t('nav.label')}>
          <Link to="/c/$companyId/bills" params={{ companyId }}>
            {t('nav.bills')}
          </Link>
          <Link to="/c/$companyId/failures" params={{ companyId }}>
            {t('failures.title')}
          </Link>
          <Link to="/c/$companyId/reconciliation" params={{ companyId }}>
            {t('reconcile.title')}
          </Link>
          <Link to="/c/$companyId/connections" params={{ companyId }}>
            {t('nav.connections')}
          </Link>
        </nav>
      )}
      <div className="own">
        {companyId && <LiveDot />}
        <LanguageSwitch />
        <ReaderMenu />
      </div>
    </header>
  );
}

function LanguageSwitch() {
  const other = language.use() === 'da' ? 'en' : 'da';
  return (
    <button
      type="button"
      className="button plain slim"
      lang={other}
      onClick={() => language.set(other)}
    >
      {other === 'da' ? 'Dansk' : 'English'}
    </button>
  );
}

/** Two tracks, side by side. */
function Mark() {
  return (
    <svg viewBox="0 0 20 20" className="mark" aria-hidden="true">
      <path d="M4 17C4 9 12 11 12 3" />
      <path d="M9.5 17C9.5 11.5 17 12.5 17 5" className="second" />
    </svg>
  );
}
