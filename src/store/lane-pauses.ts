/** Pauses of a lane: begun and ended by whoever holds it, cut short by a person who asks to try now. */
import type { AttemptFailure } from '../core/attempt.ts';
import type { HeldLane, LaneKey } from './lanes.ts';
import type { Queryable } from './pool.ts';

export interface LanePause {
  readonly until: Date;
  readonly failure: AttemptFailure;
  readonly count: number;
  readonly connectionChangedAt: Date | null;
  /** The end of the pause there was, as the holder knows it; null: there was none. */
  readonly after: Date | null;
}

/**
 * Pauses a lane, by its holder only; tells whether it did. Not when the connection was changed after
 * `connectionChangedAt`: what failed with the old settings says nothing about the new. Nor when the pause
 * there was is no longer the one the holder knows: a person asked to try now while it tried.
 */
export async function pauseLane(db: Queryable, lane: HeldLane, pause: LanePause): Promise<boolean> {
  const { rowCount } = await db.query(
    `update lanes
     set paused_until = $4, pause_failure = $5, pause_count = $6
     where company_id = $1 and connection_id = $2 and fence = $3 and paused_until is not distinct from $8
       and not exists (
         select 1 from connections c where c.company_id = $1 and c.connection_id = $2 and c.changed_at > $7
       )`,
    [
      lane.companyId,
      lane.connectionId,
      lane.fence,
      pause.until,
      JSON.stringify(pause.failure),
      pause.count,
      pause.connectionChangedAt,
      pause.after,
    ],
  );
  return rowCount === 1;
}

/** Ends a pause, by its holder: the system answered. */
export async function endPause(db: Queryable, lane: HeldLane): Promise<void> {
  await db.query(
    `update lanes
     set paused_until = null, pause_failure = null, pause_count = 0
     where company_id = $1 and connection_id = $2 and fence = $3`,
    [lane.companyId, lane.connectionId, lane.fence],
  );
}

/**
 * Lets a paused lane try now: the pause ends at this moment, and its reason stays until an attempt succeeds.
 * Pauses begin anew: asking often is not to make them longer.
 */
export async function tryNow(db: Queryable, lane: LaneKey, now: Date): Promise<void> {
  await db.query(
    `update lanes
     set paused_until = case when pause_failure is not null then $3::timestamptz end,
       pause_count = least(pause_count, 1), next_due_at = least(next_due_at, $3)
     where company_id = $1 and connection_id = $2`,
    [lane.companyId, lane.connectionId, now],
  );
}
