/** The engine's door to what is durable, on PostgreSQL: each method one transaction of the store. */
import type { Bill } from '../core/bill.ts';
import { writeLog } from '../store/attempt-log.ts';
import { listOrphans } from '../store/attempt-reading.ts';
import { readAttachment } from '../store/attachments.ts';
import { lockBills, lockBillsAfter } from '../store/bills.ts';
import { findCompany } from '../store/companies.ts';
import {
  type Connection,
  findConnection,
  listReplans,
  lockReplan,
  setReplan,
} from '../store/connections.ts';
import {
  dueLanes,
  nextDueAt,
  nextDueInLane,
  releaseLane,
  renewLeases,
  takeLane,
} from '../store/lanes.ts';
import { endPause, pauseLane } from '../store/lane-pauses.ts';
import { hearWake, listen, notifyIdle, notifyLive, WAKE } from '../store/notices.ts';
import { type Pool, type Queryable, transaction } from '../store/pool.ts';
import { claimable } from '../store/claimable.ts';
import { isOfAnother, lockPostingsOf } from '../store/postings.ts';
import {
  findRemoteSupplier,
  keepRemoteSupplier,
  lostSupplierWriteAt,
} from '../store/remote-suppliers.ts';
import { stepAside, wakeAside, wakeForgottenAside } from '../store/standing-aside.ts';
import { addMissingPostings, wakeSleepingLanes } from '../store/sweeping.ts';
import type { EngineStore, PlanBills } from './engine-store.ts';
import { postgresReconciliations } from './postgres-reconciliations.ts';
import { wish } from './wish.ts';

export function postgresStore(pool: Pool): EngineStore {
  return {
    dueLanes: (now, limit) => dueLanes(pool, now, limit),
    nextDueAt: (now) => nextDueAt(pool, now),
    takeLane: (lane, owner, now, leaseUntil) => takeLane(pool, lane, owner, now, leaseUntil),
    renewLeases: (lanes, owner, now, leaseUntil) =>
      renewLeases(pool, lanes, owner, now, leaseUntil),
    releaseLane: (lane, pace, notBefore) =>
      transaction(pool, (db) => releaseLane(db, lane, pace, notBefore)),
    askForLanes: (owner) => notifyIdle(pool, owner),
    nextDueInLane: (lane) => nextDueInLane(pool, lane),
    pauseLane: (lane, pause) => pauseLane(pool, lane, pause),
    endPause: (lane) => endPause(pool, lane),

    claimable: (lane, now, limit, except) => claimable(pool, lane, now, limit, except),
    stepAside: (companyId, postingIds) => stepAside(pool, companyId, postingIds),
    wakeAside: (lane, now) => wakeAside(pool, lane, now),

    writeLog: (batch, now, notices) => writeLog(pool, batch, now, notices),
    listOrphans: (lane, limit) => listOrphans(pool, lane, limit),

    findRemoteSupplier: (lane, supplierKey) => findRemoteSupplier(pool, lane, supplierKey),
    keepRemoteSupplier: (lane, supplierKey, remoteId) =>
      keepRemoteSupplier(pool, lane, supplierKey, remoteId),
    lostSupplierWriteAt: (lane, supplierKey, since) =>
      lostSupplierWriteAt(pool, lane, supplierKey, since),

    isOfAnother: (lane, postingId, remoteId) => isOfAnother(pool, lane, postingId, remoteId),

    findConnection: (companyId, connectionId) => findConnection(pool, companyId, connectionId),
    findCompany: (companyId) => findCompany(pool, companyId),
    readAttachment: (companyId, billId, attachmentId) =>
      readAttachment(pool, companyId, billId, attachmentId),

    listReplans: (limit) => listReplans(pool, limit),
    replan: (replan, limit, plan) =>
      transaction(pool, async (db) => {
        const connection = await lockReplan(db, replan);
        if (!connection) return false;
        const bills = await lockBillsAfter(db, replan.companyId, replan.after, limit);
        await setReplan(db, replan.companyId, replan.connectionId, bills.at(-1)?.id ?? null);
        await planLocked(db, connection, bills, plan);
        return true;
      }),
    planAnew: ({ companyId, connectionId }, billIds, plan) =>
      transaction(pool, async (db) => {
        const bills = await lockBills(db, companyId, billIds);
        // Read while the bills are held: who changes the rules after this plans them after us.
        const connection = await findConnection(db, companyId, connectionId);
        if (connection) await planLocked(db, connection, bills, plan);
      }),

    wakeForgottenAside: (now) => wakeForgottenAside(pool, now),
    wakeSleepingLanes: (now) => transaction(pool, (db) => wakeSleepingLanes(db, now)),
    addMissingPostings: () => addMissingPostings(pool),

    reconciliation: postgresReconciliations(pool),

    notifyLive: (notices) => notifyLive(pool, notices),
    listenForWakes: (hear) =>
      listen(pool, WAKE, {
        onNotice: (payload) => hearWake(payload, hear),
        onConnected: hear.onConnected,
      }),
  };
}

async function planLocked(
  db: Queryable,
  connection: Connection,
  bills: readonly Bill[],
  plan: PlanBills,
): Promise<void> {
  const ids = bills.map(({ id }) => id);
  const postings = await lockPostingsOf(db, connection.companyId, ids);
  const of = Map.groupBy(postings, ({ billId }) => billId);
  const known = bills.map((bill) => ({ bill, existing: of.get(bill.id) ?? [] }));
  await wish(db, plan(connection, known));
}
