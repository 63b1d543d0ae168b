/**
 * A reader's choice, kept in this browser. When the browser keeps nothing (private windows, blocked
 * storage) the choice lasts as long as the page does.
 */
import { useSyncExternalStore } from 'react';

export interface Remembered<T extends string> {
  get(): T;
  set(value: T): void;
  use(): T;
  /** Runs at each change; returns how to stop. */
  listen(listener: () => void): () => void;
}

export function remembered<T extends string>(
  name: string,
  initial: () => T,
  isOne: (text: string) => text is T,
): Remembered<T> {
  const key = `spor.${name}`;
  const listeners = new Set<() => void>();
  let value: T = read(key, isOne) ?? initial();
  const listen = (listener: () => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  const get = () => value;
  return {
    get,
    listen,
    set(next) {
      value = next;
      keep(key, next);
      for (const listener of listeners) listener();
    },
    use: () => useSyncExternalStore(listen, get),
  };
}

function read<T extends string>(key: string, isOne: (text: string) => text is T): T | null {
  try {
    const text = localStorage.getItem(key);
    return text !== null && isOne(text) ? text : null;
  } catch {
    return null;
  }
}

function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Storage is off: the choice lasts for this page.
  }
}
