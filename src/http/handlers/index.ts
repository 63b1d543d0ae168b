/** Every endpoint of the contract has its handler: the type says so. */
import type { EndpointName } from '../../contract/endpoints.ts';
import type { Handler } from '../handler.ts';
import { billHandlers } from './bills.ts';
import { companyHandlers } from './companies.ts';
import { connectionHandlers } from './connections.ts';
import { failureHandlers } from './failures.ts';
import { logHandlers } from './log.ts';
import { reconciliationHandlers } from './reconciliations.ts';
import { resyncHandlers } from './resyncs.ts';

export const handlers: Readonly<Record<EndpointName, Handler>> = {
  ...companyHandlers,
  ...billHandlers,
  ...logHandlers,
  ...resyncHandlers,
  ...failureHandlers,
  ...connectionHandlers,
  ...reconciliationHandlers,
};
