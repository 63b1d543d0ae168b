/**
 * Many bills that fail by one cause, in a real browser: seen as one, mended once. And a bill whose older
 * attempts are archived says so where its log ends.
 */
import { describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { failureText } from '../../src/messages/failure-text.ts';
import { dropMonth, listMonthsBefore } from '../../src/store/departing-months.ts';
import { monthOf } from '../../src/store/partitions.ts';
import { expectFitsTelephone, expectNoBarriers, type Language, words } from '../support/browser.ts';
import { holdBill, waitersOn } from '../support/held-bill.ts';
import { address, browser, button, onScreen, picture, world } from '../support/screen.ts';

// So that a dozen bills are many.
onScreen({ billsAtOnce: 1 });

const COUNT = 12;

const expectFocus = (page: Page, name: string) =>
  world.until(
    () => page.evaluate(() => document.activeElement?.textContent),
    (text) => text === name,
  );

/** As many bills as are counted, all refused, for the period is locked. */
async function failByOneCause(settings: Record<string, unknown> = {}) {
  const sandbox = await world.sandbox();
  sandbox.books.setup.lockedThrough = '2026-11-30';
  await world.connectSandbox({}, settings);
  const bills: { readonly id: string }[] = [];
  for (let count = 0; count < COUNT; count += 1) bills.push(await world.addBill());
  for (const { id } of bills) await world.settled(id);
  return { sandbox, bills };
}

// In Danish; the main story (`screen.test.ts`) is told in both languages.
describe.each<Language>(['da'])('In %s', (language) => {
  const t = words(language);

  test('failures are shown by cause with what to do, lead to their bills, and are over when mended', async () => {
    const page = await browser.page(language);
    await page.goto(address('/failures'));
    await page.getByText(t('failures.none')).waitFor();
    await expectNoBarriers(page);
    await picture(page, `no-failures-${language}`);

    const { id: connectionId } = await world.connectJournal({ defaultAccount: null });
    const bills = [await world.addBill(), await world.addBill()];
    for (const { id } of bills) await world.settled(id);
    await page.goto(address('/failures'));
    const table = page.getByRole('table', { name: t('failures.causes') });
    const cause = table.locator('[data-failure=account-missing]');
    await cause.getByText('Regnskab', { exact: true }).waitFor();
    expect(await cause.getByRole('rowheader').locator('.remedy').textContent()).not.toBe('');
    await expectNoBarriers(page);
    await picture(page, `failures-${language}`);
    await expectFitsTelephone(page);

    await cause.getByRole('link').click();
    for (const { number } of bills)
      await page.getByRole('row').filter({ hasText: number }).waitFor();
    const { title } = failureText('account-missing', language, null);
    await page.getByRole('link', { name: t('bills.failingBy', { cause: title }) }).waitFor();
    await expectNoBarriers(page);
    await picture(page, `failing-bills-${language}`);

    await page.getByRole('link', { name: t('failures.title'), exact: true }).click();
    await cause.waitFor();
    const params = { companyId: world.company.id, connectionId };
    const rules = { defaultAccount: 'Omkostninger:Diverse' };
    await world.client.editConnection({ params, body: { rules } });
    // Nobody reloads the page.
    await cause.getByText(t('failures.mended'), { exact: true }).waitFor();
    expect(browser.complaints).toEqual([]);
  });

  test('when the cause is mended, one press on it brings all its bills in step', async () => {
    const { sandbox, bills } = await failByOneCause({ concurrent: 1 });
    const page = await browser.page(language, 'Bogholderen');
    await page.goto(address('/failures'));
    const cause = page.locator('[data-failure=period-locked]');
    await cause.getByText(t('failures.bills', { count: COUNT })).waitFor();
    await expectNoBarriers(page);
    await picture(page, `cause-${language}`);

    // The period is opened in the accounting system, where Spor can't see it; then by the keyboard alone.
    sandbox.books.setup.lockedThrough = null;
    const slowly = { kind: 'delay', on: 'write', delayMs: 500 } as const;
    sandbox.faults.atRandom({ seed: 1, probability: 1, faults: [slowly] });
    await cause.getByRole('button').focus();
    await page.keyboard.press('Enter');
    const ask = page.getByRole('dialog', { name: t('bulk.title', { count: COUNT }) });
    await ask.getByText('Sandkassen').waitFor();
    const { remedy } = failureText('period-locked', language, null);
    await ask.getByText(remedy).waitFor();
    await expectNoBarriers(page);
    await picture(page, `cause-ask-${language}`);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await expectFocus(page, t('resync.go'));
    await page.keyboard.press('Enter');
    const result = page.getByRole('dialog', { name: t('run.resultTitle') });
    await result.getByText(t('run.accepted', { count: COUNT })).waitFor();
    // What was counted before they were asked for is not told as what failed anew.
    expect(await result.getByText(t('failures.failNow', { count: COUNT })).count()).toBe(0);
    await picture(page, `cause-result-${language}`);
    // The numbers go down, here and in the table behind, while nobody reloads the page.
    const seen = { here: new Set<string | null>(), behind: new Set<string | null>() };
    await world.until(
      async () => {
        seen.here.add(await result.textContent());
        seen.behind.add(await cause.locator('.badge').textContent());
        return result.getByText(t('failures.noneLeft')).count();
      },
      (isSo) => isSo === 1,
      60_000,
    );
    expect(seen.here.size).toBeGreaterThan(2);
    await world.until(
      async () => seen.behind.add(await cause.locator('.badge').textContent()).size,
      (size) => size > 2,
    );
    await expectNoBarriers(page);
    await expectFocus(page, t('act.close'));
    await page.keyboard.press('Enter');
    await cause.getByText(t('failures.mended'), { exact: true }).waitFor();
    expect(await cause.getByRole('button').count()).toBe(0);
    await world.until(
      () => page.evaluate(() => document.activeElement?.closest('[data-failure]') !== null),
      (isInRow) => isInRow,
    );
    await expectNoBarriers(page);
    await picture(page, `cause-mended-${language}`);
    for (const { id } of bills) {
      expect((await world.postings(id)).map(({ state }) => state)).toEqual(['in-step']);
      expect((await world.attempts(id)).map(({ trigger }) => trigger)).toEqual(['bulk', 'change']);
    }
    expect(sandbox.books.counts()).toMatchObject({ invoices: COUNT, duplicates: [] });
    expect(browser.complaints).toEqual([]);
  });

  test('all that failed are synced again from the list, and followed among the failures; so are chosen ones', async () => {
    const { sandbox, bills } = await failByOneCause();
    sandbox.books.setup.lockedThrough = null;
    const page = await browser.page(language, 'Bogholderen');
    await page.goto(address('/bills'));
    await using third = await holdBill(world.database.pool, bills[2]!.id);
    await button(page, t('bulk.allFailed', { count: COUNT })).click();
    await page.getByLabel(t('bulk.what')).selectOption('supplier-invoice');
    await button(page, t('resync.go')).click();
    const dialog = page.getByRole('dialog', { name: t('run.resultTitle') });
    await dialog.getByText(t('run.going', { done: 2, all: COUNT })).waitFor();
    const all = t('run.ofState', { state: t('sync.failed') });
    await dialog.getByText(all).waitFor();
    await expectNoBarriers(page);
    await picture(page, `all-failed-progress-${language}`);
    await button(dialog, t('act.close')).click();

    await page.getByRole('link', { name: t('failures.title'), exact: true }).click();
    const runs = page.getByRole('table', { name: t('run.title') }).locator('tbody tr');
    await runs
      .filter({ hasText: all })
      .filter({ hasText: t('bulk.everyConnection') })
      .filter({ hasText: t('posting.supplier-invoice') })
      .getByText(t('run.going', { done: 2, all: COUNT }))
      .waitFor();
    await expectFitsTelephone(page);
    await third.letGo();
    await runs.getByText(t('run.asked', { count: COUNT })).waitFor();
    for (const { id } of bills) await world.settled(id);

    await page.goto(address('/bills'));
    for (const place of [1, 2]) await page.getByRole('checkbox').nth(place).check();
    await button(page, t('bulk.resync')).click();
    await button(page, t('resync.go')).click();
    await dialog.getByText(t('run.accepted', { count: 2 })).waitFor();
    await dialog.getByText(t('run.ofBills', { count: 2 })).waitFor();
    await expectNoBarriers(page);
    await picture(page, `chosen-result-${language}`);
    await button(dialog, t('act.close')).click();
    expect(browser.complaints).toEqual([]);
  });

  test('many bills show how far it is; it goes on when the page is closed, can be stopped, and gone on with', async () => {
    const { sandbox, bills } = await failByOneCause();
    const { pool } = world.database;
    const first = await browser.page(language, 'Bogholderen');
    await first.goto(address('/failures'));
    await using fifth = await holdBill(pool, bills[4]!.id);
    await first.locator('[data-failure=period-locked]').getByRole('button').click();
    await button(first, t('resync.go')).click();
    const going = first.getByRole('dialog', { name: t('run.resultTitle') });
    await going.getByText(t('run.going', { done: 4, all: COUNT })).waitFor();
    expect(await going.getByRole('progressbar').getAttribute('value')).toBe('4');
    await expectNoBarriers(first);
    await expectFocus(first, t('run.stop'));
    await picture(first, `cause-progress-${language}`);
    await first.close();

    await using ninth = await holdBill(pool, bills[8]!.id);
    await fifth.letGo();
    const page = await browser.page(language, 'Revisor');
    await page.goto(address('/failures'));
    const cause = page.locator('[data-failure=period-locked]');
    await cause.getByText(t('run.going', { done: 8, all: COUNT })).waitFor();
    await expectNoBarriers(page);
    await picture(page, `cause-going-on-${language}`);
    await cause.getByRole('button', { name: t('run.show') }).click();
    await button(page, t('run.stop')).click();
    // Pressed while a bill is being asked for: that one is asked for whole.
    await ninth.letGo();
    const result = page.getByRole('dialog', { name: t('run.resultTitle') });
    await button(page, t('run.goOn')).waitFor();
    const params = { companyId: world.company.id };
    const { items } = await world.client.listResyncRuns({ params });
    expect(items).toMatchObject([{ state: 'stopped', actor: 'Bogholderen', stoppedBy: 'Revisor' }]);
    const done = items[0]!.billsLookedAt;
    await result.getByText(t('run.stopped', { who: 'Revisor', done, all: COUNT })).waitFor();
    await result.getByText(t('run.accepted', { count: done })).waitFor();
    await expectNoBarriers(page);
    await picture(page, `cause-stopped-${language}`);
    const bulk = async () => {
      const all = await Promise.all(bills.map(({ id }) => world.attempts(id)));
      return all.map(
        (attempts) =>
          attempts.filter((each) => each.trigger === 'bulk' && each.outcome !== null).length,
      );
    };
    const once = bills.map((_, index) => (index < done ? 1 : 0));
    await world.until(bulk, (all) => all.join() === once.join());
    // Those of before failed once more; going on takes them with those that were left.
    sandbox.books.setup.lockedThrough = null;
    await button(page, t('run.goOn')).click();
    await page.getByText(t('failures.noneLeft')).waitFor();
    for (const { id } of bills) await world.settled(id);
    expect(await bulk()).toEqual(once.map((times) => times + 1));
    await page.keyboard.press('Escape');
    const runs = page.getByRole('table', { name: t('run.title') }).locator('tbody tr');
    await runs.filter({ hasText: t('run.asked', { count: COUNT }) }).waitFor();
    expect(await runs.count()).toBe(2);
    await expectNoBarriers(page);
    await picture(page, `resync-runs-${language}`);
    await runs.last().getByRole('button').click();
    await result.getByText(t('run.stopped', { who: 'Revisor', done, all: COUNT })).waitFor();
    expect(browser.complaints).toEqual([]);
  });

  test('chosen bills whose run was stopped go on from where it stood, from the list of runs', async () => {
    const { sandbox, bills } = await failByOneCause();
    const { pool } = world.database;
    const params = { companyId: world.company.id };
    const waiting = (statement: string) =>
      world.until(
        () => waitersOn(pool, statement),
        (pids) => pids.length > 0,
      );
    await using fifth = await holdBill(pool, bills[4]!.id);
    const of = { by: 'bills' as const, billIds: bills.map(({ id }) => id) };
    const { id: runId } = await world.client.startResyncRun({ params, body: { of } });
    await waiting('%bills%');
    const stopping = world.client.stopResyncRun({ params: { ...params, runId } });
    await waiting('%resync_runs%');
    await fifth.letGo();
    const { billsLookedAt } = await stopping;
    for (const { id } of bills) await world.settled(id);
    sandbox.books.setup.lockedThrough = null;
    const page = await browser.page(language, 'Revisor');
    await page.goto(address('/failures'));
    const runs = page.getByRole('table', { name: t('run.title') }).locator('tbody tr');
    await runs.getByRole('button', { name: t('run.show') }).click();
    await button(page, t('run.goOn')).click();
    const result = page.getByRole('dialog', { name: t('run.resultTitle') });
    await result.getByText(t('run.accepted', { count: COUNT })).waitFor();
    await expectNoBarriers(page);
    await picture(page, `resync-run-resumed-${language}`);
    for (const { id } of bills.slice(billsLookedAt)) {
      await world.settled(id);
      const outcomes = (await world.attempts(id)).map(({ trigger, outcome }) => [trigger, outcome]);
      expect(outcomes).toEqual([
        ['bulk', 'created'],
        ['change', 'failed'],
      ]);
    }
    expect(browser.complaints).toEqual([]);
  });

  test('a bill whose attempts are archived says where, and its log goes on', async () => {
    await world.connectJournal();
    const bill = await world.addBill();
    await world.settled(bill.id);
    const { pool } = world.database;
    const now = new Date();
    const next = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1));
    const [month] = await listMonthsBefore(pool, monthOf(next));
    await dropMonth(pool, month!.month, {
      actor: 'Driften',
      now: next,
      archivedTo: '/srv/arkiv/spor',
      attempts: month!.attempts,
    });
    const page = await browser.page(language);
    await page.goto(address(`/bills/${bill.id}/integrations`));
    const archived = page.getByRole('region', { name: t('log.archived') });
    await archived.getByText('/srv/arkiv/spor').waitFor();
    expect(await page.getByText(t('log.none')).count()).toBe(0);
    await expectNoBarriers(page);
    await picture(page, `archived-${language}`);
    expect(browser.complaints).toEqual([]);
  });
});

test('The page keeps up though changes come quicker than its answers', async () => {
  const t = words('da');
  const sandbox = await world.sandbox();
  sandbox.books.setup.lockedThrough = '2026-11-30';
  await world.connectSandbox();
  const page = await browser.page('da');
  await page.goto(address('/failures'));
  await page.getByText(t('failures.none')).waitFor();
  await page.route(/\/v1\/.*\/failures(\?|$)/, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 700));
    // Broken off meanwhile, there is nothing to go on with.
    await route.continue().catch(() => {});
  });
  const cause = page.locator('[data-failure=period-locked]');
  const giveUpAt = performance.now() + 60_000;
  while ((await cause.count()) === 0 && performance.now() < giveUpAt) await world.addBill();
  // The last bill was added a moment ago: it was seen while they came.
  expect(await cause.count()).toBe(1);
});
