/**
 * The shortest history that breaks the same invariant, as far as leaving out can find it: of the events
 * and faults of a run ever smaller pieces are left out, as long as the rest still breaks it.
 */
import { type Plant, type Run, run } from './run.ts';

const TRIES = 400;

/** To be called outside promises. */
export function shrink(failing: Run, plant?: Plant): Run {
  const { seed, breach } = failing;
  const again = (parts: readonly string[]): Run | null => {
    const options = { seed, only: new Set(parts), keepsHistory: true };
    const shorter = run(plant ? { ...options, plant } : options);
    return shorter.breach?.invariant === breach?.invariant ? shorter : null;
  };
  let shortest = again(failing.parts);
  if (!shortest) return run({ seed, keepsHistory: true, ...(plant && { plant }) });
  let tries = 0;
  for (let piece = shortest.parts.length; piece >= 1; piece = Math.floor(piece / 2)) {
    let from = 0;
    while (from < shortest.parts.length && tries++ < TRIES) {
      const { parts }: Run = shortest;
      const shorter = again([...parts.slice(0, from), ...parts.slice(from + piece)]);
      if (shorter) shortest = shorter;
      else from += piece;
    }
  }
  return shortest;
}

/** Ids are long; what matters is which are the same. */
export function readable(history: readonly string[]): string[] {
  const names = new Map<string, string>();
  const named = (id: string) => {
    const name = names.get(id) ?? `#${names.size + 1}`;
    names.set(id, name);
    return name;
  };
  return history.map((line) =>
    line.replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, named),
  );
}
