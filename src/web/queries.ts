/** Every question the screens ask, under keys that say what a change makes stale. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { client } from './api.ts';
import type { FailureCode } from '../core/failure.ts';
import type { Verdict } from '../core/reconciliation.ts';
import type { BillSummaryShape } from '../contract/bill-shapes.ts';

export type SyncState = BillSummaryShape['sync'];

export const keys = {
  company: (companyId: string) => ['company', companyId] as const,
  bills: (companyId: string) => ['company', companyId, 'bills'] as const,
  overview: (companyId: string) => ['company', companyId, 'overview'] as const,
  bill: (companyId: string, billId: string) => ['company', companyId, 'bill', billId] as const,
  everyBill: (companyId: string) => ['company', companyId, 'bill'] as const,
  attempts: (companyId: string) => ['company', companyId, 'attempt'] as const,
  failures: (companyId: string) => ['company', companyId, 'failures'] as const,
  resyncRuns: (companyId: string) => ['company', companyId, 'resync-runs'] as const,
  reconciliations: (companyId: string) => ['company', companyId, 'reconciliations'] as const,
  connections: (companyId: string) => ['company', companyId, 'connections'] as const,
};

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => client.session({ signal }),
});

export const companiesQuery = queryOptions({
  queryKey: ['companies'],
  queryFn: ({ signal }) => client.listCompanies({ signal }),
});

export const connectorsQuery = queryOptions({
  queryKey: ['connectors'],
  queryFn: ({ signal }) => client.listConnectors({ signal }),
  staleTime: Infinity,
});

export const companyQuery = (companyId: string) =>
  queryOptions({
    queryKey: [...keys.company(companyId), 'itself'],
    queryFn: ({ signal }) => client.getCompany({ params: { companyId }, signal }),
  });

export const overviewQuery = (companyId: string) =>
  queryOptions({
    queryKey: keys.overview(companyId),
    queryFn: ({ signal }) => client.overview({ params: { companyId }, signal }),
  });

export interface BillFilter {
  readonly search?: string | undefined;
  readonly sync?: SyncState | undefined;
  readonly duplicates?: 'only' | undefined;
  /** Bills that fail by it now, in this connection only when one is named. */
  readonly failure?: FailureCode | undefined;
  readonly connectionId?: string | undefined;
}

export const billsQuery = (companyId: string, filter: BillFilter) =>
  infiniteQueryOptions({
    queryKey: [...keys.bills(companyId), filter],
    queryFn: ({ signal, pageParam }) =>
      client.listBills({
        params: { companyId },
        query: { ...filter, ...(pageParam ? { cursor: pageParam } : {}), limit: 50 },
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: (last) => last.next,
  });

export const billQuery = (companyId: string, billId: string) =>
  queryOptions({
    queryKey: [...keys.bill(companyId, billId), 'itself'],
    queryFn: ({ signal }) => client.getBill({ params: { companyId, billId }, signal }),
  });

export const activityQuery = (companyId: string, billId: string) =>
  infiniteQueryOptions({
    queryKey: [...keys.bill(companyId, billId), 'activity'],
    queryFn: ({ signal, pageParam }) =>
      client.listActivity({
        params: { companyId, billId },
        query: pageParam ? { cursor: pageParam } : {},
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: (last) => last.next,
  });

export const postingsQuery = (companyId: string, billId: string) =>
  queryOptions({
    queryKey: [...keys.bill(companyId, billId), 'postings'],
    queryFn: ({ signal }) => client.listPostings({ params: { companyId, billId }, signal }),
  });

export const attemptsQuery = (companyId: string, billId: string, connectionId: string) =>
  infiniteQueryOptions({
    queryKey: [...keys.bill(companyId, billId), 'attempts', connectionId],
    queryFn: ({ signal, pageParam }) =>
      client.listAttempts({
        params: { companyId, billId },
        query: { connectionId, ...(pageParam ? { cursor: pageParam } : {}) },
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: (last) => last.next,
  });

export const attemptQuery = (companyId: string, attemptId: string) =>
  queryOptions({
    queryKey: [...keys.attempts(companyId), attemptId],
    queryFn: ({ signal }) => client.getAttempt({ params: { companyId, attemptId }, signal }),
  });

/** While one is under way it is asked for again and again: it says nothing by itself. */
const PROGRESS_MS = 1_000;

/** The newest. */
export const resyncRunsQuery = (companyId: string) =>
  queryOptions({
    queryKey: keys.resyncRuns(companyId),
    queryFn: ({ signal }) =>
      client.listResyncRuns({ params: { companyId }, query: { limit: 20 }, signal }),
    refetchInterval: ({ state }) =>
      state.data?.items.some(({ finishedAt }) => finishedAt === null) ? PROGRESS_MS : false,
  });

export const failuresQuery = (
  companyId: string,
  { days, connection }: { days?: number | undefined; connection?: string | undefined },
) =>
  queryOptions({
    queryKey: [...keys.failures(companyId), days ?? null, connection ?? null],
    queryFn: ({ signal }) =>
      client.listFailures({
        params: { companyId },
        query: { days, ...(connection ? { connectionId: connection } : {}) },
        signal,
      }),
    placeholderData: (before) => before,
  });

export const failingQuery = (
  companyId: string,
  cause: { connectionId: string; failure: FailureCode },
) =>
  queryOptions({
    queryKey: [...keys.failures(companyId), 'now', cause.connectionId, cause.failure],
    queryFn: ({ signal }) => client.countFailing({ params: { companyId }, query: cause, signal }),
    // Whoever asks is about to act on it.
    staleTime: 0,
  });

export const connectionsQuery = (companyId: string) =>
  queryOptions({
    queryKey: keys.connections(companyId),
    queryFn: ({ signal }) => client.listConnections({ params: { companyId }, signal }),
  });

export const connectionQuery = (companyId: string, connectionId: string) =>
  queryOptions({
    queryKey: [...keys.connections(companyId), connectionId],
    queryFn: ({ signal }) => client.getConnection({ params: { companyId, connectionId }, signal }),
  });

export const reconciliationsQuery = (companyId: string) =>
  queryOptions({
    queryKey: keys.reconciliations(companyId),
    queryFn: ({ signal }) => client.listReconciliations({ params: { companyId }, signal }),
    refetchInterval: ({ state }) =>
      state.data?.items.some(({ finishedAt }) => finishedAt === null) ? PROGRESS_MS : false,
  });

export const reconciliationRowsQuery = (
  companyId: string,
  reconciliationId: string,
  verdict: Verdict | undefined,
  isUnderWay: boolean,
) =>
  infiniteQueryOptions({
    queryKey: [...keys.reconciliations(companyId), reconciliationId, verdict ?? null, isUnderWay],
    queryFn: ({ signal, pageParam }) =>
      client.listReconciliationRows({
        params: { companyId, reconciliationId },
        query: { ...(verdict ? { verdict } : {}), ...(pageParam ? { cursor: pageParam } : {}) },
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: (last) => last.next,
    placeholderData: (before) => before,
    refetchInterval: isUnderWay ? PROGRESS_MS * 2 : false,
  });
