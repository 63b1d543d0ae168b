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

  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(again, SILENCE_MS);
  };
  const open = () => {
    source = new EventSource(requestPath(endpoints.live, { params: { companyId } }));
    source.addEventListener('open', () => {
      note('live');
      heard();
      // What changed since we last listened, or since the first answers, was told to nobody.
      void queryClient.invalidateQueries({ queryKey: keys.company(companyId) });
    });
    source.addEventListener('ping', heard);
    source.addEventListener('change', (message: MessageEvent<string>) => {
      heard();
      gathered.add(message.data);
    });
    source.addEventListener('error', () => {
      note('offline');
      source?.close();
      clearTimeout(timer);
      timer = setTimeout(open, AGAIN_MS);
    });
  };
  function again() {
    source?.close();
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

/**
 * Collects a burst of events and asks once; and again only when that is answered. To ask anew breaks off
 * what was asked before, so a page whose answer takes longer than the next burst would never see one.
 */
function gather(companyId: string) {
  const bills = new Set<string>();
  let everyBill = false;
  let connections = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let heardMore = false;
  let isAsking = false;
  let isOver = false;
  const ask = async () => {
    timer = undefined;
    heardMore = false;
    isAsking = true;
    const stale: (readonly unknown[])[] = [
      keys.bills(companyId),
      keys.overview(companyId),
      keys.attempts(companyId),
      keys.failures(companyId),
      keys.resyncRuns(companyId),
      ...(connections ? [keys.connections(companyId), keys.reconciliations(companyId)] : []),
      ...(everyBill
        ? [keys.everyBill(companyId)]
        : [...bills].map((billId) => keys.bill(companyId, billId))),
    ];
    bills.clear();
    everyBill = false;
    connections = false;
    await Promise.all(stale.map((queryKey) => queryClient.invalidateQueries({ queryKey })));
    isAsking = false;
    if (heardMore) later();
  };
  const later = () => {
    heardMore = true;
    if (!isAsking && !isOver) timer ??= setTimeout(() => void ask(), GATHER_MS);
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
      later();
    },
    stop: () => {
      isOver = true;
      clearTimeout(timer);
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
