/**
 * Mistakes put into the campaign's workers on purpose (`--plant NAME`), one protection taken away by each, so
 * that it is seen that the campaign can fail. As the simulation's (`simulation/plants.ts`) they are wrapped
 * around what the engine is handed; the engine's own code is as it is.
 */
import type { EngineContext, WorkerContext } from '../src/engine/engine.ts';
import type { EngineStore } from '../src/engine/engine-store.ts';
import type { LogBatch } from '../src/store/attempt-log.ts';
import type { DuePosting } from '../src/store/claimable.ts';

export interface PlantedMistake {
  /** Whose protection it takes away. */
  readonly invariant: number;
  readonly mistake: string;
  readonly shows: 'duplicates' | 'losses' | 'disagreements';
  readonly plant: (context: EngineContext) => Partial<WorkerContext>;
}

type Closing = LogBatch['closings'][number];

const inClosings = (change: (closing: Closing) => Closing['known']): PlantedMistake['plant'] =>
  inStore((store) => ({
    writeLog: (batch, now, notices) => {
      const closings = batch.closings.map((closing) => ({ ...closing, known: change(closing) }));
      return store.writeLog({ ...batch, closings }, now, notices);
    },
  }));

function inStore(change: (store: EngineStore) => Partial<EngineStore>): PlantedMistake['plant'] {
  return ({ store }) => ({ store: { ...store, ...change(store) } });
}

export const PLANTS: Readonly<Record<string, PlantedMistake>> = {
  'no-look': {
    invariant: 3,
    mistake: 'after a lost answer it is written again without looking',
    shows: 'duplicates',
    plant: inClosings(({ known }) => ({ ...known, mustLook: false, lostWriteAt: null })),
  },
  'no-wait': {
    invariant: 2,
    mistake: 'a lost write is not waited for: what is not there yet is made again',
    shows: 'duplicates',
    plant: inClosings(({ known }) => ({ ...known, lostWriteAt: null })),
  },
  'lost-wish': {
    invariant: 4,
    mistake: 'what a dead worker left open counts as done',
    shows: 'losses',
    plant: inClosings(({ known, failure }) =>
      failure?.code === 'interrupted'
        ? { ...known, state: 'in-step', retryAt: null, mustLook: false, lostWriteAt: null }
        : known,
    ),
  },
  'stale-write': {
    invariant: 6,
    mistake: 'the bill is sent as it was when it was first seen',
    shows: 'disagreements',
    plant({ store }) {
      const first = new Map<string, DuePosting['bill']>();
      const asFirst = (due: DuePosting): DuePosting => {
        const bill = first.get(due.billId) ?? due.bill;
        first.set(due.billId, bill);
        return { ...due, bill: { ...bill, payments: due.bill.payments, status: due.bill.status } };
      };
      return {
        store: {
          ...store,
          claimable: async (lane, now, limit) =>
            (await store.claimable(lane, now, limit)).map(asFirst),
        },
      };
    },
  },
};
