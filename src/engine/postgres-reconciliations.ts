/** Reconciliations on PostgreSQL: each method one transaction of the store. */
import { forgetNights, withoutNight } from '../store/nightly-reconciliations.ts';
import { notifyLive } from '../store/notices.ts';
import { type Pool, transaction } from '../store/pool.ts';
import { listPostingsOf } from '../store/postings.ts';
import {
  dueReconciliation,
  knownReferences,
  nextBills,
  saveStep,
} from '../store/reconciliations.ts';
import type { ReconciliationStore } from './reconciliation-store.ts';
import { startReconciliation } from './start-reconciliation.ts';

export function postgresReconciliations(pool: Pool): ReconciliationStore {
  return {
    due: (lane, now) => dueReconciliation(pool, lane, now),
    nextBills: (reconciliation, limit) => nextBills(pool, reconciliation, limit),
    listPostings: (companyId, billIds) => listPostingsOf(pool, companyId, billIds),
    knownReferences: (lane, references) => knownReferences(pool, lane, references),
    saveStep: (lane, id, step, now, isNews) =>
      transaction(pool, async (db) => {
        const { companyId, connectionId } = lane;
        const saved = await saveStep(db, lane, id, step, now);
        if (saved && isNews) await notifyLive(db, [{ companyId, connectionId, billId: null }]);
        return saved;
      }),
    withoutNight: (night, limit) => withoutNight(pool, night, limit),
    start: (wanted, now) => transaction(pool, (db) => startReconciliation(db, wanted, now)),
    forgetNights: (before) => transaction(pool, (db) => forgetNights(db, before)),
  };
}
