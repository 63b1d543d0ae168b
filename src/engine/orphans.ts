/**
 * What the lane's last holder left open when it died or lost the lane: closed here, before any new
 * attempt. A write that left without an answer is uncertain, and is looked for before anything is
 * sent again; an attempt that wrote nothing was merely interrupted.
 */
import { SyncFailure } from '../core/failure.ts';
import type { HeldLane } from '../store/lanes.ts';
import type { WorkerContext } from './engine.ts';
import type { LogWriter } from './log-writer.ts';
import { endBadly } from './settle.ts';

const BATCH = 200;

export async function closeOrphans(
  context: WorkerContext,
  log: LogWriter,
  lane: HeldLane,
): Promise<number> {
  let closed = 0;
  for (;;) {
    const orphans = await context.store.listOrphans(lane, BATCH);
    if (orphans.length === 0) return closed;
    const now = context.clock.now();
    await Promise.all(
      orphans.map((orphan) => {
        const failure = new SyncFailure('interrupted', { uncertain: orphan.wrote });
        const ending = endBadly(failure, orphan, {
          // Its worker can send nothing any more; by whose clock it sent last, nobody need know.
          lastWriteAt: orphan.wrote ? now : null,
          now,
          random: context.random,
        });
        return log.close({
          lane,
          attemptId: orphan.attemptId,
          postingId: orphan.postingId,
          billId: orphan.billId,
          closedAt: now,
          durationMs: Math.max(0, now.getTime() - orphan.openedAt.getTime()),
          outcome: ending.outcome,
          failure: ending.failure,
          decision: null,
          exchanges: [],
          hashes: null,
          // The interruption was ours: go on at once, and let no later try wait longer for it.
          known: { ...ending.known, retryAt: now, failures: orphan.failures },
        });
      }),
    );
    closed += orphans.length;
  }
}
