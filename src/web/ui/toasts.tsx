/**
 * Short messages about what just happened, said aloud too (a polite live region). One with an action
 * stays longer, and none goes while it is pointed at or has focus.
 */
import { useEffect, useState, useSyncExternalStore } from 'react';
import { useWords } from '../reader/words.tsx';
import { Icon } from './icon.tsx';

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly action?: { readonly label: string; readonly run: () => void } | undefined;
}

let toasts: readonly Toast[] = [];
let said = '';
let last = 0;
const listeners = new Set<() => void>();

function change(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

const listen = (listener: () => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

export function showToast(text: string, action?: Toast['action']): void {
  last += 1;
  said = text;
  change([...toasts.slice(-3), { id: last, text, action }]);
}

/** Said to screen readers only. */
export function announce(text: string): void {
  // The same words twice in a row are said twice.
  said = text === said ? `${text}\u200b` : text;
  change([...toasts]);
}

function drop(id: number): void {
  change(toasts.filter((toast) => toast.id !== id));
}

export function Toasts() {
  const t = useWords();
  const shown = useSyncExternalStore(listen, () => toasts);
  const words = useSyncExternalStore(listen, () => said);
  return (
    <>
      <output className="unseen" aria-live="polite">
        {words}
      </output>
      <section className="toasts" aria-label={t('toasts.label')}>
        {shown.map((toast) => (
          <ToastView key={toast.id} toast={toast} />
        ))}
      </section>
    </>
  );
}

function ToastView({ toast }: { toast: Toast }) {
  const t = useWords();
  const [held, setHeld] = useState(false);
  const staysMs = toast.action ? 15_000 : 6_000;
  useEffect(() => {
    if (held) return undefined;
    const timer = setTimeout(() => drop(toast.id), staysMs);
    return () => clearTimeout(timer);
  }, [held, toast.id, staysMs]);
  return (
    <div
      className="toast"
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <span className="words">{toast.text}</span>
      {toast.action && (
        <button
          type="button"
          onClick={() => {
            toast.action?.run();
            drop(toast.id);
          }}
        >
          {toast.action.label}
        </button>
      )}
      <button type="button" aria-label={t('act.close')} onClick={() => drop(toast.id)}>
        <Icon name="cross" />
      </button>
    </div>
  );
}
