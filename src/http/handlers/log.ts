/** The integration log: postings, attempts, and syncing again. */
import type { Queryable } from '../../store/pool.ts';
import { keepInTarget } from '../../engine/keep-in-target.ts';
import { resync } from '../../engine/resync.ts';
import { listAttempts, readAttempt } from '../../store/attempt-reading.ts';
import { departedMonthOf, listDepartedMonths } from '../../store/departed-attempts.ts';
import { readLane } from '../../store/lanes.ts';
import { listPostings } from '../../store/postings.ts';
import { pageOf, readCursor } from '../cursor.ts';
import { type Handler, reading, writing } from '../handler.ts';
import { presentAttempt, presentAttemptDetail, presentPosting } from '../present/sync.ts';
import { refusalOf } from '../present/refusal-of.ts';
import { Refusal } from '../refusal.ts';
import { foundBill, recordingOf } from './found.ts';

export const logHandlers = {
  listPostings: reading('listPostings', async (facts, { params }) => {
    const { db, context, language } = facts;
    const bill = await foundBill(facts, params);
    const postings = await listPostings(db, params.companyId, params.billId);
    const now = context.engine.clock.now();
    const lanes = await lanesOf(db, params.companyId, postings, now);
    return {
      items: postings.map((posting) =>
        presentPosting(posting, bill, lanes.get(posting.connectionId), now, language),
      ),
    };
  }),

  listAttempts: reading('listAttempts', async (facts, { params, query }) => {
    await foundBill(facts, params);
    const rows = await listAttempts(facts.db, {
      ...params,
      connectionId: query.connectionId ?? null,
      before: readCursor(query.cursor),
      limit: query.limit + 1,
    });
    const { items, next } = pageOf(rows, query.limit);
    return {
      items: items.map((line) => presentAttempt(line, facts.language)),
      next,
      archived: next === null ? await archivedOf(facts.db, params, query.connectionId) : [],
    };
  }),

  getAttempt: reading('getAttempt', async ({ db, language }, { params }) => {
    const attempt = await readAttempt(db, params.companyId, params.attemptId);
    if (!attempt) throw await noSuchAttempt(db, params);
    return presentAttemptDetail(attempt, language);
  }),

  resync: writing('resync', async (facts, { params, body }) => {
    const requestedAt = facts.context.engine.clock.now().toISOString();
    if (body.replace && body.posting !== 'supplier-invoice')
      throw new Refusal('invalid-request', 'A payment is taken back and booked anew by itself.', [
        { path: 'body.replace', message: 'is for a supplier invoice' },
      ]);
    if (body.link && body.posting !== 'supplier-invoice')
      throw new Refusal('invalid-request', 'Only what was booked as an invoice is linked.', [
        { path: 'body.link', message: 'is for a supplier invoice' },
      ]);
    if (body.link && body.replace)
      throw new Refusal('invalid-request', 'These are opposite decisions: give one.', [
        { path: 'body.link', message: 'is not with replace' },
      ]);
    const result = await resync(recordingOf(facts), {
      ...params,
      connectionId: body.connectionId,
      posting: body.posting,
      paymentId: body.paymentId ?? null,
      trigger: 'manual',
      overwrite: body.overwrite,
      replace: body.replace,
      link: body.link,
    });
    if (!result.ok) throw refusalOf(result.refusal);
    return { postingIds: [...result.postingIds], requestedAt };
  }),

  keepInTarget: writing('keepInTarget', async (facts, { params, body }) => {
    const requestedAt = facts.context.engine.clock.now().toISOString();
    const kept = await keepInTarget(recordingOf(facts), { ...params, ...body });
    switch (kept) {
      case 'not-found':
        throw new Refusal('not-found', 'There is no such bill or posting.');
      case 'connection-off':
        throw new Refusal('connection-off', 'Turn the integration on first.');
      case 'nothing-to-decide':
        throw new Refusal(
          'nothing-to-decide',
          'It is being synced, or was since; look at the posting as it is now.',
        );
      case 'kept':
        return { postingIds: [params.postingId], requestedAt };
    }
  }),
} satisfies Record<string, Handler>;

async function archivedOf(
  db: Queryable,
  bill: { companyId: string; billId: string },
  connectionId: string | undefined,
) {
  const months = await listDepartedMonths(db, { ...bill, connectionId: connectionId ?? null });
  return months.map(({ leftAt, ...month }) => ({ ...month, leftAt: leftAt.toISOString() }));
}

async function noSuchAttempt(
  db: Queryable,
  { companyId, attemptId }: { companyId: string; attemptId: string },
): Promise<Refusal> {
  const left = await departedMonthOf(db, companyId, attemptId);
  if (!left) return new Refusal('not-found', 'There is no such attempt.');
  const { month, archivedTo } = left;
  return new Refusal(
    'attempt-archived',
    archivedTo === null
      ? `Attempts of ${month} left the log and were not kept.`
      : `Attempts of ${month} left the log and were written to ${archivedTo}.`,
  );
}

async function lanesOf(
  db: Queryable,
  companyId: string,
  postings: readonly { connectionId: string }[],
  now: Date,
) {
  const ids = [...new Set(postings.map(({ connectionId }) => connectionId))];
  const lanes = new Map<string, NonNullable<Awaited<ReturnType<typeof readLane>>>>();
  for (const connectionId of ids) {
    const lane = await readLane(db, { companyId, connectionId }, now);
    if (lane) lanes.set(connectionId, lane);
  }
  return lanes;
}
