/**
 * Syncing again all that fails by a cause, from this page: how far it is, and how it ended. It goes on as
 * long as the page is there; stopped, it ends with what was asked for so far.
 */
import { useEffect, useRef, useState } from 'react';
import { type CauseRun, resyncWholeCause, type WholeCause } from '../../client/whole-cause.ts';
import { client, newKey, queryClient } from '../api.ts';
import { keys } from '../queries.ts';

export interface RunState {
  readonly phase: 'before' | 'going' | 'over';
  readonly run: CauseRun;
  /** Bills there were to ask for when it began. */
  readonly all: number;
  readonly stopping: boolean;
  readonly error: unknown;
  /** When it ended; what was counted before then says nothing of it. */
  readonly overAtMs: number;
}

const NOTHING: CauseRun = { bills: 0, accepted: 0, deleted: 0, skipped: [], next: null };
const BEFORE: RunState = {
  phase: 'before',
  run: NOTHING,
  all: 0,
  stopping: false,
  error: null,
  overAtMs: 0,
};

export function useCauseRun(cause: WholeCause) {
  const [state, setState] = useState(BEFORE);
  const isStopped = useRef(false);
  useEffect(
    () => () => {
      isStopped.current = true;
    },
    [],
  );
  const start = async (all: number) => {
    isStopped.current = false;
    setState({ ...BEFORE, phase: 'going', all });
    let error: unknown = null;
    try {
      for await (const run of resyncWholeCause(client, cause, newKey)) {
        setState((before) => ({ ...before, run, all: Math.max(before.all, run.bills) }));
        if (isStopped.current) break;
      }
    } catch (caught) {
      error = caught;
    }
    setState((before) => ({ ...before, phase: 'over', error, overAtMs: Date.now() }));
    void queryClient.invalidateQueries({ queryKey: keys.company(cause.companyId) });
  };
  return {
    ...state,
    start: (all: number) => void start(all),
    stop: () => {
      isStopped.current = true;
      setState((before) => ({ ...before, stopping: true }));
    },
  };
}
