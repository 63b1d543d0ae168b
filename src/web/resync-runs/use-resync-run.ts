/** Syncing again all that fails by a cause: begun here, done by the service, looked at as it goes on. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { CauseRunShape } from '../../contract/sync-shapes.ts';
import type { FailureCode } from '../../core/failure.ts';
import { client, newKey, queryClient } from '../api.ts';
import { causeRunsQuery, keys } from '../queries.ts';

export interface CauseRunState {
  /** Null: nothing is begun. */
  readonly run: CauseRunShape | null;
  readonly starting: boolean;
  readonly stopping: boolean;
  readonly error: unknown;
  /** When it was seen to be over; what was counted before then says nothing of it. 0: it was over before. */
  readonly overAtMs: number;
  start(): void;
  stop(): void;
}

/** @param runId one that was begun before, and is to be looked at */
export function useCauseRun(
  companyId: string,
  cause: { readonly connectionId: string; readonly failure: FailureCode },
  runId: string | null,
): CauseRunState {
  const [chosenId, choose] = useState(runId);
  const [overAtMs, setOverAtMs] = useState(0);
  const runs = useQuery(causeRunsQuery(companyId)).data?.items ?? [];
  const keep = (run: CauseRunShape) => {
    queryClient.setQueryData(causeRunsQuery(companyId).queryKey, (before) => ({
      next: before?.next ?? null,
      items: [run, ...(before?.items ?? []).filter(({ id }) => id !== run.id)],
    }));
    void queryClient.invalidateQueries({ queryKey: keys.company(companyId) });
  };
  const params = { companyId };
  const start = useMutation({
    mutationFn: (idempotencyKey: string) =>
      client.startCauseRun({ params, body: cause, idempotencyKey }),
    onSuccess(run) {
      keep(run);
      choose(run.id);
      setOverAtMs(Date.now());
    },
  });
  const stop = useMutation({
    mutationFn: (id: string) => client.stopCauseRun({ params: { companyId, runId: id } }),
    onSuccess: keep,
    // It was over by then.
    onError: () => queryClient.invalidateQueries({ queryKey: keys.failures(companyId) }),
  });
  const run = runs.find(({ id }) => id === chosenId) ?? null;
  const isRunning = run?.state === 'running';
  useEffect(() => {
    if (!isRunning) return undefined;
    return () => {
      setOverAtMs(Date.now());
      // What has come of it by then may have been counted before, and nothing may come after.
      void queryClient.invalidateQueries({ queryKey: keys.failures(companyId) });
    };
  }, [isRunning, companyId]);
  return {
    run,
    starting: start.isPending,
    stopping: stop.isPending,
    error: start.error,
    overAtMs,
    start: () => start.mutate(newKey()),
    stop: () => run && stop.mutate(run.id),
  };
}
