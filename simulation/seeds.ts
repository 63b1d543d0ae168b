/** Many seeds, one after another, and what they came to. */
import { outsidePromises } from './event-loop.ts';
import { type Plant, type Run, run } from './run.ts';

export interface Figures {
  readonly seeds: number;
  readonly attempts: number;
  readonly faults: number;
  readonly happened: number;
  readonly virtualMs: number;
}

export const NOTHING: Figures = { seeds: 0, attempts: 0, faults: 0, happened: 0, virtualMs: 0 };

export function add(a: Figures, b: Figures): Figures {
  return {
    seeds: a.seeds + b.seeds,
    attempts: a.attempts + b.attempts,
    faults: a.faults + b.faults,
    happened: a.happened + b.happened,
    virtualMs: a.virtualMs + b.virtualMs,
  };
}

/** Ends at the first seed that breaks an invariant. */
export async function runSeeds(
  from: number,
  count: number,
  plant?: Plant,
): Promise<{ figures: Figures; failing: Run | null }> {
  let figures = NOTHING;
  for (let seed = from; seed < from + count; seed += 1) {
    const one = await outsidePromises(() => run(plant ? { seed, plant } : { seed }));
    const { attempts, faults, happened, tookMs } = one.figures;
    figures = add(figures, { seeds: 1, attempts, faults, happened, virtualMs: tookMs });
    if (one.breach) return { figures, failing: one };
  }
  return { figures, failing: null };
}
