/** `script/simulate`: many seeds over several processes, or one with its whole history. */
import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { optionsOf } from '../script/lib/options.ts';
import { outsidePromises } from './event-loop.ts';
import { type Run, run } from './run.ts';
import { add, type Figures, NOTHING, type runSeeds } from './seeds.ts';
import { readable, shrink } from './shrink.ts';
import { nameOf } from './watch.ts';

const HELP = `Usage: script/simulate [--seeds N] [--from SEED] [--jobs N]
       script/simulate --seed SEED

Runs the engine's own code on a virtual clock, against models of the database and
of an accounting system, with crashes, delays, lost answers and people at work; all
of it follows from the seed. Each run checks the ten invariants of
src/engine/engine.ts, and what reconciliations say. At the first seed that breaks one it prints the shortest
history it can find, and ends with 1.

  --seeds N    how many seeds (1,000)
  --from SEED  the first one (1)
  --jobs N     processes at once (as many as there are processors)
  --seed SEED  one run, with its whole history
`;

const BATCH = 50;

const values = optionsOf('script/simulate', {
  seeds: { type: 'string', default: '1000' },
  from: { type: 'string', default: '1' },
  jobs: { type: 'string', default: String(availableParallelism()) },
  seed: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
});

if (values.help) process.stdout.write(HELP);
else if (values.seed !== undefined) await tellOne(whole('--seed', values.seed));
else
  await runMany(
    whole('--from', values.from),
    whole('--seeds', values.seeds),
    whole('--jobs', values.jobs),
  );

function whole(name: string, text: string): number {
  const number = Number(text.replaceAll(',', ''));
  if (Number.isSafeInteger(number) && number >= 0) return number;
  process.stderr.write(`spor: ${name} takes a whole number, not ${text}.\n`);
  process.exit(2);
}

async function tellOne(seed: number): Promise<void> {
  const one = await outsidePromises(() => run({ seed, keepsHistory: true }));
  tellHistory(one);
  if (one.breach) await tellShortest(one);
  else
    console.log(`Seed ${seed}: all ten invariants held, and every reconciliation said what is so.`);
}

async function runMany(from: number, count: number, jobs: number): Promise<void> {
  const beganMs = performance.now();
  let next = from;
  const failing: Run[] = [];
  let figures: Figures = NOTHING;
  const work = async () => {
    const child = fork(fileURLToPath(new URL('./seeds-process.ts', import.meta.url)));
    while (next < from + count && failing.length === 0) {
      const batch = { from: next, count: Math.min(BATCH, from + count - next) };
      next += batch.count;
      const result = await ask(child, batch);
      figures = add(figures, result.figures);
      if (result.failing) failing.push(result.failing);
    }
    child.kill();
  };
  await Promise.all(Array.from({ length: Math.max(jobs, 1) }, work));
  const seconds = (performance.now() - beganMs) / 1_000;
  const told = (number: number) => Math.round(number).toLocaleString('en');
  console.log(
    `${told(figures.seeds)} seeds in ${seconds.toFixed(1)} s on ${jobs} processes: ` +
      `${told(figures.attempts)} attempts, ${told(figures.faults)} calls that went wrong, ` +
      `${told(figures.happened)} steps, ${told(figures.virtualMs / 3_600_000)} hours of virtual time.`,
  );
  const [first] = failing.sort((a, b) => a.seed - b.seed);
  if (first) await tellShortest(first);
  else console.log('All ten invariants held, and every reconciliation said what is so.');
}

type Result = Awaited<ReturnType<typeof runSeeds>>;

function ask(child: ChildProcess, batch: { from: number; count: number }): Promise<Result> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) =>
      reject(new Error(`The process with the seeds from ${batch.from} on ended with ${code}.`));
    child.once('exit', ended);
    child.once('message', (result) => {
      child.off('exit', ended);
      resolve(result as Result);
    });
    child.send(batch);
  });
}

async function tellShortest(failing: Run): Promise<void> {
  const shortest = await outsidePromises(() => shrink(failing));
  console.log(`\nThe shortest history found that breaks the same, of seed ${failing.seed}:\n`);
  tellHistory(shortest);
  const { invariant = 0, what = '' } = shortest.breach ?? {};
  const broken = nameOf(invariant);
  console.log(`\nSeed ${failing.seed} breaks ${broken}: ${what}`);
  console.log(`Again, whole: ./script/simulate --seed ${failing.seed}`);
  process.exitCode = 1;
}

function tellHistory(one: Run): void {
  for (const line of readable(one.history)) console.log(line);
}
