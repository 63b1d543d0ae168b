/**
 * Mistakes put in on purpose, one protection of the engine taken away by each: what is held against them
 * must notice. They are wrappers of what the engine is handed; the engine's own code is as it is.
 */
import { writeHash } from '../src/store/attempt-chain.ts';
import { hashOfOpening } from './model-hashes.ts';
import { SyncFailure } from '../src/core/failure.ts';
import type { DuePosting } from '../src/store/claimable.ts';
import { inBatch, inClaims, inSession, inSteps, inStore } from './planting.ts';
import type { Plant } from './run.ts';
import { SECRET } from './target-session.ts';
import type { Invariant } from './watch.ts';

export interface PlantedMistake {
  readonly invariant: Invariant;
  readonly mistake: string;
  readonly plant: Plant;
}

export const PLANTED: readonly PlantedMistake[] = [
  {
    invariant: 1,
    mistake: 'the log says that it is written before it is',
    plant: inStore((store) => ({
      async writeLog(batch, now, notices) {
        void store.writeLog(batch, now, notices).catch(() => {});
        return {
          opened: new Map(batch.openings.map((one) => [one.attemptId, hashOfOpening(one)])),
          writeHashes: batch.writes.map(writeHash),
          lost: new Set<string>(),
        };
      },
    })),
  },
  {
    invariant: 2,
    mistake: 'a worker takes its lease to last two and a half times as long',
    plant: inStore((store) => {
      const sooner = (now: Date, until: Date) =>
        new Date((3 * now.getTime() + 2 * until.getTime()) / 5);
      return {
        takeLane: (lane, owner, now, until) => store.takeLane(lane, owner, now, sooner(now, until)),
        renewLeases: (lanes, owner, now, until) =>
          store.renewLeases(lanes, owner, now, sooner(now, until)),
      };
    }),
  },
  {
    invariant: 3,
    mistake: 'nobody remembers that an answer was lost',
    plant: inBatch((batch) => ({
      ...batch,
      closings: batch.closings.map((closing) => ({
        ...closing,
        known: { ...closing.known, mustLook: false, lostWriteAt: null },
      })),
    })),
  },
  {
    invariant: 2,
    mistake: 'a lost write is not waited for',
    plant: inBatch((batch) => ({
      ...batch,
      closings: batch.closings.map((closing) => ({
        ...closing,
        known: { ...closing.known, lostWriteAt: null },
      })),
    })),
  },
  {
    invariant: 3,
    mistake: 'files are sent with each update, whatever is there',
    plant: inSession((session) => ({
      update(call, there, document, options) {
        const fields = Object.entries(there.fields).filter(
          ([field]) => !field.startsWith('attachments'),
        );
        return session.update(
          call,
          { ...there, fields: Object.fromEntries(fields) },
          document,
          options,
        );
      },
    })),
  },
  {
    invariant: 4,
    mistake: 'what is half done counts as done',
    plant: inSession((session) => ({
      create: (call, document, options) =>
        session.create(call, document, options).catch(async (error: unknown) => {
          const isUncertain = error instanceof SyncFailure && error.uncertain;
          const there = isUncertain ? await session.find(call, document).catch(() => null) : null;
          if (!there) throw error;
          return there;
        }),
    })),
  },
  {
    invariant: 4,
    mistake: 'a wish that comes while an attempt is under way is forgotten',
    plant: inStore((store, { postings }) => ({
      async writeLog(batch, now, notices) {
        const result = await store.writeLog(batch, now, notices);
        for (const { postingId, known } of batch.closings) {
          const posting = postings.get(postingId)!;
          if (known.retryAt === null) postings.set(postingId, { ...posting, dueAt: null });
        }
        return result;
      },
    })),
  },
  {
    invariant: 6,
    mistake: 'an attempt is opened though a newer wish has come',
    plant: inBatch((batch, { postings }) => ({
      ...batch,
      openings: batch.openings.map((opening) => ({
        ...opening,
        wishNumber: postings.get(opening.postingId)!.wishNumber,
      })),
    })),
  },
  {
    invariant: 5,
    mistake: 'a payment does not wait for its invoice',
    plant: inClaims((due) => ({
      ...due,
      waitsFor: due.waitsFor === 'invoice' ? null : due.waitsFor,
      invoice: due.invoice && { ...due.invoice, remoteId: due.invoice.remoteId ?? 'somewhere' },
    })),
  },
  {
    invariant: 5,
    mistake: 'a payment does not wait for the one it replaces',
    plant: inClaims((due) =>
      due.kind === 'supplier-payment' && due.waitsFor === 'payment'
        ? { ...due, waitsFor: null }
        : due,
    ),
  },
  {
    invariant: 4,
    mistake: 'what was refused because of another stays so when that one is gone',
    plant: inStore((store, { postings }) => {
      const leavingRefused = async (wake: () => Promise<number>) => {
        const refused = [...postings.values()].filter(({ state }) => state === 'failed');
        const woken = await wake();
        for (const posting of refused) {
          const { id, wishNumber, lastAttemptId, openAttemptId } = postings.get(posting.id)!;
          const isSame =
            wishNumber === posting.wishNumber && lastAttemptId === posting.lastAttemptId;
          if (isSame && openAttemptId === null) postings.set(id, posting);
        }
        return woken;
      };
      return {
        wakeAside: (lane, now) => leavingRefused(() => store.wakeAside(lane, now)),
        wakeForgottenAside: (now) => leavingRefused(() => store.wakeForgottenAside(now)),
      };
    }),
  },
  {
    invariant: 5,
    mistake: 'nobody asks whether a lost write may still make the supplier',
    plant: inStore(() => ({ lostSupplierWriteAt: async () => null })),
  },
  {
    invariant: 6,
    mistake: 'the bill is remembered from the first time',
    plant: {
      store(store) {
        const bills = new Map<string, DuePosting['bill']>();
        return {
          ...store,
          async claimable(lane, now, limit, except) {
            const due = await store.claimable(lane, now, limit, except);
            return due.map((posting) => {
              const bill = bills.get(posting.billId) ?? posting.bill;
              bills.set(posting.billId, bill);
              return { ...posting, bill };
            });
          },
        };
      },
    },
  },
  {
    invariant: 7,
    mistake: 'an error on looking counts as "not there"',
    plant: inSession((session) => ({
      read: (call, id, document) =>
        session.read(call, id, document).catch((error: unknown) => {
          if (error instanceof SyncFailure) return null;
          throw error;
        }),
    })),
  },
  {
    invariant: 7,
    mistake: 'what was known of a deleted posting is forgotten',
    plant: inClaims((due) =>
      due.failure?.code === 'deleted-in-target' ? { ...due, remoteId: null } : due,
    ),
  },
  {
    invariant: 7,
    mistake: 'what was deleted there is made again though nobody asked for that',
    plant: inClaims((due) => ({ ...due, askedToRecreate: true })),
  },
  {
    invariant: 7,
    mistake: 'what is to stay there is forgotten when a person asks again',
    plant: inClaims((due) => (due.asked ? { ...due, keptFields: {} } : due)),
  },
  {
    invariant: 7,
    mistake: 'what somebody changed there is taken for our own',
    plant: inClaims((due) => ({ ...due, confirmedFields: null })),
  },
  {
    invariant: 7,
    mistake: 'what is found, its making never answered, is as we made it',
    plant: inClaims((due) => (due.remoteId === null ? { ...due, lostFields: null } : due)),
  },
  {
    invariant: 7,
    mistake: 'what is booked there is credited though nobody asked for that',
    plant: inClaims((due) => ({ ...due, askedToReplace: true })),
  },
  {
    invariant: 7,
    mistake: 'what was booked by hand is linked though nobody asked for that',
    plant: inClaims((due) => ({ ...due, askedToLink: 'any' })),
  },
  {
    invariant: 7,
    mistake: 'of many at once, one is linked though it is otherwise',
    plant: inClaims((due) => ({ ...due, askedToLink: due.askedToLink && 'any' })),
  },
  {
    invariant: 7,
    mistake: 'the bill wins, whatever the rule says',
    plant: inStore((store) => ({
      async findConnection(companyId, connectionId) {
        const found = await store.findConnection(companyId, connectionId);
        return found && { ...found, rules: { ...found.rules, onConflict: 'bill-wins' } };
      },
    })),
  },
  {
    invariant: 8,
    mistake: 'bodies are kept as they are',
    plant: inBatch((batch) => ({
      ...batch,
      writes: batch.writes.map((write) => ({ ...write, body: `${write.body} ${SECRET}` })),
    })),
  },
  {
    invariant: 9,
    mistake: 'a closed attempt is closed otherwise afterwards',
    plant: inStore((store, { results }) => ({
      async writeLog(batch, now, notices) {
        const result = await store.writeLog(batch, now, notices);
        const [first] = batch.closings;
        const row = first && results.get(first.attemptId);
        if (row) results.set(row.attemptId, { ...row, outcome: 'unchanged' });
        return result;
      },
    })),
  },
  {
    invariant: 9,
    mistake: 'a closed attempt is taken out of the log',
    plant: inStore((store, { results }) => ({
      async releaseLane(lane, pace) {
        await store.releaseLane(lane, pace);
        const [first] = results.keys();
        if (first) results.delete(first);
      },
    })),
  },
  {
    invariant: 10,
    mistake: 'a transaction stays open around each write',
    plant: inSession((session, openTransaction) => ({
      async create(call, document, options) {
        openTransaction(true);
        try {
          return await session.create(call, document, options);
        } finally {
          openTransaction(false);
        }
      },
    })),
  },
  {
    invariant: 'reconciliation',
    mistake: 'what was due waits until a reconciliation is over',
    plant: inStore((store, { reconciliations }) => ({
      async claimable(lane, now, limit, except) {
        const due = await store.claimable(lane, now, limit, except);
        const isUnderWay = [...reconciliations.values()].some(
          ({ connectionId, dueAt }) => connectionId === lane.connectionId && dueAt !== null,
        );
        return isUnderWay ? [] : due;
      },
    })),
  },
  {
    invariant: 'reconciliation',
    mistake: 'a step of one is kept though the lane has another holder',
    plant: inSteps(({ saveStep }, { lanes }) => (lane, ...step) => {
      const { fence } = lanes.get(lane.connectionId)!;
      return saveStep({ ...lane, fence }, ...step);
    }),
  },
  {
    invariant: 'reconciliation',
    mistake: 'what a step found and where it stands are two transactions',
    plant: inSteps(({ saveStep }, { reconciliations }) => async (lane, id, step, now, isNews) => {
      const { rows: _, ...before } = reconciliations.get(id)!;
      await saveStep(lane, id, { ...before, rows: step.rows }, now, false);
      return saveStep(lane, id, { ...step, rows: [] }, now, isNews);
    }),
  },
  {
    invariant: 'reconciliation',
    mistake: 'what has the known id is ours, whatever reference it carries',
    plant: inSession((session) => ({
      read: async (call, remoteId, document) => {
        const there = await session.read(call, remoteId, document);
        return there && { ...there, reference: document.reference };
      },
    })),
  },
  {
    invariant: 'reconciliation',
    mistake: 'many looked for at once are taken to be there as the bills say',
    plant: inSession((session) => ({
      async findMany(_, documents) {
        const asWanted = documents.map((document) => {
          const { reference } = document;
          const fields = session.fields(document);
          const there = { remoteId: reference, reference, version: null, link: null, fields };
          return [reference, there] as const;
        });
        return new Map(asWanted);
      },
    })),
  },
];
