/**
 * The next bills of a reconciliation, as many as one step takes. Where the accounting system can be asked
 * for many postings at once, one request tells of most; what it does not tell of is looked for alone, as
 * it always was ("not there" is only ever said by that look). A step looks alone at its first bill only,
 * and ends before the next that needs it: what is due waits for no more than that.
 */
import type { Bill } from '../core/bill.ts';
import type { SyncFailure } from '../core/failure.ts';
import { type Call, FIND_AT_ONCE, type RemotePosting } from '../sdk/connector.ts';
import type { Posting } from '../store/postings.ts';
import type { Reconciliation, ReconciliationRow } from '../store/reconciliations.ts';
import type { WorkerContext } from './engine.ts';
import type { LaneSession } from './lane-session.ts';
import {
  expectedPostings,
  type Found,
  lookAt,
  neverPlanned,
  rowOf,
  type ToLookAt,
  toLookAt,
} from './reconcile-bill.ts';

type Row = Omit<ReconciliationRow, 'id' | 'lookedAt'>;

export interface LookedAt {
  readonly rows: readonly Row[];
  readonly bills: number;
  readonly last: Bill;
}

interface Papers {
  readonly bill: Bill;
  readonly forgotten: readonly Row[];
  readonly toLookAt: readonly ToLookAt[];
}

/** Null: there is none left. */
export async function lookAtNext(
  context: WorkerContext,
  work: LaneSession,
  one: Reconciliation,
  call: Call,
): Promise<LookedAt | null> {
  const isAlone = !work.session.findMany || one.tries > 0 || work.billsAlone > 0;
  const papers = await nextPapers(context, work, one, isAlone ? 1 : FIND_AT_ONCE);
  const [first] = papers;
  if (!first) return null;
  const known = await findTogether(work, call, papers);
  const rows: Row[] = [];
  let last: Bill | null = null;
  let bills = 0;
  for (const { bill, forgotten, toLookAt: all } of papers) {
    const needsLook = all.some(({ looking }) => !known.has(looking.reference));
    if (last !== null && needsLook) break;
    rows.push(...forgotten);
    for (const each of all) {
      const found = await lookAt(bill, each, work, call, known.get(each.looking.reference));
      rows.push(rowOf(bill, each.posting, found));
    }
    last = bill;
    bills += 1;
  }
  work.billsAlone = Math.max(0, work.billsAlone - bills);
  return { rows, bills, last: last ?? first.bill };
}

/** The next bill, told as one that can't be read. */
export async function goPastNext(
  context: WorkerContext,
  work: LaneSession,
  one: Reconciliation,
  { details }: SyncFailure,
): Promise<LookedAt | null> {
  const [papers] = await nextPapers(context, work, one, 1);
  if (!papers) return null;
  const { bill, forgotten, toLookAt: all } = papers;
  const failure = { ...details, conflicts: [] };
  const found: Found = { verdict: 'unknown', reason: 'unreadable', failure };
  const rows = [...forgotten, ...all.map(({ posting }) => rowOf(bill, posting, found))];
  return { rows, bills: 1, last: bill };
}

async function nextPapers(
  { store, clock }: WorkerContext,
  work: LaneSession,
  one: Reconciliation,
  limit: number,
): Promise<Papers[]> {
  const bills = await store.reconciliation.nextBills(one, limit);
  if (bills.length === 0) return [];
  const ids = bills.map(({ id }) => id);
  const byBill = Map.groupBy(
    await store.reconciliation.listPostings(one.companyId, ids),
    ({ billId }) => billId,
  );
  return bills.map((bill) => {
    const existing = byBill.get(bill.id) ?? [];
    const invoice = invoiceOf(existing, one.connectionId);
    return {
      bill,
      forgotten: neverPlanned(bill, existing, work, clock.now()),
      toLookAt: expectedPostings(bill, existing, work).map((posting) =>
        toLookAt(bill, posting, invoice, work),
      ),
    };
  });
}

function invoiceOf(existing: readonly Posting[], connectionId: string) {
  const invoice = existing.find(
    (posting) => posting.kind === 'supplier-invoice' && posting.connectionId === connectionId,
  );
  return invoice ? { postingId: invoice.id, remoteId: invoice.remoteId } : null;
}

/** As many whole bills as may be asked for at once; a single posting is as well looked for alone. */
async function findTogether(
  work: LaneSession,
  call: Call,
  papers: readonly Papers[],
): Promise<ReadonlyMap<string, RemotePosting>> {
  const documents: ToLookAt['looking'][] = [];
  for (const { toLookAt: all } of papers) {
    if (documents.length + all.length > FIND_AT_ONCE) break;
    documents.push(...all.map(({ looking }) => looking));
  }
  if (documents.length < 2 || papers.length < 2 || !work.session.findMany) return new Map();
  try {
    return await work.session.findMany(call, documents);
  } catch (error) {
    // Whether it is one of them, or that they are many: the next look is at one.
    work.billsAlone = FIND_AT_ONCE;
    throw error;
  }
}
