/**
 * A real browser (Debian's Chromium) for tests: one page in one language, by the words a reader sees.
 * Complains of anything the page complains of: an error in the console fails the test.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { AxeResults, RunOptions } from 'axe-core';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { createTranslator } from 'use-intl/core';
import { expect } from 'vitest';
import da from '../../src/web/messages/da.json' with { type: 'json' };
import en from '../../src/web/messages/en.json' with { type: 'json' };

export type Language = 'da' | 'en';

/** `words('da')('resync.go')` → `Gensynkroniser`; with values, as the pages fill them in. */
export function words(language: Language) {
  const all = language === 'da' ? da : en;
  const filled = createTranslator({ locale: language, messages: all });
  return (key: string, values?: Readonly<Record<string, string | number>>): string => {
    if (values) return filled(key as 'bulk.title', values as { count: number });
    const text = key
      .split('.')
      .reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], all as unknown);
    if (typeof text !== 'string') throw new Error(`There is no text ${key}.`);
    return text;
  };
}

export interface Browser {
  /** A page of a reader of this language; `person` is the name their changes carry. */
  page(language: Language, person?: string): Promise<Page>;
  /** What the pages complained of since the last `closePages`. */
  readonly complaints: readonly string[];
  /** Before the service is stopped: pages that lose it complain. */
  closePages(): Promise<void>;
  close(): Promise<void>;
}

const DESK = { width: 1280, height: 900 };
const TELEPHONE = { width: 390, height: 844 };

/** As Debian's packages have them; the one without windows needs two thirds of the time. */
const LIGHTER = '/usr/bin/chromium-headless-shell';
const WHOLE = '/usr/bin/chromium';

export async function openBrowser(): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: process.env['SPOR_CHROMIUM'] ?? (existsSync(LIGHTER) ? LIGHTER : WHOLE),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  const complaints: string[] = [];
  const contexts: BrowserContext[] = [];
  return {
    complaints,
    async page(language, person) {
      const context = await browser.newContext({
        locale: language === 'da' ? 'da-DK' : 'en-GB',
        viewport: DESK,
        permissions: ['clipboard-read', 'clipboard-write'],
      });
      contexts.push(context);
      context.setDefaultTimeout(60_000);
      const page = await context.newPage();
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      if (person !== undefined) {
        await page.addInitScript((name) => localStorage.setItem('spor.person', name), person);
      }
      return page;
    },
    async closePages() {
      await Promise.all(contexts.splice(0).map((context) => context.close()));
      complaints.splice(0);
    },
    close: () => browser.close(),
  };
}

const AXE = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
const BARRIERS: RunOptions = {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  resultTypes: ['violations'],
};

/** WCAG 2.2 A and AA: axe finds nothing on the page as it stands. */
export async function expectNoBarriers(page: Page): Promise<void> {
  // Once for as long as the page is there: to bring it in takes longer than to look.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(AXE);
  const barriers = await page.evaluate(async (options) => {
    const { axe } = window as unknown as {
      axe: { run(of: Document, options: RunOptions): Promise<AxeResults> };
    };
    const { violations } = await axe.run(document, options);
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
  }, BARRIERS);
  expect(barriers).toEqual([]);
}

/** As wide as most telephones. Nothing is cut off, or found only by who scrolls sideways. */
export async function expectFitsTelephone(page: Page): Promise<void> {
  await page.setViewportSize(TELEPHONE);
  const wider = await page.evaluate(() =>
    [...document.querySelectorAll('html, .scroll-x')]
      .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
      .map((place) => place.textContent),
  );
  expect(wider).toEqual([]);
  await expectNoBarriers(page);
  await page.setViewportSize(DESK);
}
