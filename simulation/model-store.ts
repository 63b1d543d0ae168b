/**
 * A model of the store in memory: what PostgreSQL and the SQL of `src/store` promise the engine, said
 * once more in plain code. Each operation is done at once and whole, as a committed transaction is.
 *
 * `model-store.db.test.ts` holds it against the real one.
 */
import type { Bill } from '../src/core/bill.ts';
import type { EngineStore, PlanBills } from '../src/engine/engine-store.ts';
import type { HeldLane } from '../src/store/lanes.ts';
import { writeModelLog } from './model-log.ts';
import { claimable, mayGo, waitsFor } from './model-claims.ts';
import {
  type ConnectionRow,
  earliest,
  isLater,
  type LaneRow,
  latest,
  type Tables,
} from './model-tables.ts';
import { createModelReconciliations, type ModelReconciliations } from './model-reconciliations.ts';
import { writeWishes } from './model-wishes.ts';

/** The engine's store, but each answer is there at once. */
export type ModelStore = {
  readonly [K in Exclude<keyof EngineStore, 'listenForWakes' | 'askForLanes' | 'reconciliation'>]: (
    ...given: Parameters<EngineStore[K]>
  ) => Awaited<ReturnType<EngineStore[K]>>;
} & { readonly reconciliation: ModelReconciliations };

const LONG_AGO = new Date(0);
const FROM_THE_START = '00000000-0000-0000-0000-000000000000';

