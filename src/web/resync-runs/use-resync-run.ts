/** Syncing many bills again: begun here, done by the service, looked at as it goes on. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { ApiProblem, type Input } from '../../client/client.ts';
import type { Endpoints } from '../../contract/endpoints.ts';
import type { ResyncRunShape } from '../../contract/resync-shapes.ts';
import { client, newKey, queryClient } from '../api.ts';
import { keys, resyncRunsQuery } from '../queries.ts';

export type ResyncWish = Input<Endpoints['startResyncRun']>['body'];

export interface RunDoing {
  /** Null: nothing is begun. */
  readonly run: ResyncRunShape | null;
  readonly starting: boolean;
  readonly stopping: boolean;
  readonly error: unknown;
  /** When it was seen to be over; what was counted before then says nothing of it. 0: it was over before. */
  readonly overAtMs: number;
  start(wish: ResyncWish, onBegun?: () => void): void;
  /** One that was stopped goes on; of what fails, or is in a state, with those that do so again by now. */
  goOn(): void;
  stop(): void;
}

/** @param runId one that was begun before, and is to be looked at */
export function useResyncRun(companyId: string, runId: string | null = null): RunDoing {
  const [chosenId, choose] = useState(runId);
  const [overAtMs, setOverAtMs] = useState(0);
  const runs = useQuery(resyncRunsQuery(companyId)).data?.items ?? [];
  const keep = (run: ResyncRunShape) => {
    queryClient.setQueryData(resyncRunsQuery(companyId).queryKey, (before) => ({
      next: before?.next ?? null,
      items: [run, ...(before?.items ?? []).filter(({ id }) => id !== run.id)],
    }));
    void queryClient.invalidateQueries({ queryKey: keys.company(companyId) });
  };
  const params = { companyId };
  const start = useMutation({
    mutationFn: ({ wish, key }: { wish: ResyncWish; key: string }) =>
      client.startResyncRun({ params, body: wish, idempotencyKey: key }),
    onSuccess(run) {
      keep(run);
      choose(run.id);
      setOverAtMs(Date.now());
    },
  });
  const stop = useMutation({
    mutationFn: (id: string) => client.stopResyncRun({ params: { companyId, runId: id } }),
    onSuccess: keep,
    onError: () => queryClient.invalidateQueries({ queryKey: keys.resyncRuns(companyId) }),
  });
  const resume = useMutation({
    mutationFn: (id: string) => client.resumeResyncRun({ params: { companyId, runId: id } }),
    onSuccess: keep,
    onError: () => queryClient.invalidateQueries({ queryKey: keys.resyncRuns(companyId) }),
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
  const begin = (wish: ResyncWish, onBegun?: () => void) =>
    start.mutate({ wish, key: newKey() }, { onSuccess: () => onBegun?.() });
  const goOn = ({ id, of, connectionId, posting, link, recreate }: ResyncRunShape) => {
    if (of.by === 'bills' || of.by === 'reconciled') return resume.mutate(id);
    const same = of.by === 'failure' ? { by: of.by, failure: of.failure.code } : of;
    begin({
      of: same,
      connectionId: connectionId ?? undefined,
      posting: posting ?? undefined,
      link,
      recreate,
    });
  };
  return {
    run,
    starting: start.isPending || resume.isPending,
    stopping: stop.isPending,
    error: start.error ?? resume.error ?? (isOver(stop.error) ? null : stop.error),
    overAtMs,
    start: begin,
    stop: () => run && stop.mutate(run.id),
    goOn: () => run && goOn(run),
  };
}

/** There was nothing to stop any more, and the run says so itself. */
function isOver(error: unknown): boolean {
  return error instanceof ApiProblem && error.problem.code === 'already-so';
}
