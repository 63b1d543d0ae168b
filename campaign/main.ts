/** `script/campaign`: one campaign, told as it goes, and its figures. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { optionsOf } from '../script/lib/options.ts';
import { keptBooks } from '../src/connectors/tryton/test-kept-books.ts';
import { startTryton } from '../src/connectors/tryton/test-server.ts';
import { type Outcome, runCampaign } from './campaign.ts';
import { sum, told } from './figures.ts';
import { PLANTS } from './plants.ts';

const PLANT_LIST = Object.entries(PLANTS)
  .map(([name, { mistake, shows }]) => `                 ${name.padEnd(12)} ${mistake} (${shows})`)
  .join('\n');

const HELP = `Usage: script/campaign [--minutes N] [--seed S] [--workers N] [--plant NAME]

Runs real workers, a real PostgreSQL and a real Tryton, with a network between them
that loses, delays and spoils what it carries, while people add, change, approve, pay
and cancel bills, and while workers, API, PostgreSQL and Tryton are killed (kill -9) and
workers are stopped beyond their lease. Then it lets all of it settle, and compares every
bill with Tryton's own books. It ends with 1 when anything is there twice, or not, or otherwise.

  --minutes N    how long things fail (5)
  --seed S       of the dice: what is decided is the same again, when it happens is not
  --workers N    how many (3)
  --plant NAME   with a mistake in the workers, to see that it is found:
${PLANT_LIST}
`;

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const values = optionsOf('script/campaign', {
  minutes: { type: 'string', default: '5' },
  seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  workers: { type: 'string', default: '3' },
  plant: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
});

if (values.help) process.stdout.write(HELP);
else await main();

async function main(): Promise<void> {
  const minutes = number('minutes', values.minutes, 0.1, 1_440);
  const seed = whole('seed', values.seed, 0, 2 ** 31);
  const workers = whole('workers', values.workers, 1, 20);
  const plant = values.plant ?? null;
  if (plant !== null && !Object.hasOwn(PLANTS, plant))
    refuse(`--plant knows ${Object.keys(PLANTS).join(', ')}, not ${plant}.`);
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => stopping.abort(new Error('It was asked to stop.')));
  const place = join(ROOT, '.spor', 'campaign');
  const folder = join(place, `run-${seed}${plant === null ? '' : `-${plant}`}`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  console.log(`seed ${seed}: ${minutes} minutes, ${workers} workers${plant ? `, ${plant}` : ''}`);
  const tryton = await startTryton(join(place, 'tryton'));
  try {
    const outcome = await runCampaign({
      tryton: tryton.server,
      folder,
      durationMs: minutes * 60_000,
      // What a mistake broke may never settle.
      settleMs: plant === null ? 300_000 : 100_000,
      workers,
      companies: 10,
      billsPerCompany: Math.ceil(8 + minutes * 5),
      seed,
      plant,
      signal: stopping.signal,
      tell: (line) => console.log(`  ${line}`),
    });
    const isGood = tellOutcome(outcome);
    process.exitCode = isGood ? 0 : 1;
    if (isGood) await rm(folder, { recursive: true, force: true });
    else {
      const books = keptBooks(tryton.server.data).copyTo(join(folder, 'tryton.sqlite'));
      console.log(`\nKept: PostgreSQL's files${books ? ' and Tryton’s books' : ''}, in ${folder}`);
    }
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
    console.log('Stopped before the end: nothing was compared.');
    await rm(folder, { recursive: true, force: true });
    process.exitCode = 130;
  } finally {
    tryton.stop();
  }
}

function tellOutcome(outcome: Outcome): boolean {
  const { changes, attempts, faults, kills, findings, stories, settledMs } = outcome;
  const of = (kind: string) => findings.filter((finding) => finding.kind === kind).length;
  const [duplicates, losses, disagreements] = ['duplicate', 'loss', 'disagreement'].map(of);
  const lines = [
    `bills          ${outcome.bills}`,
    `changes        ${sum(changes)} (${told(changes)})`,
    `attempts       ${sum(attempts)} (${told(attempts)})`,
    `requests       ${outcome.requests}, ${outcome.writes} of them writes`,
    `faults         ${sum(faults)} (${told(faults)})`,
    `kills, stops   ${sum(kills)} (${told(kills)})`,
    `settled        ${settledMs === null ? 'NOT in time' : `in ${(settledMs / 1_000).toFixed(1)} s`}`,
    `left by Tryton ${outcome.leftByTryton} (states of invoices it was killed over)`,
    `failed starts  ${outcome.failedStarts}`,
    `errors logged  ${told(outcome.errors)}`,
    `duplicates     ${duplicates}`,
    `losses         ${losses}`,
    `disagreements  ${disagreements}`,
  ];
  console.log(`\n${lines.join('\n')}`);
  for (const death of outcome.deaths) console.log(`\nEnded by itself: ${death}`);
  for (const story of stories) console.log(`\n${story}`);
  for (const { kind, bill, what } of findings.slice(stories.length))
    console.log(`${kind}: bill ${bill}: ${what}`);
  return findings.length === 0 && settledMs !== null && outcome.deaths.length === 0;
}

function whole(name: string, text: string, least: number, most: number): number {
  const value = number(name, text, least, most);
  if (!Number.isInteger(value)) refuse(`--${name} takes a whole number, not ${text}.`);
  return value;
}

function number(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= least && value <= most))
    refuse(`--${name} takes a number from ${least} to ${most}, not ${text}.`);
  return value;
}

function refuse(why: string): never {
  process.stderr.write(`spor: ${why}\n`);
  process.exit(2);
}
