/** Asking for a reconciliation: by a person, and every night for the bills of the last 90 days. */
import { addDays, dayOf } from '../core/day.ts';
import { NIGHT_DAYS } from '../core/reconciliation.ts';
import { wakeLane } from '../store/lanes.ts';
import { notifyLive, notifyWake } from '../store/notices.ts';
import type { Queryable } from '../store/pool.ts';
import { insertReconciliation } from '../store/reconciliations.ts';
import type { WorkerContext } from './engine.ts';
import type { WantedReconciliation } from './reconciliation-store.ts';

/** False: this connection has one under way. */
export async function startReconciliation(
  db: Queryable,
  wanted: WantedReconciliation,
  now: Date,
): Promise<boolean> {
  if (!(await insertReconciliation(db, wanted, now))) return false;
  const { companyId, connectionId } = wanted;
  await wakeLane(db, { companyId, connectionId }, now);
  await notifyWake(db, companyId, connectionId);
  await notifyLive(db, [{ companyId, connectionId, billId: null }]);
  return true;
}

const NIGHT_BEGINS_AT = 3;
const AT_ONCE = 200;
/** Nights kept. */
const NIGHTS = 30;

/** Called now and then: from three in the night on, once a night for each connection that wants it. */
export async function startNightly({ store, clock, ids }: WorkerContext): Promise<number> {
  const now = clock.now();
  if (hourIn(now) < NIGHT_BEGINS_AT) return 0;
  const nightOn = dayOf(now);
  const fromOn = addDays(nightOn, 0 - NIGHT_DAYS);
  const { reconciliation } = store;
  let started = 0;
  for (const lane of await reconciliation.withoutNight({ nightOn, fromOn }, AT_ONCE)) {
    const wanted = { ...lane, id: ids.next(), fromOn, toOn: nightOn, nightOn, actor: null };
    if (await reconciliation.start(wanted, now)) started += 1;
  }
  if (started > 0) await reconciliation.forgetNights(addDays(nightOn, 0 - NIGHTS));
  return started;
}

function hourIn(instant: Date, timeZone = 'Europe/Copenhagen'): number {
  const hour = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', hourCycle: 'h23' });
  return Number(hour.format(instant));
}
