/** What became of a wish to sync many: how many are on their way, and each bill left out with why. */
import { Link } from '@tanstack/react-router';
import type { BillSummaryShape } from '../../contract/bill-shapes.ts';
import type { ResyncedManyShape } from '../../contract/sync-shapes.ts';
import { useWords } from '../reader/words.tsx';
import { Icon } from '../ui/icon.tsx';
import { refusalText } from '../ui/problem.tsx';

const SHOWN = 100;

export function BulkResult({
  companyId,
  result,
  skippedBills = result.skipped.length,
  bills = [],
  onFollow,
}: {
  companyId: string;
  result: Pick<ResyncedManyShape, 'accepted' | 'deleted' | 'skipped'>;
  /** How many were refused, where not all of them are named. */
  skippedBills?: number;
  /** Those whose names are at hand. */
  bills?: readonly BillSummaryShape[];
  onFollow: () => void;
}) {
  const t = useWords();
  const names = new Map(bills.map((bill) => [bill.id, `${bill.supplierName} ${bill.number}`]));
  const { accepted, deleted, skipped } = result;
  return (
    <div className="stack" aria-live="polite">
      <p className="result-line">
        <Icon name="good" className="good" /> {t('bulk.accepted', { count: accepted })}
      </p>
      {deleted > 0 && (
        <p className="result-line">
          <Icon name="warning" className="care" /> {t('bulk.deleted', { count: deleted })}
        </p>
      )}
      {skipped.length > 0 && (
        <>
          <h3>{t('bulk.skipped', { count: skippedBills })}</h3>
          <ul className="skipped">
            {skipped.slice(0, SHOWN).map(({ billId, code, reason }, index) => (
              <li key={`${billId} ${code} ${index}`}>
                <Link
                  to="/c/$companyId/bills/$billId/integrations"
                  params={{ companyId, billId }}
                  onClick={onFollow}
                >
                  {names.get(billId) ?? t('bulk.aBill')}
                </Link>
                <span className="quiet">{refusalText(code, t) ?? reason}</span>
              </li>
            ))}
          </ul>
          {skippedBills > SHOWN && (
            <p className="quiet">{t('bulk.andMore', { count: skippedBills - SHOWN })}</p>
          )}
        </>
      )}
    </div>
  );
}
