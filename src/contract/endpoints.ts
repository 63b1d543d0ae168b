/** The HTTP API, `/v1`: the one list that the server, the client, the CLI and the reference share. */
import { billsEndpoints } from './endpoints/bills.ts';
import { connectionsEndpoints } from './endpoints/connections.ts';
import { failuresEndpoints } from './endpoints/failures.ts';
import { logEndpoints } from './endpoints/log.ts';
import { reconciliationEndpoints } from './endpoints/reconciliations.ts';
import { resyncsEndpoints } from './endpoints/resyncs.ts';
import { serviceEndpoints } from './endpoints/service.ts';

export const endpoints = {
  ...serviceEndpoints,
  ...billsEndpoints,
  ...logEndpoints,
  ...resyncsEndpoints,
  ...failuresEndpoints,
  ...connectionsEndpoints,
  ...reconciliationEndpoints,
} as const;

export type Endpoints = typeof endpoints;
export type EndpointName = keyof Endpoints;
