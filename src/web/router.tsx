/** The addresses. State that is worth sharing is in them. */
import {
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { type Verdict, VERDICTS } from '../core/reconciliation.ts';
import { BillPage } from './bill/bill-page.tsx';
import { DetailsTab } from './bill/details-tab.tsx';
import { ActivityTab } from './activity/activity-tab.tsx';
import { readBillFilter } from './bills/bill-filter.ts';
import { BillsPage } from './bills/bills-page.tsx';
import { CompanyFrame } from './companies/company-frame.tsx';
import { Home } from './companies/home.tsx';
import { NewCompany } from './companies/new-company.tsx';
import { ConnectionPage } from './connections/connection-page.tsx';
import { ConnectionsPage } from './connections/connections-page.tsx';
import { NewConnection } from './connections/new-connection.tsx';
import { FailuresPage } from './failures/failures-page.tsx';
import { readFailuresSearch } from './failures/failures-search.ts';
import { AttemptPage } from './integration-log/attempt-page.tsx';
import { IntegrationsTab } from './integration-log/integrations-tab.tsx';
import { ReconciliationPage } from './reconciliation/reconciliation-page.tsx';
import { Shell } from './shell/shell.tsx';
import { NotFound } from './ui/loaded.tsx';
import { ProblemBanner } from './ui/problem.tsx';
import { Toasts } from './ui/toasts.tsx';

const root = createRootRoute({
  component: () => (
    <>
      <Outlet />
      <Toasts />
    </>
  ),
  notFoundComponent: () => (
    <Shell>
      <NotFound />
    </Shell>
  ),
  errorComponent: ({ error }) => (
    <Shell>
      <ProblemBanner error={error} />
    </Shell>
  ),
});

const home = createRoute({ getParentRoute: () => root, path: '/', component: Home });
const newCompany = createRoute({ getParentRoute: () => root, path: '/new', component: NewCompany });
const company = createRoute({
  getParentRoute: () => root,
  path: '/c/$companyId',
  component: CompanyFrame,
});
const companyHome = createRoute({
  getParentRoute: () => company,
  path: '/',
  beforeLoad: ({ params }) => {
    // oxlint-disable-next-line typescript/only-throw-error -- how TanStack Router redirects
    throw redirect({ to: '/c/$companyId/bills', params, replace: true });
  },
});
/** What is left out of a search, the router fills in as it stands in the address: so each is named. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

const bills = createRoute({
  getParentRoute: () => company,
  path: '/bills',
  validateSearch: readBillFilter,
  component: BillsPage,
});
const bill = createRoute({
  getParentRoute: () => company,
  path: '/bills/$billId',
  component: BillPage,
});
const billHome = createRoute({
  getParentRoute: () => bill,
  path: '/',
  beforeLoad: ({ params }) => {
    // oxlint-disable-next-line typescript/only-throw-error -- how TanStack Router redirects
    throw redirect({ to: '/c/$companyId/bills/$billId/details', params, replace: true });
  },
});
const details = createRoute({
  getParentRoute: () => bill,
  path: '/details',
  component: DetailsTab,
});
const activity = createRoute({
  getParentRoute: () => bill,
  path: '/activity',
  component: ActivityTab,
});
const integrations = createRoute({
  getParentRoute: () => bill,
  path: '/integrations',
  validateSearch: (search): { connection?: string | undefined } => ({
    connection: textOf(search['connection']),
  }),
  component: IntegrationsTab,
});
const attempt = createRoute({
  getParentRoute: () => bill,
  path: '/integrations/$attemptId',
  component: AttemptPage,
});
const reconciliation = createRoute({
  getParentRoute: () => company,
  path: '/reconciliation',
  validateSearch: (search): { run?: string | undefined; verdict?: Verdict | undefined } => ({
    run: textOf(search['run']),
    verdict: VERDICTS.find((one) => one === search['verdict']),
  }),
  component: ReconciliationPage,
});
const failures = createRoute({
  getParentRoute: () => company,
  path: '/failures',
  validateSearch: readFailuresSearch,
  component: FailuresPage,
});
const connections = createRoute({
  getParentRoute: () => company,
  path: '/connections',
  component: ConnectionsPage,
});
const newConnection = createRoute({
  getParentRoute: () => company,
  path: '/connections/new',
  component: NewConnection,
});
const connection = createRoute({
  getParentRoute: () => company,
  path: '/connections/$connectionId',
  component: ConnectionPage,
});

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    newCompany,
    company.addChildren([
      companyHome,
      bills,
      bill.addChildren([billHome, details, activity, integrations, attempt]),
      failures,
      reconciliation,
      connections,
      newConnection,
      connection,
    ]),
  ]),
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
