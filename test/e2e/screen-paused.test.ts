/** An integration that is paused says why on each bill, and a person lets it try, also while it is trying. */
import { expect, test } from 'vitest';
import { failureText } from '../../src/messages/failure-text.ts';
import { expectNoBarriers, words } from '../support/browser.ts';
import { pauseForAnHour } from '../support/long-pause.ts';
import { address, browser, button, onScreen, picture, world } from '../support/screen.ts';

onScreen();

test('a paused integration says why and until when, and goes on when a person lets it try', async () => {
  const t = words('da');
  const name = 'Sandkassen';
  const sandbox = await world.sandbox();
  sandbox.tokens.revoked = true;
  const { id: connectionId } = await world.connectSandbox({}, { concurrent: 1 });
  const bills = [await world.addBill(), await world.addBill(), await world.addBill()];
  // No probe of its own while this test looks.
  await pauseForAnHour(world, connectionId);

  const page = await browser.page('da', 'Bogholderen');
  const banner = page.getByRole('note');
  await page.goto(address('/bills'));
  await banner.getByText(new RegExp(`^${name} er på pause til `)).waitFor();
  await picture(page, 'paused-list');
  await page.goto(address(`/bills/${bills[0]!.id}/integrations`));
  await banner.getByText(new RegExp(`^${name} er på pause til `)).waitFor();
  const { title, remedy } = failureText('signed-out', 'da', null);
  await banner.getByText(`${title}. ${remedy}`).waitFor();
  await banner.getByRole('link', { name: t('connection.toSettings') }).waitFor();
  await banner.getByText(t('connection.due', { count: bills.length })).waitFor();
  await expectNoBarriers(page);
  await picture(page, 'paused');

  // Nothing is mended: while it is tried, the banner says that; then that it is paused, as before.
  sandbox.faults.next({ kind: 'delay', on: 'token', delayMs: 6_000 });
  await button(page, t('connection.tryNow')).click();
  await banner.getByText(t('connection.pausedTrying', { name })).waitFor();
  await picture(page, 'paused-trying');
  await banner.getByText(new RegExp(`^${name} er på pause til `)).waitFor();
  await pauseForAnHour(world, connectionId);

  // Mended while it is being tried: pressed again, it goes on.
  const asked = sandbox.received.length;
  sandbox.faults.next({ kind: 'delay', on: 'token', delayMs: 3_000 });
  await button(page, t('connection.tryNow')).click();
  await world.until(
    async () => sandbox.received.length,
    (requests) => requests > asked,
  );
  await button(page, t('connection.tryNow')).click();
  sandbox.tokens.revoked = false;
  await banner.waitFor({ state: 'detached' });
  for (const { id } of bills) {
    const postings = await world.settled(id);
    expect(postings.map(({ state }) => state)).toEqual(['in-step']);
  }
  expect(sandbox.books.counts()).toMatchObject({ invoices: bills.length, duplicates: [] });
  expect(browser.complaints).toEqual([]);
});
