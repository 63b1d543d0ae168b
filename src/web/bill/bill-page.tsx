/** One bill: its head, what is odd about it, and its three tabs. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, Outlet } from '@tanstack/react-router';
import { lastFilter } from '../bills/last-filter.ts';
import { billQuery } from '../queries.ts';
import { useWords } from '../reader/words.tsx';
import { usePageTitle } from '../ui/page-title.ts';
import { Icon } from '../ui/icon.tsx';
import { Loaded } from '../ui/loaded.tsx';
import { BillBanners } from './bill-banners.tsx';
import { BillContext } from './bill-context.ts';
import { BillHead } from './bill-head.tsx';

const route = getRouteApi('/c/$companyId/bills/$billId');

export function BillPage() {
  const t = useWords();
  const { companyId, billId } = route.useParams();
  const query = useQuery(billQuery(companyId, billId));
  usePageTitle(query.data && `${query.data.supplier.name} ${query.data.number}`);
  return (
    <>
      <Link
        to="/c/$companyId/bills"
        params={{ companyId }}
        search={lastFilter(companyId)}
        className="way-back"
      >
        <Icon name="back" />
        {t('nav.bills')}
      </Link>
      <Loaded query={query} lines={8}>
        {(bill) => (
          <BillContext value={bill}>
            <BillHead />
            <BillBanners />
            <Tabs companyId={companyId} billId={billId} />
            <Outlet />
          </BillContext>
        )}
      </Loaded>
    </>
  );
}

function Tabs({ companyId, billId }: { companyId: string; billId: string }) {
  const t = useWords();
  const params = { companyId, billId };
  return (
    <nav className="tabs" aria-label={t('bill.tabs')}>
      <Link to="/c/$companyId/bills/$billId/details" params={params}>
        {t('bill.details')}
      </Link>
      <Link to="/c/$companyId/bills/$billId/activity" params={params}>
        {t('bill.activity')}
      </Link>
      <Link to="/c/$companyId/bills/$billId/integrations" params={params}>
        {t('bill.integrations')}
      </Link>
    </nav>
  );
}
