/** Asking for a reconciliation: by a person, and every night for the bills of the last 90 days. */
import { addDays, type Day, dayOf } from '../core/day.ts';
import { NIGHT_DAYS } from '../core/reconciliation.ts';
import { wakeLane } from '../store/lanes.ts';
import { forgetNights, withoutNight } from '../store/nightly-reconciliations.ts';
import { notifyLive, notifyWake } from '../store/notices.ts';
import { type Queryable, transaction } from '../store/pool.ts';
import { insertReconciliation } from '../store/reconciliations.ts';
import type { EngineContext } from './engine.ts';

/** Its id; null: this connection has one under way. */
export async function startReconciliation(
  db: Queryable,
  { ids, clock }: Pick<EngineContext, 'ids' | 'clock'>,
  given: {
    companyId: string;
    connectionId: string;
    fromOn: Day;
    toOn: Day;
    nightOn: Day | null;
    actor: string | null;
  },
): Promise<string | null> {
  const id = ids.next();
  const now = clock.now();
  if (!(await insertReconciliation(db, { id, ...given }, now))) return null;
  const { companyId, connectionId } = given;
  await wakeLane(db, { companyId, connectionId }, now);
  await notifyWake(db, companyId, connectionId);
  await notifyLive(db, [{ companyId, connectionId, billId: null }]);
  return id;
}

const NIGHT_BEGINS_AT = 3;
const AT_ONCE = 200;
/** Nights kept. */
const NIGHTS = 30;

/** Called now and then: from three in the night on, once a night for each connection that wants it. */
export async function startNightly(context: EngineContext): Promise<number> {
  const { pool, clock } = context;
  const now = clock.now();
  if (hourIn(now) < NIGHT_BEGINS_AT) return 0;
  const nightOn = dayOf(now);
  const fromOn = addDays(nightOn, 0 - NIGHT_DAYS);
  let started = 0;
  for (const lane of await withoutNight(pool, { nightOn, fromOn }, AT_ONCE)) {
    const given = { ...lane, fromOn, toOn: nightOn, nightOn, actor: null };
    if (await transaction(pool, (db) => startReconciliation(db, context, given))) started += 1;
  }
  if (started > 0) await forgetNights(pool, addDays(nightOn, 0 - NIGHTS));
  return started;
}

function hourIn(instant: Date, timeZone = 'Europe/Copenhagen'): number {
  const hour = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', hourCycle: 'h23' });
  return Number(hour.format(instant));
}
