/**
 * The model of the store is worth as much as it is like the real one: random sequences of what workers
 * and people do, done to both, with every answer and every table compared.
 */
import { expect, test } from 'vitest';
import { inOneDatabase, pool } from '../test/support/one-database.ts';
import { approve, cancel, removePayment } from '../src/core/bill-edits.ts';
import { planBill } from '../src/engine/plan.ts';
import type { LogBatch, Opening } from '../src/store/attempt-log.ts';
import type { HeldLane } from '../src/store/lanes.ts';
import type { DuePosting } from '../src/store/claimable.ts';
import type {
  Reconciliation,
  ReconciliationRow,
  ReconciliationStep,
} from '../src/store/reconciliations.ts';
import type { Bill } from '../src/core/bill.ts';
import { changedRules, editOf, payment } from './bills.ts';
import { between, pick, stream, weighted } from './chance.ts';
import { hashesOf } from './model-hashes.ts';
import { type BothStores, openBothStores } from './test-both-stores.ts';
import { closingOf } from './test-closing.ts';

inOneDatabase();

const SEQUENCES = 10;
const STEPS = 180;

const OPERATIONS = {
  'add a bill': 10,
  'change a bill': 14,
  'sync again': 5,
  'keep there': 5,
  'change a connection': 3,
  'take a lane': 12,
  'renew leases': 4,
  'give a lane back': 6,
  'pause a lane': 3,
  'end a pause': 2,
  'look for lanes': 3,
  claim: 14,
  open: 14,
  close: 16,
  'step aside': 4,
  wake: 4,
  orphans: 3,
  suppliers: 3,
  replan: 5,
  sweep: 3,
  'ask for a reconciliation': 4,
  'go on with it': 10,
  'reconcile by night': 3,
} as const;

/** What the worker of the sequence has in its hands, from answers it was given before. */
interface Hands {
  lanes: HeldLane[];
  due: DuePosting[];
  open: Opening[];
}

