/**
 * Live updates of a company. An event only says "look again", so what is stale is asked for again;
 * after a gap everything is, since nobody knows what was missed. Pings come every 15 seconds: when
 * none has for 40, the line is taken for dead and made anew.
 */
import { useEffect, useSyncExternalStore } from 'react';
import { z } from 'zod';
import { requestPath } from '../../client/client.ts';
import { endpoints } from '../../contract/endpoints.ts';
import { queryClient } from '../api.ts';
import { keys } from '../queries.ts';

export type LiveState = 'connecting' | 'live' | 'offline';

const SILENCE_MS = 40_000;
const AGAIN_MS = 3_000;
const GATHER_MS = 300;

let state: LiveState = 'connecting';
const listeners = new Set<() => void>();

export function useLiveState(): LiveState {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    () => state,
  );
}

function note(next: LiveState): void {
  state = next;
  for (const listener of listeners) listener();
}

const event = z.object({ billId: z.string().nullable(), connectionId: z.string().nullable() });

export function useLive(companyId: string): void {
  useEffect(() => follow(companyId), [companyId]);
}

function follow(companyId: string): () => void {
  const gathered = gather(companyId);
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let hadGap = false;

  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(again, SILENCE_MS);
  };
  const open = () => {
    source = new EventSource(requestPath(endpoints.live, { params: { companyId } }));
    source.addEventListener('open', () => {
      note('live');
      heard();
      if (hadGap) void queryClient.invalidateQueries({ queryKey: keys.company(companyId) });
      hadGap = false;
    });
    source.addEventListener('ping', heard);
    source.addEventListener('change', (message: MessageEvent<string>) => {
      heard();
      gathered.add(message.data);
    });
    source.addEventListener('error', () => {
      note('offline');
      hadGap = true;
      source?.close();
      clearTimeout(timer);
      timer = setTimeout(open, AGAIN_MS);
    });
  };
  function again() {
    source?.close();
    hadGap = true;
    note('offline');
    open();
  }

  note('connecting');
  open();
  return () => {
    source?.close();
    clearTimeout(timer);
    gathered.stop();
  };
}

/** Collects a burst of events and asks once. */
function gather(companyId: string) {
  const bills = new Set<string>();
  let everyBill = false;
  let connections = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stale = (queryKey: readonly unknown[]) => void queryClient.invalidateQueries({ queryKey });
  const ask = () => {
    timer = undefined;
    stale(keys.bills(companyId));
    stale(keys.overview(companyId));
    stale(keys.attempts(companyId));
    stale(keys.failures(companyId));
    if (connections) {
      stale(keys.connections(companyId));
      stale(keys.reconciliations(companyId));
    }
    if (everyBill) stale(keys.everyBill(companyId));
    else for (const billId of bills) stale(keys.bill(companyId, billId));
    bills.clear();
    everyBill = false;
    connections = false;
  };
  return {
    add(data: string) {
      const parsed = event.safeParse(parseJson(data));
      const { billId, connectionId } = parsed.success
        ? parsed.data
        : { billId: null, connectionId: null };
      if (billId) bills.add(billId);
      else everyBill = true;
      if (connectionId || !billId) connections = true;
      timer ??= setTimeout(ask, GATHER_MS);
    },
    stop: () => clearTimeout(timer),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
