/** The connectors this service has. */
import { journal } from '../connectors/journal/index.ts';
import { sandbox } from '../connectors/sandbox/index.ts';
import { tryton } from '../connectors/tryton/index.ts';
import type { Connector } from '../sdk/connector.ts';

const ALL = [journal, sandbox, tryton] as const;

export const connectors: ReadonlyMap<string, Connector> = new Map(
  // Each connector checks its own settings before it sees them, so the engine may hand it any.
  ALL.map((connector) => [connector.id, connector as unknown as Connector]),
);
