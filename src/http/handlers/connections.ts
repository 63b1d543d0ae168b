/** Connections: set up, checked, turned on and off. */
import { z } from 'zod';
import {
  ConnectionRefused,
  createConnection,
  editConnection,
  SettingsInvalid,
} from '../../engine/connect.ts';
import { checkConnection } from '../../engine/check-connection.ts';
import type { Connector } from '../../sdk/connector.ts';
import { type Connection, listConnections } from '../../store/connections.ts';
import { readLane } from '../../store/lanes.ts';
import { tryNow } from '../../store/lane-pauses.ts';
import { notifyLive, notifyWake } from '../../store/notices.ts';
import { acceptRules, presentRules } from '../accept-rules.ts';
import type { RequestFacts } from '../context.ts';
import { type Handler, outside, reading, writing } from '../handler.ts';
import { presentFailure } from '../present/sync.ts';
import { Refusal } from '../refusal.ts';
import { enabledConnection, foundCompany, foundConnection, recordingOf } from './found.ts';

export const connectionHandlers = {
  listConnectors: reading('listConnectors', async ({ context }) => ({
    items: [...context.engine.connectors.values()].map((connector) => ({
      id: connector.id,
      name: connector.name,
      capabilities: { ...connector.capabilities },
      settings: z.toJSONSchema(connector.settings, { io: 'input' }) as Record<string, unknown>,
      secretSettings: [...connector.secretSettings],
    })),
  })),

  listConnections: reading('listConnections', async (facts, { params }) => {
    const company = await foundCompany(facts, params.companyId);
    const connections = await listConnections(facts.db, params.companyId);
    return {
      items: await Promise.all(
        connections.map((connection) => present(facts, connection, company.baseCurrency)),
      ),
    };
  }),

  createConnection: writing('createConnection', async (facts, { params, body }) => {
    const company = await foundCompany(facts, params.companyId);
    const { connector, name, settings } = body;
    const rules = acceptRules(body.rules, company.baseCurrency);
    const connection = await settingsChecked(() =>
      createConnection(facts.context.engine, recordingOf(facts), {
        company,
        connector,
        name,
        settings,
        rules,
      }),
    );
    return present(facts, connection, company.baseCurrency);
  }),

  getConnection: reading('getConnection', async (facts, { params }) => {
    const company = await foundCompany(facts, params.companyId);
    return present(facts, await foundConnection(facts, params), company.baseCurrency);
  }),

  editConnection: writing('editConnection', async (facts, { params, body }) => {
    const company = await foundCompany(facts, params.companyId);
    await foundConnection(facts, params);
    const { rules, ...rest } = body;
    const edit = { ...rest, rules: rules && acceptRules(rules, company.baseCurrency) };
    const connection = await settingsChecked(() =>
      editConnection(facts.context.engine, recordingOf(facts), params, edit),
    );
    return present(facts, connection, company.baseCurrency);
  }),

  checkConnection: outside('checkConnection', async (facts, { params }) => {
    const company = await foundCompany(facts, params.companyId);
    const connection = await foundConnection(facts, params);
    const startedMs = performance.now();
    const failure = await checkConnection(facts.context.engine, company, connection, facts.signal);
    return {
      ok: failure === null,
      failure: failure ? presentFailure(failure, facts.language) : null,
      durationMs: Math.round(performance.now() - startedMs),
    };
  }),

  resumeConnection: writing('resumeConnection', async (facts, { params }) => {
    const company = await foundCompany(facts, params.companyId);
    const connection = await enabledConnection(facts, params);
    await tryNow(facts.db, params, facts.context.engine.clock.now());
    await notifyWake(facts.db, params.companyId, params.connectionId);
    await notifyLive(facts.db, [{ ...params, billId: null }]);
    return present(facts, connection, company.baseCurrency);
  }),
} satisfies Record<string, Handler>;

async function settingsChecked<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ConnectionRefused) throw new Refusal(error.code, error.message);
    if (!(error instanceof SettingsInvalid)) throw error;
    throw new Refusal('settings-invalid', error.message, error.errors);
  }
}

async function present(
  { db, context, language }: RequestFacts,
  connection: Connection,
  baseCurrency: string,
) {
  const key = { companyId: connection.companyId, connectionId: connection.id };
  const lane = await readLane(db, key, context.engine.clock.now());
  const paused = lane?.pauseFailure ?? null;
  const connector: Connector | undefined = context.engine.connectors.get(connection.connector);
  return {
    id: connection.id,
    connector: connection.connector,
    name: connection.name,
    enabled: connection.enabled,
    settings: connection.settings,
    rules: presentRules(connection.rules, baseCurrency),
    capabilities: {
      ...connector?.capabilities,
      credit: connector?.credits?.(connection.settings) ?? false,
    },
    lane: {
      state: paused ? ('paused' as const) : ('open' as const),
      pausedUntil: paused ? (lane?.pausedUntil?.toISOString() ?? null) : null,
      failure: paused ? presentFailure(paused, language) : null,
      due: lane?.due ?? 0,
    },
    createdAt: connection.createdAt.toISOString(),
    changedAt: connection.changedAt.toISOString(),
  };
}
