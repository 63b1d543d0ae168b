/**
 * What tests on the screen begin with: one browser for the file, and for each test a world of its own,
 * which is gone after it. `onScreen()` says that a file wants them; then `browser` and `world` are those
 * of the test that runs.
 */
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { Locator, Page } from 'playwright-core';
import type { EngineTiming } from '../../src/engine/engine.ts';
import { type Browser, openBrowser } from './browser.ts';
import { startWorld, type World } from './world.ts';

export let browser: Browser;
export let world: World;

export function onScreen(timing: Partial<EngineTiming> = {}): void {
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    world = await startWorld(timing);
  });
  afterEach(async () => {
    await browser.closePages();
    await world.stop();
  });
}

/** Of a page of the world's company: `address('/bills')`. */
export const address = (path: string) => `${world.service.url}/c/${world.company.id}${path}`;

export const button = (place: Page | Locator, name: string) =>
  place.getByRole('button', { name, exact: true });

/** For looking at by hand: `SPOR_PICTURES=/some/folder`. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env['SPOR_PICTURES'];
  if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}
