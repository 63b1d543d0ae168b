/** `spor resync --failure CODE`: all that fails by one cause, in each integration or in the one named. */
import { randomUUID } from 'node:crypto';
import { type CauseRun, resyncWholeCause } from '../client/whole-cause.ts';
import type { FailureCode } from '../core/failure.ts';
import { foundConnection } from './found-bill.ts';
import type { Reached } from './reach-service.ts';
import { isRefused, tellResynced } from './tell-resynced.ts';
import { plain, printJsonDocument } from './terminal.ts';

interface Done {
  readonly name: string;
  readonly connectionId: string;
  readonly run: CauseRun;
  /** Postings that waited for an attempt before. */
  readonly waiting: number;
}

export async function resyncCause(
  { client }: Reached,
  given: {
    companyId: string;
    failure: FailureCode;
    connection: string | undefined;
    json: boolean;
  },
): Promise<number> {
  const { companyId, failure } = given;
  const params = { companyId };
  const connections =
    given.connection === undefined
      ? (await client.listConnections({ params })).items
      : [await foundConnection(client, companyId, given.connection)];
  const all: Done[] = [];
  for (const { id: connectionId, name } of connections) {
    const query = { connectionId, failure };
    const { bills, postings, waiting } = await client.countFailing({ params, query });
    if (postings === 0 && given.connection === undefined) continue;
    for await (const run of resyncWholeCause(client, { companyId, ...query }, randomUUID)) {
      // On the error stream, so that what is piped on is the result.
      if (run.next !== null && !given.json)
        console.error(`${plain(name)}: ${run.bills} of ${bills} bills`);
      else if (run.next === null) all.push({ name, connectionId, run, waiting });
    }
  }
  if (given.json) {
    printJsonDocument({
      items: all.map(({ connectionId, waiting, run: { next: _, ...run } }) => ({
        connectionId,
        waiting,
        ...run,
      })),
    });
  } else if (all.length === 0) {
    console.log(`Nothing fails by ${failure}.`);
  }
  for (const { name, run, waiting } of given.json ? [] : all) {
    tellResynced(run, name);
    if (waiting > 0) console.log(`waiting   ${waiting}: on their way before, and not asked again.`);
  }
  return all.length > 0 && all.every(({ run }) => isRefused(run)) ? 1 : 0;
}
