/**
 * Many bills that fail by one cause, in a real browser: seen as one, mended once. And a bill whose older
 * attempts are archived says so where its log ends.
 */
import { describe, expect, test } from 'vitest';
import { failureText } from '../../src/messages/failure-text.ts';
import { dropMonth, listMonthsBefore } from '../../src/store/departing-months.ts';
import { monthOf } from '../../src/store/partitions.ts';
import { expectNoBarriers, type Language, words } from '../support/browser.ts';
import { address, browser, onScreen, picture, world } from '../support/screen.ts';

onScreen();

describe.each<Language>(['da', 'en'])('In %s', (language) => {
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
