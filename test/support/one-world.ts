/**
 * What tests of the engine begin with: one world for the file, in which each test opens books of its own
 * (`books.ts`). `inOneWorld()` says that a file wants it; then `world` is that one.
 */
import { afterAll, beforeAll } from 'vitest';
import type { EngineTiming } from '../../src/engine/engine.ts';
import { closeBooks } from './books.ts';
import { startWorld, type World } from './world.ts';

export let world: World;

export function inOneWorld(timing: Partial<EngineTiming> = {}): void {
  beforeAll(async () => {
    world = await startWorld(timing);
  });
  afterAll(async () => {
    await closeBooks();
    await world.stop();
  });
}
