/**
 * What people do in the accounting system behind our back, as a person sees it here: what was changed
 * is decided on the bill, what was deleted is created again, and a reconciliation finds the rest.
 */
import { beforeEach, describe, expect, test } from 'vitest';
import type { SandboxSystem } from '../../src/sdk/testing/sandbox-system.ts';
import { expectFitsTelephone, expectNoBarriers, type Language, words } from '../support/browser.ts';
import { address, browser, button, onScreen, picture, world } from '../support/screen.ts';

let system: SandboxSystem;
onScreen();
beforeEach(async () => {
  system = await world.sandbox({ uniqueNumbers: true });
  await world.connectSandbox();
});

const inStep = async (note: string) => {
  const bill = await world.addBill({ note });
  const [posting] = await world.settled(bill.id);
  return { bill, reference: posting!.id };
};
const edited = (billId: string, dueOn: string) =>
  world.client.editBill({ params: { companyId: world.company.id, billId }, body: { dueOn } });
const memos = () => [...system.books.invoices.all()].map(({ memo }) => memo);

// In Danish; the main story (`screen.test.ts`) is told in both languages.
describe.each<Language>(['da'])('In %s', (language) => {
  const t = words(language);
  const sentence = (key: string) => t(`sentence.${key}`, { name: t('posting.supplier-invoice') });

  test('what was changed there is shown with its three values, and a person keeps or overwrites it', async () => {
    const { bill, reference } = await inStep('fra bilaget');
    system.books.editByHand(reference, 'rettet i regnskabet');
    await edited(bill.id, '2026-12-15');
    const page = await browser.page(language, 'Bogholderen');
    await page.goto(address(`/bills/${bill.id}/integrations`));
    await page.getByText(sentence('changed')).waitFor();
    const values = page.getByRole('table', { name: t('decision.title') });
    await values.getByRole('row', { name: /rettet i regnskabet.*fra bilaget/ }).waitFor();
    await expectNoBarriers(page);
    await picture(page, `changed-${language}`);
    await expectFitsTelephone(page);

    await button(page, t('decision.keep')).click();
    const kept = page.getByRole('table', { name: t('decision.kept') });
    await kept.getByText('rettet i regnskabet').waitFor();
    await expectNoBarriers(page);
    await picture(page, `kept-${language}`);
    await expectFitsTelephone(page);
    expect(memos()).toEqual(['rettet i regnskabet']);
    await page.goto(address(`/bills/${bill.id}/activity`));
    await page.getByText(t('activity.kept-in-target')).waitFor();
    await page.getByText('Bogholderen').first().waitFor();
    await expectNoBarriers(page);
    await picture(page, `kept-activity-${language}`);

    await page.goto(address(`/bills/${bill.id}/integrations`));
    await button(page, t('decision.useBill')).click();
    await kept.waitFor({ state: 'detached' });
    await world.until(
      async () => memos(),
      ([memo]) => memo === 'fra bilaget',
    );
    expect(browser.complaints).toEqual([]);
  });

  test('what the rule of the integration decided is shown on the attempt, with the three values', async () => {
    const { bill, reference } = await inStep('fra bilaget');
    const params = { companyId: world.company.id, billId: bill.id };
    const [attempt] = await world.attempts(bill.id);
    const ofConnection = { companyId: params.companyId, connectionId: attempt!.connectionId };
    const { rules } = await world.client.getConnection({ params: ofConnection });
    await world.client.editConnection({
      params: ofConnection,
      body: { rules: { ...rules, onConflict: 'bill-wins' } },
    });
    await world.settled(bill.id);
    system.books.editByHand(reference, 'rettet i regnskabet');
    await edited(bill.id, '2026-12-15');
    await world.until(
      async () => memos(),
      ([memo]) => memo === 'fra bilaget',
    );
    // Not the newest: the rules that were changed ask for an attempt of their own, before or after it.
    const decided = await world.until(
      async () => (await world.attempts(bill.id)).find(({ outcome }) => outcome === 'updated'),
      (found) => found !== undefined,
    );
    const page = await browser.page(language, 'Bogholderen');
    await page.goto(address(`/bills/${bill.id}/integrations/${decided!.id}`));
    await page.getByText(t('attempt.decided-bill-wins')).waitFor();
    const values = page.getByRole('table', { name: t('attempt.conflicts') });
    await values
      .getByRole('row', { name: /fra bilaget.*rettet i regnskabet.*fra bilaget/ })
      .waitFor();
    await expectNoBarriers(page);
    await picture(page, `decided-${language}`);
    await expectFitsTelephone(page);
    expect(browser.complaints).toEqual([]);
  });

  test('what was deleted there says so, and is created again when a person asks', async () => {
    const { bill, reference } = await inStep('slettes');
    system.books.deleteByHand(reference);
    await edited(bill.id, '2026-12-15');
    const page = await browser.page(language, 'Bogholderen');
    await page.goto(address(`/bills/${bill.id}/integrations`));
    await page.getByText(sentence('deleted')).waitFor();
    await expectNoBarriers(page);
    await picture(page, `deleted-${language}`);
    // The dialog says it, too.
    await button(page, t('resync.open')).click();
    const dialog = page.getByRole('dialog', { name: t('resync.recreate') });
    await dialog.getByText(t('resync.will-recreate')).waitFor();
    await button(page, t('act.cancel')).click();
    await button(page, t('resync.recreate')).click();
    await world.until(
      async () => system.books.count(reference),
      (count) => count === 1,
    );
    await button(page, t('resync.recreate')).waitFor({ state: 'detached' });
    expect(browser.complaints).toEqual([]);
  });

  test('what was deleted of many bills is created again at once, when a person asks for just that', async () => {
    const deleted = [await inStep('slettes'), await inStep('slettes også')];
    for (const { bill, reference } of deleted) {
      system.books.deleteByHand(reference);
      await edited(bill.id, '2026-12-15');
      await world.settled(bill.id);
    }
    const page = await browser.page(language, 'Bogholderen');
    await page.goto(address('/failures'));
    const cause = page.locator('[data-failure=deleted-in-target]');
    await cause.getByText(t('failures.failing', { count: 2 })).waitFor();
    await expectNoBarriers(page);
    await picture(page, `deleted-cause-${language}`);
    await expectFitsTelephone(page);
    await cause.getByRole('button').click();
    const dialog = page.getByRole('dialog', { name: t('bulk.recreateTitle', { count: 2 }) });
    await dialog.getByText(t('failures.isMistake')).waitFor();
    await expectNoBarriers(page);
    await picture(page, `deleted-cause-dialog-${language}`);
    await dialog.getByRole('button', { name: t('resync.recreate') }).click();
    await world.until(
      async () => deleted.map(({ reference }) => system.books.count(reference)),
      (counts) => counts.join() === '1,1',
    );
    await page.getByText(t('failures.noneLeft')).waitFor();
    await page.keyboard.press('Escape');
    await page.getByText(t('run.recreating')).waitFor();
    await page.goto(address(`/bills/${deleted[0]!.bill.id}/activity`));
    await page.getByText(t('activity.recreate-requested')).waitFor();
    expect(browser.complaints).toEqual([]);
  });

  test('what is booked there and can be changed no more is credited and made anew when a person asks', async () => {
    const { items } = await world.client.listConnections({
      params: { companyId: world.company.id },
    });
    await world.client.editConnection({
      params: { companyId: world.company.id, connectionId: items[0]!.id },
      body: { settings: { ...items[0]!.settings, credits: true } },
    });
    const { bill, reference } = await inStep('fra bilaget');
    system.books.closeByHand(reference);
    await edited(bill.id, '2026-12-15');
    const page = await browser.page(language, 'Bogholderen');
    await page.goto(address(`/bills/${bill.id}/integrations`));
    await button(page, t('decision.replace')).waitFor();
    await expectNoBarriers(page);
    await picture(page, `locked-${language}`);
    await button(page, t('decision.replace')).focus();
    await page.keyboard.press('Enter');
    const ask = page.getByRole('dialog', { name: t('decision.replaceTitle') });
    await ask.getByText(t('decision.replaceHelp', { connection: 'Sandkassen' })).waitFor();
    await expectNoBarriers(page);
    await picture(page, `replace-ask-${language}`);
    // Changed one's mind: nothing was done.
    await page.keyboard.press('Escape');
    await ask.waitFor({ state: 'detached' });
    await button(page, t('decision.replace')).click();
    await button(ask, t('decision.replace')).click();
    const log = page.getByRole('table', { name: t('log.title') });
    await log.getByText(t('outcome.replaced')).waitFor();
    await ask.waitFor({ state: 'detached' });
    await expectNoBarriers(page);
    await picture(page, `replaced-${language}`);
    expect([...system.books.invoices.all()]).toMatchObject([{ dueOn: '2026-12-15' }]);
    await page.goto(address(`/bills/${bill.id}/activity`));
    await page.getByText(t('activity.replace-requested')).waitFor();
    await expectNoBarriers(page);
    await picture(page, `replaced-activity-${language}`);
    expect(browser.complaints).toEqual([]);
  });

  test('what somebody booked there by hand is linked when a person asks, and stays as it is', async () => {
    const { reference } = await inStep('fra bilaget');
    const number = `H-${language}`;
    const byHand = system.books.bookByHand(reference, { number, memo: 'ved hånd' });
    const bill = await world.addBill({ number, note: 'fra bilaget' });
    const page = await browser.page(language, 'Bogholderen');
    await page.goto(address(`/bills/${bill.id}/integrations`));
    await button(page, t('decision.link')).waitFor();
    await expectNoBarriers(page);
    await picture(page, `taken-${language}`);
    await button(page, t('decision.link')).focus();
    await page.keyboard.press('Enter');
    const ask = page.getByRole('dialog', { name: t('decision.linkTitle') });
    await ask.getByText(t('decision.linkHelp', { connection: 'Sandkassen' })).waitFor();
    await ask.getByText(`Number ${number} is in use`).waitFor();
    await expectNoBarriers(page);
    await picture(page, `link-ask-${language}`);
    await page.keyboard.press('Escape');
    await ask.waitFor({ state: 'detached' });
    await button(page, t('decision.link')).click();
    await button(ask, t('decision.link')).click();
    const log = page.getByRole('table', { name: t('log.title') });
    await log.getByText(t('outcome.linked')).waitFor();
    await ask.waitFor({ state: 'detached' });
    await page.getByRole('table', { name: t('decision.kept') }).waitFor();
    await expectNoBarriers(page);
    await picture(page, `linked-${language}`);
    const numbered = [...system.books.invoices.all()].filter((one) => one.number === number);
    expect(numbered).toEqual([byHand]);
    await page.goto(address(`/bills/${bill.id}/activity`));
    await page.getByText(t('activity.link-requested')).waitFor();
    expect(browser.complaints).toEqual([]);
  });

  test('what was booked there by hand is linked for many bills at once, where it is alike', async () => {
    const { reference } = await inStep('fra bilaget');
    const [same, other] = [`A-${language}`, `B-${language}`];
    system.books.bookByHand(reference, { number: same, memo: 'ved hånd' });
    system.books.bookByHand(reference, { number: other, issuedOn: '2026-10-01' });
    const bills = [await world.addBill({ number: same }), await world.addBill({ number: other })];
    for (const { id } of bills) await world.settled(id);
    const page = await browser.page(language, 'Bogholderen');
    await page.goto(address('/failures'));
    const row = page.locator('tr[data-failure="number-taken"]');
    await row.getByRole('button').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(t('failures.linkHelp', { connection: 'Sandkassen' })).waitFor();
    await dialog.getByRole('checkbox', { name: t('failures.link') }).check();
    await expectNoBarriers(page);
    await picture(page, `link-many-ask-${language}`);
    await button(dialog, t('resync.go')).click();
    await dialog.getByText(t('failures.noneLeft')).waitFor();
    await picture(page, `link-many-done-${language}`);
    await button(dialog, t('act.close')).click();
    await page.getByText(t('run.linking')).first().waitFor();
    await expectNoBarriers(page);
    await page.goto(address(`/bills/${bills[1]!.id}/integrations`));
    const values = page.getByRole('table', { name: t('attempt.otherwise') });
    await values.getByRole('rowheader', { name: t('field.issuedOn') }).waitFor();
    await button(page, t('decision.link')).waitFor();
    await expectNoBarriers(page);
    await picture(page, `booked-otherwise-${language}`);
    await page.goto(address(`/bills/${bills[0]!.id}/integrations`));
    const log = page.getByRole('table', { name: t('log.title') });
    await log.getByText(t('outcome.linked')).waitFor();
    // No longer in the way of what comes next.
    await world.client.cancelBill({
      params: { companyId: world.company.id, billId: bills[1]!.id },
    });
    expect(browser.complaints).toEqual([]);
  });

  test('a reconciliation finds what is missing, and each row leads to the bill', async () => {
    const page = await browser.page(language, 'Bogholderen');
    await page.goto(address('/reconciliation'));
    await page.getByText(t('reconcile.none')).waitFor();
    await expectNoBarriers(page);
    await picture(page, `reconcile-empty-${language}`);

    await inStep('ens');
    const changed = await inStep('ændres');
    const deleted = await inStep('slettes');
    system.books.editByHand(changed.reference, 'rettet i regnskabet');
    system.books.deleteByHand(deleted.reference);
    system.faults.atRandom({
      seed: 1,
      probability: 1,
      faults: [{ kind: 'delay', on: 'read', delayMs: 1_000 }],
    });
    await page.reload();
    await button(page, t('reconcile.start')).click();
    await page.getByRole('progressbar').waitFor();
    await expectNoBarriers(page);
    await picture(page, `reconcile-progress-${language}`);
    await page.getByText(deleted.bill.number).waitFor();
    await page.getByRole('progressbar').waitFor({ state: 'detached' });
    await expectNoBarriers(page);
    await picture(page, `reconcile-${language}`);
    await expectFitsTelephone(page);

    const verdicts = page.getByRole('navigation', { name: t('reconcile.verdicts') });
    await verdicts.getByRole('link', { name: t('verdict.missing') }).click();
    await page.getByText(t('verdict.why-deleted'), { exact: true }).waitFor();
    await page.getByText(changed.bill.number).waitFor({ state: 'detached' });
    await expectNoBarriers(page);
    await page.getByLabel(t('reconcile.recreate')).check();
    await picture(page, `reconcile-missing-${language}`);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: t('reconcile.csv') }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^afstemning-.*\.csv$/);
    await button(page, t('reconcile.resync')).click();
    await world.until(
      async () => system.books.count(deleted.reference),
      (count) => count === 1,
    );
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: new RegExp(deleted.bill.number) }).click();
    await page.getByText(t('log.title')).waitFor();
    expect(browser.complaints).toEqual([]);
  }, 180_000);
});
