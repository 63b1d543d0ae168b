/** The list by keyboard: j/k or arrows move, Enter opens (it is a link), x chooses, / searches, ? helps. */
import { type RefObject, useEffect } from 'react';
import { shortcuts } from '../reader/preferences.ts';

interface ListKeys {
  readonly table: RefObject<HTMLTableElement | null>;
  readonly search: RefObject<HTMLInputElement | null>;
  readonly onHelp: () => void;
}

export function useListKeys({ table, search, onHelp }: ListKeys): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (!isFree(event.target)) return;
      const done = act(event);
      if (done) event.preventDefault();
    };
    const act = ({ key, target }: KeyboardEvent): boolean => {
      const inTable = target === document.body || table.current?.contains(target as Node) === true;
      if (key === 'ArrowDown' && inTable) return move(table.current, 1);
      if (key === 'ArrowUp' && inTable) return move(table.current, -1);
      if (shortcuts.get() === 'off') return false;
      if (key === 'j') return move(table.current, 1);
      if (key === 'k') return move(table.current, -1);
      if (key === 'x') return choose(table.current);
      if (key === '?') onHelp();
      else if (key === '/') search.current?.focus();
      else return false;
      return true;
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [table, search, onHelp]);
}

/** Not while somebody types, and not under a dialog. */
function isFree(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest('[role="dialog"], [role="menu"], [role="listbox"]')) return false;
  if (document.querySelector('[role="dialog"]')) return false;
  const typing = target.matches('textarea, select, input:not([type="checkbox"])');
  return !typing && !target.isContentEditable;
}

function move(table: HTMLTableElement | null, step: 1 | -1): boolean {
  const links = [...(table?.querySelectorAll<HTMLElement>('tbody .row-link') ?? [])];
  const row = document.activeElement?.closest('tr');
  const at = links.findIndex((link) => row?.contains(link));
  const next = links[at === -1 ? (step === 1 ? 0 : links.length - 1) : at + step];
  next?.focus();
  next?.closest('tr')?.scrollIntoView({ block: 'nearest' });
  return next !== undefined;
}

function choose(table: HTMLTableElement | null): boolean {
  const row = document.activeElement?.closest('tr');
  if (!row || !table?.contains(row)) return false;
  row.querySelector<HTMLInputElement>('.pick input')?.click();
  return true;
}
