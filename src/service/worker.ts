/** A worker alone: lanes without doors for people. Any number of them share one database. */
import { startResyncRunner } from '../engine/resync-runner.ts';
import type { EngineContext } from '../engine/engine.ts';
import { startWorker } from '../engine/worker.ts';
import type { WorkerConfig } from './config.ts';
import { type Closing, closeAll, layFoundation, type Surroundings, timed } from './foundation.ts';

export interface LoneWorker {
  readonly context: EngineContext;
  lanesHeld(): number;
  /** Finishes or hands back what is under way, then ends everything. */
  stop(): Promise<void>;
}

export async function startLoneWorker(
  config: WorkerConfig,
  given: Surroundings,
): Promise<LoneWorker> {
  const closing: Closing = [];
  const stop = () => closeAll(closing, given.logger);
  try {
    const context = await layFoundation({ ...config, makesKey: false }, given, closing);
    const worker = await timed(given, 'worker', () => startWorker(context));
    closing.push(() => worker.stop());
    const resyncs = startResyncRunner(context);
    closing.push(() => resyncs.stop());
    given.logger.info('a worker is up');
    return { context, lanesHeld: () => worker.lanesHeld(), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
