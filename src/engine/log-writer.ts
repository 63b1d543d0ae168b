/**
 * Writes the integration log for all attempts under way, with two pens: one for openings and intents,
 * one for results. What each pen is given is gathered into one transaction at a time: while one is
 * written, the next gathers; so a pen is quick when little happens and thrifty when much does. With two,
 * what waits to be sent does not wait for what is over, and the database works while we do.
 *
 * When the database fails, everything in that batch is refused with the error: an attempt that was
 * not opened sends nothing, and one that could not be closed is found open by the lane's next holder. When it
 * is something in the batch that can't be written, only that is refused: the rest may be of other companies.
 */
import type { WorkerContext } from './engine.ts';
import {
  type Closing,
  laneToken,
  type LogBatchResult,
  type Opening,
  type Write,
} from '../store/attempt-log.ts';
import { isDatabaseTrouble, isInTheWay } from '../store/database-trouble.ts';
import { noticesOf } from '../store/notices.ts';

/** The lane is no longer ours: stop, send nothing, write nothing. */
export class LaneLost extends Error {
  override readonly name = 'LaneLost';
}

export interface LogWriter {
  /** The hash of the opening; null: a newer wish overtook this one, and nothing was opened. */
  open(opening: Opening): Promise<string | null>;
  /** The hash of the write. */
  write(write: Write): Promise<string>;
  close(closing: Closing): Promise<void>;
}

type Item =
  | { readonly kind: 'opening'; readonly row: Opening; readonly settle: Settle<string | null> }
  | { readonly kind: 'write'; readonly row: Write; readonly settle: Settle<string> }
  | { readonly kind: 'closing'; readonly row: Closing; readonly settle: Settle<void> };

interface Settle<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

/** The most items in one transaction. */
const MOST = 256;

/** Of a batch that was in another's way. */
const TRIES = 4;

type Surroundings = Pick<WorkerContext, 'store' | 'clock' | 'timers'>;

export function createLogWriter(context: Surroundings): LogWriter {
  const [beginnings, ends] = [createPen(context), createPen(context)];
  return {
    open: (row) =>
      new Promise((resolve, reject) =>
        beginnings({ kind: 'opening', row, settle: { resolve, reject } }),
      ),
    write: (row) =>
      new Promise((resolve, reject) =>
        beginnings({ kind: 'write', row, settle: { resolve, reject } }),
      ),
    close: (row) =>
      new Promise((resolve, reject) => ends({ kind: 'closing', row, settle: { resolve, reject } })),
  };
}

function createPen(context: Surroundings): (item: Item) => void {
  let waiting: Item[] = [];
  let writing = false;

  const flush = async () => {
    writing = true;
    // One turn of the event loop, so that an opening and its first write share a transaction.
    await context.timers.soon();
    while (waiting.length > 0) {
      const batch = waiting.slice(0, MOST);
      waiting = waiting.slice(MOST);
      await write(context, batch);
    }
    writing = false;
  };
  return (item) => {
    waiting.push(item);
    if (!writing) void flush();
  };
}

/** Tells each of the items what became of it; never throws. */
async function write(context: Surroundings, batch: readonly Item[]): Promise<void> {
  try {
    settle(batch, await writeBatch(context, batch));
  } catch (error) {
    if (batch.length === 1 || isDatabaseTrouble(error)) {
      for (const item of batch) item.settle.reject(error);
    } else {
      const half = Math.ceil(batch.length / 2);
      await write(context, batch.slice(0, half));
      await write(context, batch.slice(half));
    }
  }
}

async function writeBatch(
  { store, clock }: Surroundings,
  batch: readonly Item[],
): Promise<LogBatchResult> {
  const gathered = {
    openings: batch.flatMap((item) => (item.kind === 'opening' ? [item.row] : [])),
    writes: batch.flatMap((item) => (item.kind === 'write' ? [item.row] : [])),
    closings: batch.flatMap((item) => (item.kind === 'closing' ? [item.row] : [])),
  };
  const notices = noticesOf(
    [...gathered.openings, ...gathered.closings].map(({ lane, billId }) => ({ ...lane, billId })),
  );
  for (let tries = 1; ; tries++) {
    try {
      return await store.writeLog(gathered, clock.now(), notices);
    } catch (error) {
      if (!isInTheWay(error) || tries === TRIES) throw error;
    }
  }
}

function settle(batch: readonly Item[], result: LogBatchResult): void {
  const writeHashes = result.writeHashes.values();
  for (const item of batch) {
    const writeHash = item.kind === 'write' ? writeHashes.next().value! : '';
    if (result.lost.has(laneToken(item.row.lane))) {
      item.settle.reject(new LaneLost('The lane has another holder.'));
    } else if (item.kind === 'opening') {
      item.settle.resolve(result.opened.get(item.row.attemptId) ?? null);
    } else if (item.kind === 'write') {
      item.settle.resolve(writeHash);
    } else {
      item.settle.resolve();
    }
  }
}
