/** Around every page of a company: the shell, and the live line that keeps the pages up to date. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Outlet } from '@tanstack/react-router';
import { companyQuery } from '../queries.ts';
import { useLive } from '../shell/live.ts';
import { Shell } from '../shell/shell.tsx';
import { Loaded } from '../ui/loaded.tsx';

const route = getRouteApi('/c/$companyId');

export function CompanyFrame() {
  const { companyId } = route.useParams();
  const query = useQuery(companyQuery(companyId));
  return (
    <Shell companyId={query.error ? undefined : companyId}>
      <Loaded query={query} lines={8}>
        {() => <LiveCompany companyId={companyId} />}
      </Loaded>
    </Shell>
  );
}

function LiveCompany({ companyId }: { companyId: string }) {
  useLive(companyId);
  return <Outlet />;
}
