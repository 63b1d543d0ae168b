/** Where a mistake can be put: around what the engine is handed of store and connector. */
import type { EngineStore } from '../src/engine/engine-store.ts';
import type { Connector, ConnectorSession } from '../src/sdk/connector.ts';
import type { LogBatch } from '../src/store/attempt-log.ts';
import type { DuePosting } from '../src/store/claimable.ts';
import type { Tables } from './model-tables.ts';
import type { Plant } from './run.ts';

export const inStore = (
  change: (store: EngineStore, tables: Tables) => Partial<EngineStore>,
): Plant => ({
  store: (store, tables) => ({ ...store, ...change(store, tables) }),
});

export const inSteps = (
  change: (
    reconciliation: EngineStore['reconciliation'],
    tables: Tables,
  ) => EngineStore['reconciliation']['saveStep'],
): Plant =>
  inStore(({ reconciliation }, tables) => ({
    reconciliation: { ...reconciliation, saveStep: change(reconciliation, tables) },
  }));

export const inBatch = (change: (batch: LogBatch, tables: Tables) => LogBatch): Plant =>
  inStore((store, tables) => ({
    writeLog: (batch, now, notices) => store.writeLog(change(batch, tables), now, notices),
  }));

export const inClaims = (change: (due: DuePosting) => DuePosting): Plant =>
  inStore((store) => ({
    claimable: async (lane, now, limit, except) =>
      (await store.claimable(lane, now, limit, except)).map(change),
  }));

export const inSession = (
  change: (
    session: ConnectorSession,
    openTransaction: (isOpen: boolean) => void,
  ) => Partial<ConnectorSession>,
): Plant => ({
  connector: (connector, openTransaction): Connector => ({
    ...connector,
    open(context) {
      const session = connector.open(context);
      return { ...session, ...change(session, openTransaction) };
    },
  }),
});