/** `onWake` hears of lanes with new work when the transaction is done. */
export function createModelStore(
  tables: Tables,
  onWake: (connectionId: string) => void,
): ModelStore {
  const { lanes, postings, connections, attempts } = tables;
  const held = ({
    companyId,
    connectionId,
    fence,
    pausedUntil,
    pauseCount,
  }: LaneRow): HeldLane => ({
    companyId,
    connectionId,
    fence,
    pausedUntil,
    pauseCount,
  });
  const set = (lane: LaneRow, change: Partial<LaneRow>): LaneRow => {
    const row = { ...lane, ...change };
    lanes.set(lane.connectionId, row);
    return row;
  };
  /** The row if the lane has not moved on. */
  const ofHolder = ({ connectionId, fence }: HeldLane): LaneRow | null => {
    const row = lanes.get(connectionId);
    return row?.fence === fence ? row : null;
  };
  const postingsOf = (connectionId: string) =>
    [...postings.values()].filter((posting) => posting.connectionId === connectionId);
  /** When each of a lane's works is due: its postings and its reconciliations. */
  const duesOf = (connectionId: string) => [
    ...postingsOf(connectionId).map(({ dueAt, openAttemptId }) => ({
      dueAt,
      isOpen: openAttemptId !== null,
    })),
    ...[...tables.reconciliations.values()]
      .filter((one) => one.connectionId === connectionId)
      .map(({ dueAt }) => ({ dueAt, isOpen: false })),
  ];
  const isFree = ({ leaseUntil }: LaneRow, now: Date) => !isLater(leaseUntil, now);
  /** On a connection that is off, only what was left open and reconciliations can be ended. */
  const canBeWorked = ({ connectionId }: LaneRow) =>
    tables.connections.get(connectionId)?.enabled === true ||
    postingsOf(connectionId).some(({ openAttemptId }) => openAttemptId !== null) ||
    [...tables.reconciliations.values()].some(
      (one) => one.connectionId === connectionId && one.dueAt !== null,
    );
  const planned = (row: ConnectionRow, bills: readonly Bill[], plan: PlanBills) => {
    const { replanAfter: _after, ...connection } = row;
    const wishes = plan(
      connection,
      bills.map((bill) => ({
        bill,
        existing: [...postings.values()].filter(({ billId }) => billId === bill.id),
      })),
    );
    writeWishes(tables, wishes, onWake);
  };
  const wakeAsideOf = (connectionId: string, now: Date): number => {
    const ready = postingsOf(connectionId).filter((posting) => mayGo(tables, posting));
    for (const posting of ready) {
      const trigger = posting.state === 'failed' ? 'retry' : posting.trigger;
      const goes = { dueAt: now, waitingFor: null, state: 'waiting', trigger } as const;
      postings.set(posting.id, { ...posting, ...goes });
    }
    return ready.length;
  };

  return {
    dueLanes: (now, limit) =>
      [...lanes.values()]
        .filter((lane) => lane.nextDueAt && !isLater(lane.nextDueAt, now) && isFree(lane, now))
        .filter(canBeWorked)
        .sort((a, b) => a.nextDueAt!.getTime() - b.nextDueAt!.getTime())
        .slice(0, limit)
        .map(({ companyId, connectionId }) => ({ companyId, connectionId })),

    nextDueAt: (now) =>
      earliest(
        ...[...lanes.values()].map(({ nextDueAt }) => (isLater(nextDueAt, now) ? nextDueAt : null)),
      ),

    takeLane({ connectionId }, owner, now, leaseUntil) {
      const lane = lanes.get(connectionId);
      if (!lane || !(isFree(lane, now) || lane.leaseOwner === owner)) return null;
      const taken = set(lane, { fence: lane.fence + 1, leaseOwner: owner, leaseUntil, pace: null });
      return { ...held(taken), pace: lane.pace };
    },

    renewLeases: (named, owner, now, leaseUntil) =>
      named
        .flatMap(({ connectionId }) => lanes.get(connectionId) ?? [])
        .filter((lane) => lane.leaseOwner === owner && isLater(lane.leaseUntil, now))
        .map((lane) => held(set(lane, { leaseUntil }))),

    releaseLane(lane, pace, notBefore) {
      const row = ofHolder(lane);
      if (!row) return;
      const first = earliest(
        ...duesOf(lane.connectionId).map(({ dueAt, isOpen }) => (isOpen ? LONG_AGO : dueAt)),
      );
      const nextDueAt = first && latest(first, row.pausedUntil, notBefore ?? null);
      set(row, { leaseOwner: null, leaseUntil: null, nextDueAt, pace });
    },

    nextDueInLane: ({ connectionId }) =>
      earliest(...duesOf(connectionId).map(({ dueAt, isOpen }) => (isOpen ? null : dueAt))),

    pauseLane(lane, { until, failure, count, connectionChangedAt, after }) {
      const row = ofHolder(lane);
      const changedAt = connections.get(lane.connectionId)?.changedAt ?? null;
      const wasChanged = connectionChangedAt !== null && isLater(changedAt, connectionChangedAt);
      if (!row || wasChanged || row.pausedUntil?.getTime() !== after?.getTime()) return false;
      set(row, { pausedUntil: until, pauseFailure: failure, pauseCount: count });
      return true;
    },

    endPause(lane) {
      const row = ofHolder(lane);
      if (row) set(row, { pausedUntil: null, pauseFailure: null, pauseCount: 0 });
    },

    claimable: (lane, now, limit, except) => claimable(tables, lane, now, limit, except),

    stepAside(_, ids) {
      const early = ids.flatMap((id) => {
        const posting = postings.get(id);
        const waitingFor = posting?.openAttemptId === null ? waitsFor(tables, posting) : null;
        return posting && waitingFor ? [{ ...posting, waitingFor }] : [];
      });
      for (const posting of early)
        postings.set(posting.id, { ...posting, dueAt: null, state: 'waiting' });
    },

    wakeAside: ({ connectionId }, now) => wakeAsideOf(connectionId, now),

    writeLog: (batch, now) => writeModelLog(tables, batch, now),

    listOrphans: ({ connectionId }, limit) =>
      postingsOf(connectionId)
        .flatMap((posting) => {
          const attempt = posting.openAttemptId && attempts.get(posting.openAttemptId);
          return attempt ? [{ posting, attempt }] : [];
        })
        .slice(0, limit)
        .map(({ posting, attempt }) => ({
          attemptId: attempt.attemptId,
          postingId: posting.id,
          billId: posting.billId,
          openedAt: attempt.openedAt,
          wrote: (tables.writes.get(attempt.attemptId)?.length ?? 0) > 0,
          failures: attempt.trigger === 'retry' ? posting.failures : 0,
          mustLook: posting.mustLook,
          lostWriteAt: posting.lostWriteAt,
          generation: posting.generation,
          remoteId: posting.remoteId,
          remoteVersion: posting.remoteVersion,
          link: posting.link,
          confirmedFields: posting.confirmedFields,
          keptFields: posting.keptFields,
          confirmedRevision: posting.confirmedRevision,
          inStepAt: posting.inStepAt,
        })),

    findRemoteSupplier: ({ connectionId }, key) =>
      tables.remoteSuppliers.get(`${connectionId}/${key}`) ?? null,

    keepRemoteSupplier({ connectionId }, key, remoteId) {
      tables.remoteSuppliers.set(`${connectionId}/${key}`, remoteId);
    },

    lostSupplierWriteAt: ({ connectionId }, key, since) =>
      latest(
        ...postingsOf(connectionId).map(({ id, lostWriteAt }) =>
          isLater(lostWriteAt, since) && spokeOf(tables, id, key) ? lostWriteAt : null,
        ),
      ),

    isOfAnother: ({ connectionId }, postingId, remoteId) =>
      postingsOf(connectionId).some(
        (one) =>
          one.kind === 'supplier-invoice' && one.remoteId === remoteId && one.id !== postingId,
      ),

    findConnection(_, connectionId) {
      const row = connections.get(connectionId);
      if (!row) return null;
      const { replanAfter: _after, ...connection } = row;
      return connection;
    },

    findCompany: (companyId) => tables.companies.get(companyId) ?? null,

    readAttachment: (_, billId, attachmentId) =>
      tables.attachments.get(`${billId}/${attachmentId}`) ?? null,

    listReplans: (limit) =>
      [...connections.values()]
        .flatMap(({ companyId, id, replanAfter }) =>
          replanAfter === null ? [] : [{ companyId, connectionId: id, after: replanAfter }],
        )
        .slice(0, limit),

    replan({ companyId, connectionId, after }, limit, plan) {
      const row = connections.get(connectionId);
      if (row?.replanAfter !== after) return false;
      const bills = [...tables.bills.values()]
        .filter((bill) => bill.companyId === companyId && bill.id > after)
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .slice(0, limit);
      connections.set(connectionId, { ...row, replanAfter: bills.at(-1)?.id ?? null });
      planned(row, bills, plan);
      return true;
    },

    planAnew({ companyId, connectionId }, billIds, plan) {
      const row = connections.get(connectionId);
      const bills = [...tables.bills.values()]
        .filter((bill) => bill.companyId === companyId && billIds.includes(bill.id))
        .sort((a, b) => (a.id < b.id ? -1 : 1));
      if (row) planned(row, bills, plan);
    },

    wakeForgottenAside(now) {
      let woken = 0;
      for (const lane of lanes.values())
        if (isFree(lane, now)) woken += wakeAsideOf(lane.connectionId, now);
      return woken;
    },

    wakeSleepingLanes(now) {
      let woken = 0;
      const sleepsOver = (lane: LaneRow, at: Date) =>
        lane.nextDueAt === null || isLater(lane.nextDueAt, latest(at, lane.pausedUntil, now)!);
      for (const { connectionId } of lanes.values()) {
        const mine = duesOf(connectionId);
        const dueAt = earliest(...mine.map((work) => work.dueAt));
        const asleep = lanes.get(connectionId)!;
        if (dueAt && isFree(asleep, now) && sleepsOver(asleep, dueAt)) {
          set(asleep, { nextDueAt: dueAt });
          woken += 1;
        }
        const lane = lanes.get(connectionId)!;
        const hasOpen = mine.some(({ isOpen }) => isOpen);
        if (hasOpen && isFree(lane, now) && sleepsOver(lane, now)) {
          set(lane, { nextDueAt: now });
          woken += 1;
        }
      }
      return woken;
    },

    addMissingPostings() {
      let found = 0;
      for (const connection of connections.values()) {
        if (connection.replanAfter !== null) continue;
        const isMissing = [...tables.bills.values()].some(
          (bill) =>
            bill.companyId === connection.companyId &&
            bill.status !== 'cancelled' &&
            ![...postings.values()].some(
              ({ billId, connectionId, kind }) =>
                billId === bill.id && connectionId === connection.id && kind === 'supplier-invoice',
            ),
        );
        if (!isMissing) continue;
        connections.set(connection.id, { ...connection, replanAfter: FROM_THE_START });
        found += 1;
      }
      return found;
    },

    reconciliation: createModelReconciliations(tables, onWake),

    notifyLive() {},
  };
}

function spokeOf({ attempts }: Tables, postingId: string, supplierKey: string): boolean {
  return [...attempts.values()].some(
    (attempt) => attempt.postingId === postingId && attempt.document?.supplierKey === supplierKey,
  );
}
