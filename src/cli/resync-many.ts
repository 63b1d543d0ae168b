/**
 * `spor resync --failed`, `--state STATE` and `--failure CODE`: many bills. The service does it; whoever stops
 * looking on does not stop it, `--stop` does. What fails by a cause is asked for in each integration by itself, for
 * that is where it is mended.
 */
import { randomUUID } from 'node:crypto';
import type { Client } from '../client/client.ts';
import type { ResyncRunShape } from '../contract/resync-shapes.ts';
import type { FailureCode } from '../core/failure.ts';
import type { PostingKind } from '../core/posting.ts';
import { foundConnection } from './found-bill.ts';
import type { Reached } from './reach-service.ts';
import { plain, printJsonDocument } from './terminal.ts';

export interface Many {
  readonly companyId: string;
  readonly of: Meant;
  readonly posting: PostingKind | undefined;
  readonly link: boolean;
  readonly recreate: boolean;
  readonly connection: string | undefined;
  readonly json: boolean;
}

export type Meant =
  | { readonly by: 'failure'; readonly failure: FailureCode }
  | {
      readonly by: 'state';
      readonly state: Extract<ResyncRunShape['of'], { by: 'state' }>['state'];
    };

/** Null: all integrations at once. */
type Place = { readonly id: string; readonly name: string } | null;

interface Done {
  readonly place: Place;
  readonly run: ResyncRunShape;
  /** Postings that waited for an attempt before. */
  readonly waiting: number;
}

const ASK_AGAIN_MS = 300;

export async function resyncMany({ client }: Reached, given: Many): Promise<number> {
  const { companyId, of, posting, link, recreate } = given;
  const all: Done[] = [];
  const leave = () => {
    console.error(`Goes on in the service; spor resync ${saidAs(of)} --stop asks for no more.`);
    process.exit(130);
  };
  process.once('SIGINT', leave);
  for (const place of await chosenPlaces(client, given)) {
    const { postings, waiting } = await failingIn(client, given, place);
    if (postings === 0 && given.connection === undefined) continue;
    const body = { of, posting, link, recreate, connectionId: place?.id };
    const idempotencyKey = randomUUID();
    const run = await client.startResyncRun({ params: { companyId }, body, idempotencyKey });
    all.push({ place, run: await untilOver(client, companyId, run, given.json, place), waiting });
  }
  process.off('SIGINT', leave);
  if (given.json)
    printJsonDocument({ items: all.map(({ run, waiting }) => ({ ...run, waiting })) });
  else if (all.length === 0) console.log(`Nothing ${isSo(of)}.`);
  else all.forEach(tell);
  return all.length > 0 && all.every(({ run }) => isRefused(run)) ? 1 : 0;
}

/** Nothing to stop is no error: then it is as was wanted. */
export async function stopMany({ client }: Reached, given: Many): Promise<number> {
  const { companyId, of } = given;
  const places = await chosenPlaces(client, given);
  const running = await runningRuns(client, companyId);
  const stopped: ResyncRunShape[] = [];
  for (const place of places) {
    for (const { id: runId } of running.filter((run) => isOf(run, of) && isAt(run, place))) {
      const run = await client.stopResyncRun({ params: { companyId, runId } });
      stopped.push(run);
      if (!given.json) console.log(`${named(place)}${stoppedText(run)}`);
    }
  }
  if (given.json) printJsonDocument({ items: stopped });
  else if (stopped.length === 0)
    console.log(`Nothing to stop: what ${isSo(of)} is not being synced again.`);
  return 0;
}

async function chosenPlaces(
  client: Client,
  { companyId, connection, of }: Many,
): Promise<readonly Place[]> {
  if (connection !== undefined) return [await foundConnection(client, companyId, connection)];
  if (of.by === 'state') return [null];
  return (await client.listConnections({ params: { companyId } })).items;
}

/** What fails by the cause, and what of it is on its way already; of a state it says nothing. */
async function failingIn(client: Client, { companyId, of }: Many, place: Place) {
  if (of.by === 'state' || place === null) return { postings: Infinity, waiting: 0 };
  const query = { connectionId: place.id, failure: of.failure };
  return client.countFailing({ params: { companyId }, query });
}

/** Told how far it is, on the error stream, so that what is piped on is the result. */
async function untilOver(
  client: Client,
  companyId: string,
  begun: ResyncRunShape,
  silent: boolean,
  place: Place,
): Promise<ResyncRunShape> {
  let run = begun;
  let told = '';
  while (run.finishedAt === null) {
    const progress = `${named(place)}${run.billsLookedAt} of ${run.bills} bills`;
    if (!silent && progress !== told) console.error(progress);
    told = progress;
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
    run = await client.getResyncRun({ params: { companyId, runId: run.id } });
  }
  return run;
}

/** Of the newest: before one that is not, two hundred others were begun while it runs. */
async function runningRuns(client: Client, companyId: string): Promise<ResyncRunShape[]> {
  const { items } = await client.listResyncRuns({ params: { companyId }, query: { limit: 200 } });
  return items.filter(({ state }) => state === 'running');
}

function isOf({ of }: ResyncRunShape, meant: Meant): boolean {
  if (of.by === 'failure' && meant.by === 'failure') return of.failure.code === meant.failure;
  return of.by === 'state' && meant.by === 'state' && of.state === meant.state;
}

function isAt({ connectionId }: ResyncRunShape, place: Place): boolean {
  return connectionId === (place?.id ?? null);
}

function tell({ place, run, waiting }: Done): void {
  const { accepted, deleted, skipped, skippedBills } = run;
  console.log(`${named(place)}${accepted} postings are being synced again.`);
  if (deleted > 0)
    console.log(
      `left out  ${deleted}: deleted in the accounting system; --recreate makes them again.`,
    );
  for (const { billId, reason } of skipped) console.log(`skipped  ${billId}: ${plain(reason)}`);
  const unnamed = skippedBills - skipped.length;
  if (unnamed > 0) console.log(`skipped  and ${unnamed} more`);
  if (waiting > 0) console.log(`waiting   ${waiting}: on their way before, and not asked again.`);
  if (run.state === 'stopped') console.log(stoppedText(run));
}

function isRefused({ accepted, skipped }: ResyncRunShape): boolean {
  return accepted === 0 && skipped.length > 0;
}

function named(place: Place): string {
  return place ? `${plain(place.name)}: ` : '';
}

function isSo(of: Meant): string {
  return of.by === 'failure' ? `fails by ${of.failure}` : `is ${of.state}`;
}

function saidAs(of: Meant): string {
  return of.by === 'failure' ? `--failure ${of.failure}` : `--state ${of.state}`;
}

function stoppedText({ stoppedBy, billsLookedAt, bills }: ResyncRunShape): string {
  const why = stoppedBy === null ? 'the integration is turned off' : `by ${plain(stoppedBy)}`;
  return `stopped after ${billsLookedAt} of ${bills} bills (${why}); the rest is as it was.`;
}
