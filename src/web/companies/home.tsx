/** The start: on to the first company, or to making one. */
import { useQuery } from '@tanstack/react-query';
import { Navigate } from '@tanstack/react-router';
import { companiesQuery } from '../queries.ts';
import { Shell } from '../shell/shell.tsx';
import { Loaded } from '../ui/loaded.tsx';

export function Home() {
  const query = useQuery(companiesQuery);
  return (
    <Shell>
      <Loaded query={query}>
        {({ items: [first] }) =>
          first ? (
            <Navigate to="/c/$companyId/bills" params={{ companyId: first.id }} replace />
          ) : (
            <Navigate to="/new" replace />
          )
        }
      </Loaded>
    </Shell>
  );
}
