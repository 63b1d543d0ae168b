/** A pause that outlasts the test that looks at it. */
import type { World } from './world.ts';

/**
 * Waits until the connection is paused, and lets the pause last an hour: no probe comes but one that is asked
 * for. Whole seconds, as the service knows pauses to the millisecond and PostgreSQL to the microsecond.
 */
export async function pauseForAnHour(world: World, connectionId: string): Promise<void> {
  const lengthen = () =>
    world.database.pool.query(
      `update lanes
       set paused_until = date_trunc('second', now()) + interval '1 hour', next_due_at = now() + interval '1 hour'
       where connection_id = $1 and paused_until > now()`,
      [connectionId],
    );
  await world.until(lengthen, ({ rowCount }) => rowCount === 1);
}
