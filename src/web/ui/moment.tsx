/** A day or an instant as the reader writes it; how long ago is kept up to date. */
import { useSyncExternalStore } from 'react';
import { formatDay, formatInstant, formatRelative } from '../reader/moments.ts';
import { useLocale } from '../reader/preferences.ts';

export function DayText({ day }: { day: string }) {
  return <time dateTime={day}>{formatDay(day, useLocale())}</time>;
}

export function Instant({ at, seconds = false }: { at: string; seconds?: boolean }) {
  return <time dateTime={at}>{formatInstant(at, useLocale(), { seconds })}</time>;
}

export function Ago({ at }: { at: string }) {
  const nowMs = useNowMs();
  return <span className="ago">{formatRelative(at, nowMs, useLocale())}</span>;
}

let nowMs = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** The time, moving every ten seconds, one timer for the whole page. */
export function useNowMs(): number {
  return useSyncExternalStore(listen, () => nowMs);
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    nowMs = Date.now();
    for (const one of listeners) one();
  }, 10_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}
