/** Reconciliations in the model of the store: as `src/store/reconciliations.ts` keeps them. */
import type { ReconciliationStore } from '../src/engine/reconciliation-store.ts';
import type { Reconciliation } from '../src/store/reconciliations.ts';
import { earliest, isLater, type ReconciliationEntry, type Tables } from './model-tables.ts';

export type ModelReconciliations = {
  readonly [K in keyof ReconciliationStore]: (
    ...given: Parameters<ReconciliationStore[K]>
  ) => Awaited<ReturnType<ReconciliationStore[K]>>;
};

export function createModelReconciliations(
  tables: Tables,
  onWake: (connectionId: string) => void,
): ModelReconciliations {
  const { reconciliations, bills, postings, connections, lanes } = tables;
  const ofConnection = (connectionId: string) =>
    [...reconciliations.values()].filter((one) => one.connectionId === connectionId);
  const billsIn = (companyId: string, from: string, to: string) =>
    [...bills.values()].filter(
      (bill) => bill.companyId === companyId && bill.issuedOn >= from && bill.issuedOn <= to,
    );
  return {
    due({ connectionId }, now) {
      const [first] = ofConnection(connectionId)
        .filter(({ dueAt }) => dueAt !== null && !isLater(dueAt, now))
        .sort((a, b) => a.dueAt!.getTime() - b.dueAt!.getTime());
      return first ? asRead(first) : null;
    },

    nextBills: ({ companyId, fromOn, toOn, afterBillId }, limit) =>
      billsIn(companyId, fromOn, toOn)
        .filter(({ id }) => id > (afterBillId ?? ''))
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .slice(0, limit),

    listPostings: (companyId, billIds) =>
      [...postings.values()].filter(
        (posting) => posting.companyId === companyId && billIds.includes(posting.billId),
      ),

    knownReferences: ({ connectionId }, references) =>
      new Set(references.filter((id) => postings.get(id)?.connectionId === connectionId)),

    saveStep({ connectionId, fence }, id, { rows, ...step }, now) {
      const lane = lanes.get(connectionId);
      if (lane?.fence !== fence || !isLater(lane.leaseUntil, now)) return false;
      const before = reconciliations.get(id);
      if (!before) return true;
      reconciliations.set(id, {
        ...before,
        ...step,
        rows: [...before.rows, ...rows],
        bills: Math.max(before.bills, step.billsLookedAt),
        finishedAt: step.dueAt === null ? now : null,
      });
      return true;
    },

    withoutNight: ({ nightOn, fromOn }, limit) =>
      [...connections.values()]
        .filter(({ id, companyId, enabled, rules }) => {
          const has = ofConnection(id).some((one) => one.nightOn === nightOn || one.dueAt !== null);
          return (
            enabled &&
            rules.reconcileNightly &&
            !has &&
            billsIn(companyId, fromOn, nightOn).length > 0
          );
        })
        .map(({ companyId, id: connectionId }) => ({ companyId, connectionId }))
        .slice(0, limit),

    start(wanted, now) {
      const { companyId, connectionId, id, fromOn, toOn, nightOn, actor } = wanted;
      const isInTheWay = ofConnection(connectionId).some(
        (one) => one.dueAt !== null || (nightOn !== null && one.nightOn === nightOn),
      );
      if (isInTheWay) return false;
      reconciliations.set(id, {
        id,
        companyId,
        connectionId,
        fromOn,
        toOn,
        nightOn,
        actor,
        state: 'waiting',
        listedAfter: null,
        bills: billsIn(companyId, fromOn, toOn).length,
        billsLookedAt: 0,
        afterBillId: null,
        tries: 0,
        failure: null,
        createdAt: now,
        finishedAt: null,
        dueAt: now,
        rows: [],
      });
      const lane = lanes.get(connectionId)!;
      lanes.set(connectionId, { ...lane, nextDueAt: earliest(lane.nextDueAt, now) });
      onWake(connectionId);
      return true;
    },

    forgetNights(before) {
      for (const { id, nightOn, dueAt } of reconciliations.values())
        if (nightOn !== null && nightOn < before && dueAt === null) reconciliations.delete(id);
    },
  };
}

function asRead({ dueAt: _due, rows: _rows, ...one }: ReconciliationEntry): Reconciliation {
  return one;
}