async function step(
  both: BothStores,
  random: () => number,
  hands: Hands,
  nextId: () => string,
): Promise<string> {
  const { tables, companyId, clock } = both;
  clock.at = new Date(clock.at.getTime() + between(random, 0, 3_000));
  const now = clock.at;
  const later = (ms: number) => new Date(now.getTime() + ms);
  const choice = between(random, 0, 99);
  const bill = () => pick(random, [...tables.bills.values()])?.id ?? nextId();
  const connection = () => pick(random, [...tables.connections.keys()]);
  const key = () => ({ companyId, connectionId: connection() });
  const lane = (): HeldLane =>
    pick(random, hands.lanes) ?? { ...key(), fence: 0, pausedUntil: null, pauseCount: 0 };
  /** Mostly the one that is held. */
  const laneOf = (connectionId: string): HeldLane =>
    (choice % 8 === 0
      ? undefined
      : hands.lanes.findLast((held) => held.connectionId === connectionId)) ?? lane();
  const operation = weighted(random, OPERATIONS);
  const same = async <T>(
    asked: Promise<{ answer: T | null; model: string; postgres: string }>,
  ): Promise<T | null> => {
    const { answer, model, postgres } = await asked;
    expect(model, operation).toBe(postgres);
    return answer;
  };
  const batch = (given: Partial<LogBatch>): LogBatch => ({
    openings: [],
    writes: [],
    closings: [],
    ...given,
  });
  switch (operation) {
    case 'add a bill':
      await both.addBill(choice < 10 ? 1 : between(random, 1, 40), choice);
      break;
    case 'change a bill':
      await both.change(
        bill(),
        pick(random, [
          () => editOf(choice, `s${choice}`),
          () => approve,
          (id: string) => payment(id, choice),
          (id: string) => payment(id, choice),
          () => (before: Bill) => removePayment(before, before.payments[0]?.id ?? ''),
          () => cancel,
        ]),
      );
      break;
    case 'sync again': {
      const trigger = choice % 4 === 0 ? 'bulk' : 'manual';
      const ofInvoice = pick(random, [
        {},
        { link: true },
        trigger === 'bulk' && { recreate: true },
        trigger === 'manual' && { replace: true },
      ]);
      await both.syncAgain({
        companyId,
        billId: bill(),
        connectionId: choice % 2 === 0 ? null : connection(),
        posting: choice % 3 === 0 ? 'supplier-invoice' : null,
        paymentId: null,
        trigger,
        overwrite: choice % 5 === 0,
        ...(choice % 3 === 0 && ofInvoice),
      });
      break;
    }
    case 'keep there': {
      const changed = [...tables.postings.values()].filter(
        ({ failure }) => failure?.code === 'changed-in-target',
      );
      const posting = pick(random, changed.length > 0 ? changed : [...tables.postings.values()]);
      if (!posting) break;
      const { billId, id: postingId, lastAttemptId } = posting;
      const attemptId = choice % 5 === 0 ? nextId() : (lastAttemptId ?? nextId());
      const { model, postgres } = await both.keepInTarget({
        companyId,
        billId: choice % 7 === 0 ? bill() : billId,
        postingId,
        attemptId,
      });
      expect(model, operation).toBe(postgres);
      break;
    }
    case 'change a connection':
      await both.changeConnection(
        connection(),
        choice % 4 === 0 ? { enabled: choice % 8 === 0 } : { rules: changedRules(choice) },
      );
      break;
    case 'take a lane': {
      const owner = pick(random, ['a', 'b']);
      const taken = await same(both.ask('takeLane', key(), owner, now, later(60_000)));
      if (taken) hands.lanes = [...hands.lanes.slice(-3), taken];
      break;
    }
    case 'renew leases': {
      const all = [...tables.connections.keys()].map((connectionId) => ({
        companyId,
        connectionId,
      }));
      await same(both.ask('renewLeases', all.slice(choice % 3), 'a', now, later(60_000)));
      break;
    }
    case 'give a lane back':
      await same(both.ask('releaseLane', lane(), choice % 2 === 0 ? null : [[now.getTime(), 3]]));
      break;
    case 'pause a lane': {
      const failure = {
        code: 'signed-out',
        originalMessage: null,
        subject: null,
        retryAfterMs: null,
      } as const;
      const paused = lane();
      await same(
        both.ask('pauseLane', paused, {
          until: later(choice * 100),
          failure: { ...failure, conflicts: [] },
          count: choice % 4,
          connectionChangedAt: choice % 3 === 0 ? null : later(-choice * 400),
          after: choice % 5 === 0 ? null : paused.pausedUntil,
        }),
      );
      break;
    }
    case 'end a pause':
      await same(both.ask('endPause', lane()));
      break;
    case 'look for lanes':
      await same(both.ask('dueLanes', now, 10));
      await same(both.ask('nextDueAt', now));
      await same(both.ask('nextDueInLane', key()));
      break;
    case 'claim': {
      const known = hands.due.slice(choice % 3).map(({ id }) => id);
      hands.due = (await same(both.ask('claimable', key(), later(choice * 100), 20, known))) ?? [];
      break;
    }
    case 'open': {
      const openings = hands.due
        .slice(0, between(random, 1, 4))
        .map((due) => openingOf(laneOf(due.connectionId), due, nextId(), now));
      const writes = openings.slice(choice % 2).map(({ lane: held, attemptId }) => ({
        lane: held,
        attemptId,
        number: 1,
        sentAt: now,
        method: 'POST',
        target: `/${choice}`,
        body: '{"x":1}',
        sha256: null,
      }));
      const written = await same(both.ask('writeLog', batch({ openings, writes }), now, []));
      // One that was never opened can't be closed either; that is tried as well.
      const { opened } = (written ?? { opened: new Map() }) as {
        opened: ReadonlyMap<string, string>;
      };
      const begun = openings.filter(({ attemptId }) => opened.has(attemptId) || choice > 95);
      hands.open = [...hands.open, ...begun];
      break;
    }
    case 'close': {
      const closings = hands.open.splice(0, between(random, 1, 3)).map((opening) => ({
        ...closingOf(opening, choice, now, laneOf(opening.lane.connectionId)),
        // Whoever closes what another opened knows none; and one may be mistaken.
        hashes: choice % 3 === 0 ? null : hashesOf(tables, choice === 50 ? '' : opening.attemptId),
      }));
      await same(both.ask('writeLog', batch({ closings }), now, []));
      break;
    }
    case 'step aside':
      await same(
        both.ask(
          'stepAside',
          companyId,
          hands.due.map(({ id }) => id),
        ),
      );
      break;
    case 'wake':
      await same(both.ask('wakeAside', key(), now));
      break;
    case 'orphans': {
      await same(both.ask('listOrphans', key(), 100));
      break;
    }
    case 'suppliers':
      await same(both.ask('keepRemoteSupplier', key(), `name:${choice % 3}`, `s-${choice}`));
      await same(both.ask('findRemoteSupplier', key(), `name:${choice % 4}`));
      await same(
        both.ask('lostSupplierWriteAt', key(), `name:LEVERANDØR ${choice % 3}`, later(-20_000)),
      );
      await same(both.ask('findConnection', companyId, connection()));
      await same(both.ask('findCompany', companyId));
      for (const { id, attachments } of [...tables.bills.values()].slice(choice % 5, 9))
        for (const file of [...attachments.map((one) => one.id), nextId()])
          await same(both.ask('readAttachment', companyId, id, file));
      break;
    case 'replan': {
      const ids = Array.from({ length: 60 }, nextId);
      const asking = {
        trigger: 'settings',
        changes: [],
        actor: null,
        requestId: null,
        now,
      } as const;
      const plan: Parameters<typeof both.ask<'replan'>>[3] = (of, bills) => {
        let taken = 0;
        return bills.flatMap(({ bill: one, existing }) =>
          planBill(one, of, existing, asking, () => ids[taken++]!),
        );
      };
      await same(both.ask('planAnew', key(), [bill(), bill()], plan));
      const [first] = ((await same(both.ask('listReplans', 10))) ?? []) as {
        companyId: string;
        connectionId: string;
        after: string;
      }[];
      if (first) await same(both.ask('replan', first, between(random, 1, 6), plan));
      break;
    }
    case 'ask for a reconciliation': {
      const day = (of: number) => `2026-11-0${1 + (of % 5)}`;
      const wanted = { ...key(), id: nextId(), fromOn: day(choice), toOn: day(choice + 3) };
      await same(
        both.askReconciliation('start', { ...wanted, nightOn: null, actor: 'Bogholderen' }, now),
      );
      break;
    }
    case 'go on with it': {
      const held = lane();
      const one = await same(both.askReconciliation('due', held, later(choice * 20)));
      if (!one) break;
      const bills = (await same(both.askReconciliation('nextBills', one, 1 + (choice % 3)))) ?? [];
      const ids = bills.map(({ id }) => id);
      await same(both.askReconciliation('listPostings', companyId, ids));
      const references = [...tables.postings.keys()].slice(choice % 5, 8);
      await same(both.askReconciliation('knownReferences', held, [...references, nextId()]));
      const step = stepOf(one, bills, choice, nextId, now);
      await same(
        both.askReconciliation('saveStep', laneOf(one.connectionId), one.id, step, now, true),
      );
      break;
    }
    case 'reconcile by night': {
      const nightOn = `2026-11-2${choice % 4}`;
      const night = { nightOn, fromOn: `2026-11-0${1 + (choice % 5)}` };
      const [first] = (await same(both.askReconciliation('withoutNight', night, 10))) ?? [];
      const wanted = { ...key(), ...first, id: nextId(), ...night, toOn: nightOn, actor: null };
      await same(both.askReconciliation('start', wanted, now));
      if (choice % 4 === 0)
        await same(both.askReconciliation('forgetNights', `2026-11-2${choice % 5}`));
      break;
    }
    case 'sweep':
      await same(both.ask('wakeForgottenAside', now));
      await same(both.ask('wakeSleepingLanes', now));
      await same(both.ask('addMissingPostings'));
      break;
  }
  return operation;
}

