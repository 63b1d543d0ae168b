/** Live updates over the wire: what one person does is heard by whoever looks at that company. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWorld, type World } from '../../test/support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const listen = async (companyId: string) => {
  const response = await world.client.live({ params: { companyId } });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  expect(response.headers.get('cache-control')).toBe('no-store');
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let heard = '';
  return {
    async until(part: string): Promise<string> {
      while (!heard.includes(part)) {
        const { value, done } = await reader.read();
        if (done) throw new Error(`The stream ended; heard: ${heard}`);
        heard += value;
      }
      return heard;
    },
    end: () => reader.cancel(),
  };
};

test('A bill that is added, changed and synced is heard, and only in its own company', async () => {
  const other = await world.client.createCompany({ body: { name: 'Anden ApS' } });
  const ours = await listen(world.company.id);
  const theirs = await listen(other.id);
  await ours.until('event: ping');
  await theirs.until('event: ping');
  const connection = await world.connectJournal();
  await ours.until(`"connectionId":"${connection.id}"`);
  const bill = await world.addBill();
  await ours.until(`{"billId":"${bill.id}","connectionId":null}`);
  await ours.until(`{"billId":"${bill.id}","connectionId":"${connection.id}"}`);
  const { bill: foreign } = await world.client.addBill({
    params: { companyId: other.id },
    body: {
      number: 'X-1',
      supplier: { name: 'Demo A/S' },
      issuedOn: '2026-11-02',
      currency: 'DKK',
      lines: [{ net: '1' }],
    },
  });
  expect(await theirs.until(foreign.id)).not.toContain(bill.id);
  await ours.end();
  await theirs.end();
});

test('When the line to the database breaks, everybody is told to look at everything, and hears on', async () => {
  const events = await listen(world.company.id);
  await events.until('event: ping');
  await world.database.pool.query(
    `select pg_terminate_backend(pid)
     from pg_stat_activity
     where datname = current_database() and application_name = 'spor'
       and query in ('listen spor_live', 'select 1')`,
  );
  await events.until('{"billId":null,"connectionId":null}');
  const bill = await world.addBill();
  await events.until(bill.id);
  await events.end();
});

test('A service that stops ends the streams of those who listen', async () => {
  const short = await startWorld();
  const response = await short.client.live({ params: { companyId: short.company.id } });
  const reading = response.text().catch(() => 'cut');
  await short.stop();
  await reading;
});

test('In capital letters a company is heard of alike, and who asks for the head alone gets no stream', async () => {
  const ours = await listen(world.company.id.toUpperCase());
  await ours.until('event: ping');
  const bill = await world.addBill();
  await ours.until(`"billId":"${bill.id}"`);
  await ours.end();
  const address = `${world.service.url}/v1/companies/${world.company.id}/live`;
  const head = await fetch(address, { method: 'HEAD' });
  expect(head.status).toBe(200);
  expect(head.headers.get('content-type')).toBe('text/event-stream');
});
