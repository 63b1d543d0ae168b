/**
 * `spor resync --failure CODE`: all that fails by one cause, in each integration or in the one named. The
 * service does it; whoever stops looking on does not stop it, `--stop` does.
 */
import { randomUUID } from 'node:crypto';
import type { Client } from '../client/client.ts';
import type { CauseRunShape } from '../contract/sync-shapes.ts';
import type { FailureCode } from '../core/failure.ts';
import { foundConnection } from './found-bill.ts';
import type { Reached } from './reach-service.ts';
import { isRefused, tellResynced } from './tell-resynced.ts';
import { plain, printJsonDocument } from './terminal.ts';

interface Given {
  readonly companyId: string;
  readonly failure: FailureCode;
  readonly connection: string | undefined;
  readonly json: boolean;
}

interface Done {
  readonly name: string;
  readonly run: CauseRunShape;
  /** Postings that waited for an attempt before. */
  readonly waiting: number;
}

const ASK_AGAIN_MS = 300;

export async function resyncCause({ client }: Reached, given: Given): Promise<number> {
  const { companyId, failure } = given;
  const params = { companyId };
  const all: Done[] = [];
  const leave = () => {
    console.error(
      `Goes on in the service; spor resync --failure ${failure} --stop asks for no more.`,
    );
    process.exit(130);
  };
  process.once('SIGINT', leave);
  for (const { id: connectionId, name } of await chosenConnections(client, given)) {
    const query = { connectionId, failure };
    const { postings, waiting } = await client.countFailing({ params, query });
    if (postings === 0 && given.connection === undefined) continue;
    const idempotencyKey = randomUUID();
    const run = await client.startCauseRun({ params, body: query, idempotencyKey });
    all.push({ name, run: await waitFor(client, companyId, run, !given.json && name), waiting });
  }
  process.off('SIGINT', leave);
  if (given.json)
    printJsonDocument({ items: all.map(({ run, waiting }) => ({ ...run, waiting })) });
  else if (all.length === 0) console.log(`Nothing fails by ${failure}.`);
  for (const { name, run, waiting } of given.json ? [] : all) {
    tellResynced(run, name);
    const unnamed = run.skippedBills - run.skipped.length;
    if (unnamed > 0) console.log(`skipped  and ${unnamed} more`);
    if (waiting > 0) console.log(`waiting   ${waiting}: on their way before, and not asked again.`);
    if (run.state === 'stopped') console.log(stoppedText(run));
  }
  return all.length > 0 && all.every(({ run }) => isRefused(run)) ? 1 : 0;
}

/** Nothing to stop is no error: then it is as was wanted. */
export async function stopCause({ client }: Reached, given: Given): Promise<number> {
  const { companyId, failure } = given;
  const connections = await chosenConnections(client, given);
  const running = await runningRuns(client, given.companyId);
  const stopped: CauseRunShape[] = [];
  for (const { id: connectionId, name } of connections) {
    const run = running.find(
      (one) => one.connectionId === connectionId && one.failure.code === failure,
    );
    if (!run) continue;
    stopped.push(await client.stopCauseRun({ params: { companyId, runId: run.id } }));
    if (!given.json) console.log(`${plain(name)}: ${stoppedText(stopped.at(-1)!)}`);
  }
  if (given.json) printJsonDocument({ items: stopped });
  else if (stopped.length === 0) console.log(`Nothing is being synced again by ${failure}.`);
  return 0;
}

async function chosenConnections(
  client: Client,
  { companyId, connection }: Given,
): Promise<readonly { readonly id: string; readonly name: string }[]> {
  if (connection !== undefined) return [await foundConnection(client, companyId, connection)];
  return (await client.listConnections({ params: { companyId } })).items;
}

/** @param name told how far it is, on the error stream, so that what is piped on is the result; false: tell nothing */
async function waitFor(
  client: Client,
  companyId: string,
  begun: CauseRunShape,
  name: string | false,
): Promise<CauseRunShape> {
  let run = begun;
  let told = '';
  while (run.finishedAt === null) {
    const progress = `${plain(name || '')}: ${run.billsLookedAt} of ${run.bills} bills`;
    if (name !== false && progress !== told) console.error(progress);
    told = progress;
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
    run = await client.getCauseRun({ params: { companyId, runId: run.id } });
  }
  return run;
}

/** Of the newest: before one that is not, two hundred others were begun while it runs. */
async function runningRuns(client: Client, companyId: string): Promise<CauseRunShape[]> {
  const { items } = await client.listCauseRuns({ params: { companyId }, query: { limit: 200 } });
  return items.filter(({ state }) => state === 'running');
}

function stoppedText({ stoppedBy, billsLookedAt, bills }: CauseRunShape): string {
  const why = stoppedBy === null ? 'the integration is turned off' : `by ${plain(stoppedBy)}`;
  return `stopped after ${billsLookedAt} of ${bills} bills (${why}); the rest fails still.`;
}