function openingOf(lane: HeldLane, due: DuePosting, attemptId: string, now: Date): Opening {
  const { id, billId, kind, paymentId, wishNumber, lastAttemptId } = due;
  const { trigger, changes, actor, requestIds, bill } = due;
  return {
    lane,
    attemptId,
    postingId: id,
    billId,
    kind,
    paymentId,
    wishNumber,
    lastAttemptId,
    trigger,
    changes,
    actor,
    requestIds,
    openedAt: now,
    bill,
    document: { supplierKey: 'name:LEVERANDØR 1' } as never,
    fields: { number: bill.number, note: `${bill.revision}` },
  };
}

function stepOf(
  one: Reconciliation,
  bills: readonly Bill[],
  choice: number,
  nextId: () => string,
  now: Date,
): ReconciliationStep {
  const last = bills.at(-1);
  const rows = bills.map((bill): ReconciliationRow => ({
    id: nextId(),
    verdict: choice % 2 === 0 ? 'same' : 'deviates',
    reason: choice % 3 === 0 ? 'still-there' : null,
    billId: bill.id,
    postingId: choice % 4 === 0 ? null : nextId(),
    kind: 'supplier-invoice',
    paymentId: null,
    state: choice % 4 === 0 ? null : 'in-step',
    number: bill.number,
    supplierName: bill.supplier.name,
    onDay: bill.issuedOn,
    currency: bill.currency,
    amountMinor: choice - 50,
    remoteId: choice % 5 === 0 ? null : `r-${choice}`,
    link: null,
    differences: [{ field: 'note', confirmed: null, there: `${choice}`, wanted: '' }],
    failure: null,
    lookedAt: now,
  }));
  const isOver = choice % 7 === 0;
  return {
    rows,
    state: isOver ? 'done' : 'running',
    listedAfter: choice % 6 === 0 ? `${choice}` : null,
    billsLookedAt: one.billsLookedAt + bills.length,
    afterBillId: last?.id ?? one.afterBillId,
    tries: choice % 3,
    failure: null,
    dueAt: isOver ? null : new Date(now.getTime() + choice * 10),
  };
}

let closed = 0;

test.each(Array.from({ length: SEQUENCES }, (_, index) => index + 1))(
  'The model answers and keeps what PostgreSQL answers and keeps, in sequence %i',
  { timeout: 240_000 },
  async (seed) => {
    const both = await openBothStores(pool, seed);
    const random = stream(seed, 2);
    const hands: Hands = { lanes: [], due: [], open: [] };
    let made = 0;
    const nextId = () =>
      `01980000-0000-7000-8000-${String(seed * 1_000_000 + ++made).padStart(12, '0')}`;
    const story: string[] = [];
    for (let count = 0; count < STEPS; count += 1) {
      story.push(await step(both, random, hands, nextId));
      const { model, postgres } = await both.contents();
      expect(JSON.parse(model), story.slice(-5).join(', then ')).toEqual(JSON.parse(postgres));
    }
    closed += both.tables.results.size;
  },
);

test('The sequences come as far as attempts that are closed', () => {
  expect(closed).toBeGreaterThan(SEQUENCES);
});
