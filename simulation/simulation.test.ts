/** The simulation holds itself to its word: one seed, one history; and every proof can fail. */
import { describe, expect, test } from 'vitest';
import { outsidePromises } from './event-loop.ts';
import { PLANTED } from './plants.ts';
import { run } from './run.ts';
import { runSeeds } from './seeds.ts';
import { readable, shrink } from './shrink.ts';

const PATIENCE_MS = 180_000;

test('A seed gives the same history each time, and another seed another', async () => {
  const historyOf = (seed: number) =>
    outsidePromises(() => run({ seed, keepsHistory: true }).history);
  for (const seed of [3, 17, 214, 1_000_003]) {
    const history = await historyOf(seed);
    expect(history.length).toBeGreaterThan(10);
    expect(await historyOf(seed)).toEqual(history);
  }
  expect(await historyOf(3)).not.toEqual(await historyOf(17));
});

test('A run is the same whether its history is kept or not', async () => {
  for (const seed of [3, 17, 214]) {
    const [kept, not] = await outsidePromises(() => [
      run({ seed, keepsHistory: true }),
      run({ seed }),
    ]);
    expect(not.figures).toEqual(kept.figures);
  }
});

describe('With one protection taken away, its invariant is seen to break', () => {
  test.each(PLANTED)('$invariant: $mistake', { timeout: PATIENCE_MS }, async (planted) => {
    const { failing } = await runSeeds(1, 1_000, planted.plant);
    expect(failing?.breach?.invariant).toBe(planted.invariant);
  });

  test('No invariant is left out', () => {
    const broken = new Set(PLANTED.map(({ invariant }) => invariant));
    expect(broken).toEqual(new Set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 'reconciliation']));
  });
});

test(
  'Of a run that breaks an invariant, a short history that breaks the same is told',
  { timeout: PATIENCE_MS },
  async () => {
    const { plant } = PLANTED.find(({ mistake }) => mistake.includes('remembers'))!;
    const { failing } = await runSeeds(1, 1_000, plant);
    const shortest = await outsidePromises(() => shrink(failing!, plant));
    expect(shortest.breach?.invariant).toBe(failing!.breach!.invariant);
    expect(shortest.parts.length).toBeLessThan(failing!.parts.length);
    const history = readable(shortest.history);
    expect(history.join('\n')).toContain('BROKEN    invariant 3');
  },
);
