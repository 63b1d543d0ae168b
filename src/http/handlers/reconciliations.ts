/** Reconciliation: asked for, looked at, taken away as CSV. */
import { addDays, dayOf } from '../../core/day.ts';
import { NIGHT_DAYS } from '../../core/reconciliation.ts';
import { startReconciliation } from '../../engine/start-reconciliation.ts';
import { listConnections } from '../../store/connections.ts';
import {
  readReconciliations,
  readRows,
  readTotals,
  type Reconciliation,
  type ReconciliationRow,
} from '../../store/reconciliations.ts';
import type { RequestFacts } from '../context.ts';
import { pageOf, readCursor } from '../cursor.ts';
import { type Handler, reading, writing } from '../handler.ts';
import { presentReconciliation, presentRow } from '../present/reconciliation.ts';
import { csvHead, csvLine, type Decimals } from '../present/reconciliation-csv.ts';
import { Refusal } from '../refusal.ts';
import { enabledConnection, foundCompany, foundReconciliation } from './found.ts';

const CSV_ROWS_AT_ONCE = 1_000;

export const reconciliationHandlers = {
  startReconciliation: writing('startReconciliation', async (facts, { params, body }) => {
    const { companyId } = params;
    await foundCompany(facts, companyId);
    const { engine } = facts.context;
    const toOn = body.toOn ?? dayOf(engine.clock.now());
    const fromOn = body.fromOn ?? addDays(toOn, 0 - NIGHT_DAYS);
    if (fromOn > toOn) throw new Refusal('invalid-request', 'The period ends before it begins.');
    const connections = body.connectionId
      ? [await enabledConnection(facts, { companyId, connectionId: body.connectionId })]
      : (await listConnections(facts.db, companyId)).filter(({ enabled }) => enabled);
    const period = { companyId, fromOn, toOn, nightOn: null, actor: facts.person };
    const ids: string[] = [];
    for (const { id: connectionId } of connections) {
      const wanted = { ...period, id: engine.ids.next(), connectionId };
      if (await startReconciliation(facts.db, wanted, engine.clock.now())) ids.push(wanted.id);
    }
    if (ids.length === 0 && connections.length > 0)
      throw new Refusal('already-so', 'A reconciliation is under way already.');
    const all: Reconciliation[] = [];
    for (const id of ids)
      all.push(await foundReconciliation(facts, { companyId, reconciliationId: id }));
    return { items: await presented(facts, companyId, all) };
  }),

  listReconciliations: reading('listReconciliations', async (facts, { params, query }) => {
    const { companyId } = params;
    await foundCompany(facts, companyId);
    const { limit } = query;
    const before = readCursor(query.cursor);
    const rows = await readReconciliations(facts.db, companyId, {
      id: null,
      before,
      limit: limit + 1,
    });
    const { items, next } = pageOf(rows, limit);
    return { items: await presented(facts, companyId, items), next };
  }),

  getReconciliation: reading('getReconciliation', async (facts, { params }) => {
    const one = await foundReconciliation(facts, params);
    return (await presented(facts, params.companyId, [one]))[0]!;
  }),

  listReconciliationRows: reading('listReconciliationRows', async (facts, { params, query }) => {
    await foundReconciliation(facts, params);
    const rows = await readRows(facts.db, {
      ...params,
      verdict: query.verdict ?? null,
      after: readCursor(query.cursor),
      limit: query.limit + 1,
    });
    const { items, next } = pageOf(rows, query.limit);
    return { items: items.map((row) => presentRow(row, facts.language)), next };
  }),

  reconciliationCsv: reading('reconciliationCsv', async (facts, { params, query }) => {
    const one = await foundReconciliation(facts, params);
    const rows = allRows(facts, { ...params, verdict: query.verdict ?? null });
    return new Response(asCsv(rows, query.decimals), {
      headers: {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': `attachment; filename="afstemning-${one.fromOn}-${one.toOn}.csv"`,
      },
    });
  }),
} satisfies Record<string, Handler>;

async function presented(
  { db, language }: RequestFacts,
  companyId: string,
  all: readonly Reconciliation[],
) {
  const totals = await readTotals(
    db,
    companyId,
    all.map(({ id }) => id),
  );
  return all.map((one) => presentReconciliation(one, totals, language));
}

/** A page at a time, so that it may be long. */
async function* allRows(
  { db }: RequestFacts,
  query: Omit<Parameters<typeof readRows>[1], 'after' | 'limit'>,
): AsyncGenerator<ReconciliationRow[]> {
  let after: string | null = null;
  for (;;) {
    const rows: ReconciliationRow[] = await readRows(db, {
      ...query,
      after,
      limit: CSV_ROWS_AT_ONCE,
    });
    if (rows.length > 0) yield rows;
    if (rows.length < CSV_ROWS_AT_ONCE) return;
    after = rows.at(-1)!.id;
  }
}

function asCsv(
  pages: AsyncGenerator<ReconciliationRow[]>,
  decimals: Decimals,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let begun = false;
  return new ReadableStream({
    async pull(controller) {
      if (!begun) {
        begun = true;
        controller.enqueue(encoder.encode(csvHead(decimals)));
        return;
      }
      const page = await pages.next();
      if (page.done) controller.close();
      else {
        const lines = page.value.map((row) => csvLine(row, decimals));
        controller.enqueue(encoder.encode(lines.join('')));
      }
    },
    cancel: () => void pages.return(undefined),
  });
}
