/**
 * The mission as a person sees it, in a real browser, in Danish and in English: e-invoices come in,
 * postings appear in a real ledger, the ledger goes away and the failure is explained, it comes back,
 * and a person syncs again.
 */
import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { expectFitsTelephone, expectNoBarriers, type Language, words } from '../support/browser.ts';
import { address, browser, button, onScreen, world } from '../support/screen.ts';

const SAMPLES = fileURLToPath(new URL('../../src/intake/samples/', import.meta.url));
const INVOICES = ['rent-2026-11.xml', 'electricity-2026-10.xml', 'phone-credit-note-2026-11.xml'];

onScreen();

/** One of a bill's tabs, in whichever language. */
const tab = (page: Page, name: string) =>
  page
    .getByRole('navigation', {
      name: new RegExp(`^(${words('da')('bill.tabs')}|${words('en')('bill.tabs')})$`),
    })
    .getByRole('link', { name, exact: true });
const row = (page: Page, text: string) => page.getByRole('row').filter({ hasText: text });

describe.each<Language>(['da', 'en'])('In %s', (language) => {
  const t = words(language);
  const person = language === 'da' ? 'Bogholderen' : 'The bookkeeper';
  const posting = t('posting.supplier-invoice');

  test('e-invoices are imported, posted in the ledger, fail, are explained, mended, and synced again', async () => {
    await world.connectJournal({}, {});
    const page = await browser.page(language, person);
    await page.goto(address('/bills'));
    await page.getByText(t('bills.none')).waitFor();
    await expectNoBarriers(page);

    // Real e-invoices come in through the file picker.
    await page
      .locator('input[type=file]')
      .first()
      .setInputFiles(INVOICES.map((name) => join(SAMPLES, name)));
    const rent = row(page, 'H-10297');
    await rent.getByText(t('sync.in-step')).waitFor();
    await world.until(
      () => row(page, t('sync.in-step')).count(),
      (count) => count === INVOICES.length,
    );
    await expectNoBarriers(page);
    await expectFitsTelephone(page);
    const journal = () => readFile(join(world.folder, 'spor', '2026-10.journal'), 'utf8');
    expect(await journal()).toContain('(H-10297) Eksempelgårdens Ejendomme A/S');

    // The bill, its tab, and the log.
    await rent
      .getByRole('link', { name: /H-10297|Eksempelgårdens/ })
      .first()
      .click();
    await tab(page, t('bill.integrations')).click();
    await page.getByText(t('log.title')).waitFor();
    await row(page, posting).getByText(t('outcome.created')).waitFor();
    await expectNoBarriers(page);
    await expectFitsTelephone(page);

    // The ledger goes away, and somebody changes the due date.
    await rename(world.folder, `${world.folder}-away`);
    await tab(page, t('bill.details')).click();
    await page.getByLabel(t('field.note')).first().fill('Aftalt med udlejer');
    await button(page, t('form.save')).click();
    await tab(page, t('bill.integrations')).click();
    await page.getByText(t('connection.paused'), { exact: false }).first().waitFor();
    const failed = row(page, t('outcome.failed')).first();
    await failed.waitFor();
    await expectNoBarriers(page);
    await failed.getByRole('link').first().click();
    await page.getByText(t('failure.whatToDo')).first().waitFor();
    await page.getByText(t('failure.original')).first().waitFor();
    await expectNoBarriers(page);
    await expectFitsTelephone(page);

    // It comes back, and a person syncs again.
    await rename(`${world.folder}-away`, world.folder);
    await tab(page, t('bill.integrations')).click();
    await button(page, t('resync.open')).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('radio', { name: new RegExp(`^${posting}`) }).waitFor();
    await expectNoBarriers(page);
    await button(page, t('resync.go')).click();
    // Spor may have found by itself that the ledger is back, a moment before the person asked.
    const inLine = new RegExp(`${t('outcome.updated')}|${t('outcome.unchanged')}`);
    await row(page, person).filter({ hasText: inLine }).first().waitFor();
    expect(await journal()).toContain('Aftalt med udlejer');

    // And it is in the activity log, by name.
    await tab(page, t('bill.activity')).click();
    const asked = page.getByText(t('activity.sync-requested'), { exact: false }).first();
    await asked.waitFor();
    await page.getByText(person).first().waitFor();
    await page.getByText(inLine).first().waitFor();
    await expectNoBarriers(page);
    expect(browser.complaints).toEqual([]);
  });
});

