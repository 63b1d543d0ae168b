/**
 * Who watches a run: keeps its history, and says at the first breach which of the engine's ten
 * invariants it broke, or that a reconciliation did not do as it promises.
 */

/** Its number in `src/engine/engine.ts`. */
export type Invariant = number | 'reconciliation';

export interface Breach {
  readonly invariant: Invariant;
  readonly what: string;
  readonly atMs: number;
}

export interface Watch {
  readonly breach: Breach | null;
  readonly history: readonly string[];
  broken(invariant: Invariant, what: string): void;
  /** Costs nothing unless the history is wanted. */
  note(who: string, what: () => string): void;
}

export function createWatch(nowMs: () => number, keepsHistory: boolean): Watch {
  const history: string[] = [];
  let breach: Breach | null = null;
  const note = (who: string, what: () => string) => {
    if (!keepsHistory) return;
    const at = (nowMs() / 1_000).toFixed(4).padStart(9);
    history.push(`${at} s  ${who.padEnd(9)} ${what()}`);
  };
  return {
    get breach() {
      return breach;
    },
    history,
    broken(invariant, what) {
      if (breach) return;
      breach = { invariant, what, atMs: nowMs() };
      note('BROKEN', () => `${nameOf(invariant)}: ${what}`);
    },
    note,
  };
}

export function nameOf(invariant: Invariant): string {
  return invariant === 'reconciliation'
    ? 'what a reconciliation promises'
    : `invariant ${invariant}`;
}
