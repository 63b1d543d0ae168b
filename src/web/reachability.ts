/** Whether the service answers, as every request finds it: one place to tell the reader from. */
import { useSyncExternalStore } from 'react';

let reachable = true;
const listeners = new Set<() => void>();

export function noteReachable(now: boolean): void {
  if (now === reachable) return;
  reachable = now;
  for (const listener of listeners) listener();
}

export function useReachable(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    () => reachable,
  );
}

/** `fetch` that notes whether an answer came at all. */
export async function watchedFetch(input: RequestInfo | URL, init?: RequestInit) {
  try {
    const response = await fetch(input, init);
    noteReachable(true);
    return response;
  } catch (error) {
    if (!init?.signal?.aborted) noteReachable(false);
    throw error;
  }
}