describe('The mission, on the screen', () => {
  const t = words('da');

  test('In bill-pay products, each bill (bilag) has a tab Integrationer.', async () => {
    await world.connectJournal();
    const bill = await world.addBill();
    const page = await browser.page('da');
    await page.goto(address(`/bills/${bill.id}`));
    await tab(page, 'Integrationer').click();
    await page.getByText('Integrationslog').waitFor();
    expect(page.url()).toContain('/integrations');
  });

  test('You pick an integration from a menu and see its integration log: every successful and failed attempt to sync that bill with the accounting system, automatic or manual, with the error message where one failed and what to do about it.', async () => {
    const sandbox = await world.sandbox();
    const journal = await world.connectJournal();
    await world.connectSandbox();
    sandbox.books.setup.lockedThrough = '2026-11-30';
    const bill = await world.addBill();
    await world.settled(bill.id);
    await world.client.resync({
      params: { companyId: world.company.id, billId: bill.id },
      body: { connectionId: journal.id, posting: 'supplier-invoice' },
    });
    await world.until(
      () => world.attempts(bill.id),
      (attempts) => attempts.some(({ outcome }) => outcome === 'unchanged'),
    );
    const page = await browser.page('da');
    await page.goto(address(`/bills/${bill.id}/integrations`));
    const choose = async (integration: string) => {
      await page.getByRole('button', { name: /Integration$/ }).click();
      await page.getByRole('option', { name: integration }).click();
    };
    await choose('Regnskab');
    await row(page, 'Manuel').getByText('Uændret').waitFor();
    await row(page, 'Automatisk').getByText('Oprettet').waitFor();
    await choose('Sandkassen');
    const failed = row(page, 'Automatisk').filter({ hasText: 'Fejlet' });
    await failed.getByText(/Regnskabsperioden er lukket/).waitFor();
    expect(await row(page, 'Manuel').count()).toBe(0);
    await failed.getByRole('link').first().click();
    await page.getByText('Hvad gør jeg:').first().waitFor();
    await page.getByText('The books are closed through 2026-11-30').first().waitFor();
  });

  test('The button Synkroniser igen opens a dialog: choose the posting to sync — Leverandørfaktura (supplier invoice) or Leverandørbetaling (supplier payment; not offered while the bill has no payment and is not marked as paid) — and press Gensynkroniser.', async () => {
    const sandbox = await world.sandbox();
    await world.connectSandbox();
    const bill = await world.addBill();
    await world.settled(bill.id);
    const page = await browser.page('da');
    await page.goto(address(`/bills/${bill.id}/integrations`));
    await button(page, 'Synkroniser igen').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('radio', { name: /^Leverandørfaktura/ }).waitFor();
    expect(await dialog.getByRole('radio', { name: /^Leverandørbetaling/ }).count()).toBe(0);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });

    await button(page, 'Marker som betalt').click();
    await world.until(
      () => world.postings(bill.id),
      (all) => all.length === 2 && all.every(({ state }) => state === 'in-step'),
    );
    await button(page, 'Synkroniser igen').click();
    await dialog.getByRole('radio', { name: /^Leverandørbetaling/ }).check();
    await button(page, 'Gensynkroniser').click();
    await row(page, 'Manuel')
      .filter({ hasText: 'Leverandørbetaling' })
      .getByText('Uændret')
      .waitFor();
    expect(sandbox.books.counts()).toMatchObject({ invoices: 1, payments: 1, duplicates: [] });
  });

  test('pressed in two browsers at once, it never makes two postings', async () => {
    const sandbox = await world.sandbox();
    sandbox.books.setup.lockedThrough = '2026-11-30';
    await world.connectSandbox();
    const bill = await world.addBill();
    await world.settled(bill.id);
    sandbox.books.setup.lockedThrough = null;
    const pages = await Promise.all([
      browser.page('da', 'Den ene'),
      browser.page('en', 'The other'),
    ]);
    await Promise.all(pages.map((page) => page.goto(address(`/bills/${bill.id}/integrations`))));
    await Promise.all([
      button(pages[0], 'Synkroniser igen').click(),
      button(pages[1], words('en')('resync.open')).click(),
    ]);
    await Promise.all([
      button(pages[0], 'Gensynkroniser').click(),
      button(pages[1], words('en')('resync.go')).click(),
    ]);
    await row(pages[0], 'Manuel').getByText('Oprettet').waitFor();
    await world.settled(bill.id);
    expect(sandbox.books.counts()).toMatchObject({ invoices: 1, duplicates: [] });
  });

  test('what somebody typed is kept when another changed the bill meanwhile', async () => {
    await world.connectJournal();
    const bill = await world.addBill();
    const page = await browser.page('da');
    await page.goto(address(`/bills/${bill.id}/details`));
    const note = page.getByLabel('Note').first();
    await note.fill('Min note');
    await world.client.editBill({
      params: { companyId: world.company.id, billId: bill.id },
      body: { note: 'En andens note' },
    });
    await page.getByText(t('form.conflictTitle')).waitFor();
    expect(await page.getByText('Min note').or(note).first().isVisible()).toBe(true);
    await button(page, t('form.keepMine')).click();
    await button(page, t('form.save')).click();
    await world.until(
      () => world.client.getBill({ params: { companyId: world.company.id, billId: bill.id } }),
      (now) => now.note === 'Min note',
    );
  });

  test('a wrong number and day are put right on the page, and undone; the head says how it is synced', async () => {
    await world.connectJournal();
    const bill = await world.addBill({ number: 'F-1', issuedOn: '2026-11-03' });
    const now = () =>
      world.client.getBill({ params: { companyId: world.company.id, billId: bill.id } });
    const page = await browser.page('da');
    await page.goto(address(`/bills/${bill.id}/details`));
    await page.locator('.bill-head').getByText(t('sync.in-step')).waitFor();
    await page.getByLabel(t('field.number'), { exact: true }).fill(' ');
    await page.getByText(t('form.numberWrong')).waitFor();
    await page.getByLabel(t('field.number'), { exact: true }).fill('F-2');
    await page.getByLabel(t('field.issuedOn'), { exact: true }).fill('4.11.2026');
    await button(page, t('form.save')).click();
    await world.until(now, ({ number, issuedOn }) => number === 'F-2' && issuedOn === '2026-11-04');
    await page.locator('.bill-head').getByText('F-2').waitFor();
    await button(page, t('act.undo')).click();
    await world.until(now, ({ number, issuedOn }) => number === 'F-1' && issuedOn === '2026-11-03');
  });

  test('a payment of too much, or of a day to come, is said; marked as paid by mistake, it is undone', async () => {
    await world.connectJournal();
    const bill = await world.addBill();
    const page = await browser.page('da');
    await page.goto(address(`/bills/${bill.id}/details`));
    await button(page, t('bill.pay')).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel(t('bill.payAmount', { currency: 'DKK' })).fill('125,01');
    await dialog.getByText(t('bill.payTooMuch')).waitFor();
    await dialog.getByLabel(t('bill.paidOn')).first().fill('31.12.2099');
    await dialog.getByText(t('bill.payAhead')).waitFor();
    await button(dialog, t('act.cancel')).click();
    await button(page, t('bill.markAsPaid')).click();
    const settled = page.locator('.bill-head').getByText(t('status.settled'), { exact: true });
    await settled.waitFor();
    await button(page, t('act.undo')).click();
    await settled.waitFor({ state: 'detached' });
    const now = await world.client.getBill({
      params: { companyId: world.company.id, billId: bill.id },
    });
    expect(now.payments).toEqual([]);
  });

  test('who changes the amounts of an approved bill is told what that means', async () => {
    const bill = await world.addBill();
    const params = { companyId: world.company.id, billId: bill.id };
    const page = await browser.page('da');
    await page.goto(address(`/bills/${bill.id}/details`));
    const net = page.getByLabel(t('field.line', { line: '1', name: t('field.net') }));
    const told = page.getByText(t('form.approvedAmounts'));
    await net.fill('200');
    expect(await told.count()).toBe(0);
    await world.client.approveBill({ params });
    await told.waitFor();
    await button(page, t('form.drop')).click();
    await told.waitFor({ state: 'detached' });
  });

  test('the way back from a bill leads to the list as it was narrowed', async () => {
    await world.addBill({ number: 'F-77' });
    await world.addBill({ number: 'F-78' });
    const page = await browser.page('da');
    await page.goto(address('/bills?search=F-77'));
    await page.getByRole('link', { name: /F-77/ }).first().click();
    await page.locator('.way-back').click();
    await page.waitForURL(/search=F-77/);
    await page.getByText('F-77').waitFor();
    expect(await page.getByText('F-78').count()).toBe(0);
  });
});
