/** A process of its own that runs the seeds it is told, a batch at a time. */
import { runSeeds } from './seeds.ts';

process.on('message', ({ from, count }: { from: number; count: number }) => {
  void runSeeds(from, count).then((result) => process.send!(result));
});
