/** For tests of the store: a company with a connection, bills and their postings, as the engine writes them. */
import { beforeAll } from 'vitest';
import type { Bill } from '../core/bill.ts';
import { type Ids, timeOrderedIds } from '../core/clock.ts';
import { DEFAULT_RULES } from '../core/rules.ts';
import { sampleBill } from '../core/test-bill.ts';
import { type Closing, type Known, type Opening, writeLog } from './attempt-log.ts';
import { insertBill } from './bills.ts';
import { insertCompany } from './companies.ts';
import { insertConnection } from './connections.ts';
import { type HeldLane, type LaneKey, takeLane } from './lanes.ts';
import { type Pool, transaction } from './pool.ts';
import { listPostings, type Posting, type Wish, writeWishes } from './postings.ts';

const BEGINNING = new Date('2026-11-24T10:00:00Z');

/** A clock that tests set, and ids that follow it. */
export const clock = { at: BEGINNING, now: () => clock.at };
export let ids = newIds();

/** Said by a file that uses them: they begin anew for it. Ids never go back in time, wherever a file before it was. */
export function onOwnClock(): void {
  beforeAll(() => {
    clock.at = BEGINNING;
    ids = newIds();
  });
}

/** Its ids follow its clock alone: they may be before those there are. */
export function onAnotherProcess(): void {
  ids = newIds(1);
}

function newIds(process = 0): Ids {
  let chance = 0;
  return timeOrderedIds({ now: () => clock.at }, (length) => {
    const bytes = new Uint8Array(length);
    bytes[0] = process;
    new DataView(bytes.buffer).setUint32(1, ++chance);
    return bytes;
  });
}

export const later = (ms: number) => new Date(clock.at.getTime() + ms);

/** Of a company of its own, unless one is named. */
export async function makeLane(pool: Pool, ofCompany: string | null = null): Promise<LaneKey> {
  const companyId = ofCompany ?? ids.next();
  const connectionId = ids.next();
  const at = clock.at;
  if (ofCompany === null)
    await insertCompany(pool, {
      id: companyId,
      name: 'Prøve ApS',
      baseCurrency: 'DKK',
      createdAt: at,
    });
  await insertConnection(pool, {
    id: connectionId,
    companyId,
    connector: 'journal',
    name: 'Regnskab',
    enabled: true,
    settings: {},
    sealedSecrets: null,
    books: null,
    rules: DEFAULT_RULES,
    createdAt: at,
    changedAt: at,
  });
  return { companyId, connectionId };
}

export async function hold(
  pool: Pool,
  lane: LaneKey,
  owner = 'me',
  ms = 60_000,
): Promise<HeldLane> {
  const held = await takeLane(pool, lane, owner, clock.at, later(ms));
  if (!held) throw new Error('The lane is held by another.');
  return held;
}

export async function makeBill(
  pool: Pool,
  lane: LaneKey,
  given: Partial<Bill> = {},
): Promise<Bill> {
  const id = ids.next();
  const bill = sampleBill({ id, companyId: lane.companyId, number: id, ...given });
  await insertBill(pool, bill);
  return bill;
}

/** A posting that is due now, unless said otherwise. */
export async function makePosting(
  pool: Pool,
  lane: LaneKey,
  bill: Bill,
  given: Partial<Wish> = {},
): Promise<Posting> {
  const wish: Wish = {
    id: ids.next(),
    companyId: lane.companyId,
    connectionId: lane.connectionId,
    billId: bill.id,
    kind: 'supplier-invoice',
    paymentId: null,
    wanted: 'present',
    wantedRevision: bill.revision,
    off: null,
    wishNumber: 1,
    dueAt: clock.at,
    burstBeganAt: clock.at,
    priority: 1,
    trigger: 'change',
    changes: ['added'],
    actor: 'Bogholderen',
    requestIds: [],
    state: 'waiting',
    waitingFor: null,
    ...given,
  };
  await writeWishes(pool, [wish]);
  return readPosting(pool, bill, wish.id);
}

export async function readPosting(pool: Pool, bill: Bill, id: string): Promise<Posting> {
  const all = await listPostings(pool, bill.companyId, bill.id);
  return all.find((posting) => posting.id === id)!;
}

export function openingOf(lane: HeldLane, bill: Bill, posting: Posting): Opening {
  return {
    lane,
    attemptId: ids.next(),
    postingId: posting.id,
    billId: bill.id,
    kind: posting.kind,
    paymentId: posting.paymentId,
    wishNumber: posting.wishNumber,
    lastAttemptId: posting.lastAttemptId,
    trigger: posting.trigger,
    changes: posting.changes,
    actor: posting.actor,
    requestIds: posting.requestIds,
    openedAt: clock.at,
    bill,
    document: null,
    fields: null,
  };
}

export const IN_STEP: Known = {
  state: 'in-step',
  retryAt: null,
  failures: 0,
  mustLook: false,
  lostWriteAt: null,
  generation: 0,
  remoteId: 'invoice-1',
  remoteVersion: '1',
  link: null,
  confirmedFields: { number: 'F-1' },
  keptFields: {},
  keptBefore: {},
  confirmedRevision: 1,
  inStepAt: new Date('2026-11-24T10:00:00Z'),
};

export function closingOf(opening: Opening, given: Partial<Closing> = {}): Closing {
  const { lane, attemptId, postingId, billId } = opening;
  return {
    lane,
    attemptId,
    postingId,
    billId,
    closedAt: clock.at,
    durationMs: 12.3,
    outcome: 'created',
    failure: null,
    decision: null,
    exchanges: [],
    hashes: null,
    known: IN_STEP,
    ...given,
  };
}

/** One attempt of a posting, ended as given. */
export async function makeAttempt(
  pool: Pool,
  held: HeldLane,
  bill: Bill,
  posting: Posting,
  given: Partial<Closing> = {},
  wrote = true,
): Promise<void> {
  const opening = openingOf(held, bill, await readPosting(pool, bill, posting.id));
  const fields = { note: `of ${opening.attemptId.slice(-4)}` };
  const write = {
    lane: held,
    attemptId: opening.attemptId,
    number: 1,
    sentAt: clock.at,
    method: 'POST',
    target: '/',
    body: null,
    sha256: null,
  };
  const batch = {
    openings: [{ ...opening, fields }],
    writes: wrote ? [write] : [],
    closings: [closingOf(opening, given)],
  };
  await transaction(pool, (db) => writeLog(db, batch, clock.at));
}
