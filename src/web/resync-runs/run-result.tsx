/** What became of a wish to sync many: how many are on their way, and each bill left out with why. */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { BillSummaryShape } from '../../contract/bill-shapes.ts';
import type { ResyncRunShape } from '../../contract/resync-shapes.ts';
import { useWords } from '../reader/words.tsx';
import { Icon } from '../ui/icon.tsx';
import { refusalText } from '../ui/problem.tsx';

const SHOWN = 100;

export function RunResult({
  companyId,
  run: { accepted, deleted, skipped, skippedBills },
  bills,
  onFollow,
}: {
  companyId: string;
  run: ResyncRunShape;
  /** Those whose names are at hand. */
  bills: readonly BillSummaryShape[];
  onFollow: () => void;
}) {
  const t = useWords();
  const names = new Map(bills.map((bill) => [bill.id, `${bill.supplierName} ${bill.number}`]));
  return (
    <div className="stack" aria-live="polite">
      <p className="result-line">
        <Icon name="good" className="good" /> {t('run.accepted', { count: accepted })}
      </p>
      {accepted > 0 && (
        <p className="quiet">{t.rich('run.follow', { link: failuresLink(companyId, onFollow) })}</p>
      )}
      {deleted > 0 && (
        <p className="result-line">
          <Icon name="warning" className="care" /> {t('run.deleted', { count: deleted })}
        </p>
      )}
      {skipped.length > 0 && (
        <>
          <h3>{t('run.skipped', { count: skippedBills })}</h3>
          <ul className="skipped">
            {skipped.slice(0, SHOWN).map(({ billId, code, reason }, index) => (
              <li key={`${billId} ${code} ${index}`}>
                <Link
                  to="/c/$companyId/bills/$billId/integrations"
                  params={{ companyId, billId }}
                  onClick={onFollow}
                >
                  {names.get(billId) ?? t('run.aBill')}
                </Link>
                <span className="quiet">{refusalText(code, t) ?? reason}</span>
              </li>
            ))}
          </ul>
          {skippedBills > SHOWN && (
            <p className="quiet">{t('run.andMore', { count: skippedBills - SHOWN })}</p>
          )}
        </>
      )}
    </div>
  );
}

function failuresLink(companyId: string, onFollow: () => void) {
  return (words: ReactNode) => (
    <Link to="/c/$companyId/failures" params={{ companyId }} onClick={onFollow}>
      {words}
    </Link>
  );
}
