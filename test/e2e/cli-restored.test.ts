/** A backup of Spor's database is put back, and is older than what was booked. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { startWorld } from '../support/world.ts';

const SPOR = fileURLToPath(new URL('../../bin/spor', import.meta.url));

test('spor restored: what was made since the backup is found and linked, not made twice', async () => {
  const world = await startWorld();
  const { database } = world;
  const restored = async () => {
    const env = { ...process.env, DATABASE_URL: database.url };
    return (await promisify(execFile)(SPOR, ['restored'], { env })).stdout;
  };
  try {
    const system = await world.sandbox();
    // Quiet for so long that there is a backup before the first attempt.
    await world.connectSandbox({ quietMs: 3_000, quietAtMostMs: 3_000 });
    const bill = await world.addBill();
    await world.service.stop();
    await database.backUp();
    await world.restart();
    await world.settled(bill.id);
    expect([...system.books.invoices.all()]).toHaveLength(1);

    await world.service.stop();
    await database.restore();
    expect(await restored()).toBe('Prøve ApS: 1 posting will be looked for before it is made.\n');
    expect(await restored()).toBe('Prøve ApS: nothing has to be looked for.\n');
    await world.restart();
    await world.settled(bill.id);
    expect(await world.attempts(bill.id)).toMatchObject([{ outcome: 'linked' }]);
    expect([...system.books.invoices.all()]).toHaveLength(1);
  } finally {
    await world.stop();
  }
}, 90_000);
