/** What is odd about a bill: it repeats another, or its e-invoice did not add up. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { BillShape } from '../../contract/bill-shapes.ts';
import { client } from '../api.ts';
import { billQuery } from '../queries.ts';
import { useWords } from '../reader/words.tsx';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { useBill } from './bill-context.ts';
import { useBillAction } from './use-bill-action.ts';

export function BillBanners() {
  const bill = useBill();
  return (
    <>
      {bill.duplicateOf && <DuplicateBanner bill={bill} duplicateOf={bill.duplicateOf} />}
      {bill.notices.length > 0 && <Notices bill={bill} />}
    </>
  );
}

function DuplicateBanner({ bill, duplicateOf }: { bill: BillShape; duplicateOf: string }) {
  const t = useWords();
  const { companyId } = bill;
  const original = useQuery(billQuery(companyId, duplicateOf)).data;
  const accept = useBillAction(
    (_: void, idempotencyKey) =>
      client.acceptAsSeparate({ params: { companyId, billId: bill.id }, idempotencyKey }),
    t('bill.separateDone'),
  );
  return (
    <div className="banner care" role="note">
      <Icon name="duplicate" className="care" />
      <div className="words">
        <p>
          <strong>{t('bill.duplicateTitle')}</strong>
        </p>
        <p>
          {t.rich('bill.duplicateHelp', {
            name: original
              ? `${original.supplier.name} ${original.number}`
              : t('bill.duplicateOther'),
            link: billLink(companyId, duplicateOf),
          })}
        </p>
      </div>
      <Button busy={accept.busy} onClick={() => accept.run()}>
        {t('bill.notDuplicate')}
      </Button>
    </div>
  );
}

function Notices({ bill }: { bill: BillShape }) {
  const t = useWords();
  return (
    <details className="banner care notices">
      <summary>
        <Icon name="warning" className="care" />
        <strong>{t('bill.notices', { count: bill.notices.length })}</strong>
      </summary>
      <ul>
        {bill.notices.map((notice) => (
          <li key={notice.code + (notice.place ?? '') + notice.message}>
            {notice.message} {notice.place && <code className="quiet">{notice.place}</code>}
          </li>
        ))}
      </ul>
    </details>
  );
}

function billLink(companyId: string, billId: string) {
  return (words: ReactNode) => (
    <Link to="/c/$companyId/bills/$billId/details" params={{ companyId, billId }}>
      {words}
    </Link>
  );
}
