/**
 * Lanes: who works a connection, and when there is work. A lane is held under a lease with a fence
 * number that grows each time it is taken; whoever writes under an old fence is refused.
 *
 * Time is a parameter everywhere: the statements stay free of volatile functions.
 */
import { type AttemptFailure, PRIORITY } from '../core/attempt.ts';
import { NOT_UNDER_WAY } from './open-attempts.ts';
import type { Queryable } from './pool.ts';

export interface LaneKey {
  readonly companyId: string;
  readonly connectionId: string;
}

/** Places of the limit per minute that are taken: `[free again at, in milliseconds since 1970, how many]`. */
export type PaceTaken = readonly (readonly [freeAtMs: number, count: number])[];

export interface HeldLane extends LaneKey {
  readonly fence: number;
  readonly pausedUntil: Date | null;
  readonly pauseCount: number;
}

/**
 * Lanes with due work that nobody holds, in the order in which they became due. What is due on a connection
 * that is off waits until it is on, and no worker takes the lane for it; but what was left open is closed,
 * and a reconciliation stopped.
 */
export async function dueLanes(db: Queryable, now: Date, limit: number): Promise<LaneKey[]> {
  const { rows } = await db.query<LaneKey>({
    name: 'due-lanes',
    text: `select company_id as "companyId", connection_id as "connectionId"
     from lanes l
     where next_due_at <= $1 and (lease_until is null or lease_until <= $1)
       and (
         exists (
           select 1
           from connections c
           where c.company_id = l.company_id and c.connection_id = l.connection_id and c.enabled
         )
         or exists (
           select 1 from open_attempts o where o.company_id = l.company_id and o.connection_id = l.connection_id
         )
         or exists (
           select 1
           from reconciliations r
           where r.company_id = l.company_id and r.connection_id = l.connection_id and r.due_at is not null
         )
       )
     order by next_due_at
     limit $2`,
    values: [now, limit],
  });
  return rows;
}

/** When the next lane becomes due; null when none will. */
export async function nextDueAt(db: Queryable, now: Date): Promise<Date | null> {
  const { rows } = await db.query<{ next: Date | null }>({
    name: 'next-due-at',
    text: `select next_due_at as next from lanes where next_due_at > $1 order by next_due_at limit 1`,
    values: [now],
  });
  return rows[0]?.next ?? null;
}

/** A lane as it was given back. */
export interface TakenLane extends HeldLane {
  /** Null: whoever held it last died, and nobody knows what it sent. */
  readonly pace: PaceTaken | null;
}

/** Takes a lane nobody holds (or the owner itself held before); null when somebody was quicker. */
export async function takeLane(
  db: Queryable,
  lane: LaneKey,
  owner: string,
  now: Date,
  leaseUntil: Date,
): Promise<TakenLane | null> {
  const { rows } = await db.query<TakenLane>({
    name: 'take-lane',
    text: `with free as (
       select company_id, connection_id, pace
       from lanes
       where company_id = $1 and connection_id = $2 and (lease_until is null or lease_until <= $4 or lease_owner = $3)
       for update
     )
     update lanes l
     set fence = fence + 1, lease_owner = $3, lease_until = $5, pace = null
     from free
     where l.company_id = $1 and l.connection_id = $2
     returning l.company_id as "companyId", l.connection_id as "connectionId", fence,
       paused_until as "pausedUntil", pause_count as "pauseCount", free.pace`,
    values: [lane.companyId, lane.connectionId, owner, now, leaseUntil],
  });
  return rows[0] ?? null;
}

/**
 * Lengthens a worker's leases of these lanes, in the order everybody locks lanes; returns those it still
 * holds. Only what it works: a lane it was given without learning of it must pass on.
 */
export async function renewLeases(
  db: Queryable,
  lanes: readonly LaneKey[],
  owner: string,
  now: Date,
  leaseUntil: Date,
): Promise<HeldLane[]> {
  const { rows } = await db.query<HeldLane>(
    `with mine as (
       select company_id, connection_id
       from lanes
       where lease_owner = $1 and lease_until > $2
         and (company_id, connection_id) in (select * from unnest($4::uuid[], $5::uuid[]))
       order by connection_id
       for no key update
     )
     update lanes l
     set lease_until = $3
     from mine
     where l.company_id = mine.company_id and l.connection_id = mine.connection_id
     returning l.company_id as "companyId", l.connection_id as "connectionId", fence,
       paused_until as "pausedUntil", pause_count as "pauseCount"`,
    [
      owner,
      now,
      leaseUntil,
      lanes.map(({ companyId }) => companyId),
      lanes.map(({ connectionId }) => connectionId),
    ],
  );
  return rows;
}

const PRIORITIES = Object.values(PRIORITY);

/** When the first posting of each priority ($3) is due, as rows of `at`: it is the same to have many due. */
const firstDue = (which = '') => `select (
    select p.due_at
    from postings p
    where p.company_id = $1 and p.connection_id = $2 and p.priority = each.priority and p.due_at is not null ${which}
    order by p.due_at
    limit 1
  ) as at
  from unnest($3::smallint[]) as each (priority)`;

/**
 * Gives a lane back and says when it is due next: at once, when an attempt could not be closed. In a
 * transaction: first the lock, so that a wish committed in between is seen by the second statement or
 * finds the lane free and wakes it. `notBefore`: its place in the line of lanes that are due.
 */
export async function releaseLane(
  db: Queryable,
  lane: HeldLane,
  pace: PaceTaken | null = [],
  notBefore: Date | null = null,
): Promise<void> {
  const { rows } = await db.query({
    name: 'release-lane-lock',
    text: `select 1 from lanes where company_id = $1 and connection_id = $2 and fence = $3 for update`,
    values: [lane.companyId, lane.connectionId, lane.fence],
  });
  if (rows.length === 0) return;
  await db.query({
    name: 'release-lane',
    text: `update lanes
     set lease_owner = null, lease_until = null, pace = $4,
       next_due_at = (
         select greatest(min(due.at), lanes.paused_until, $5::timestamptz)
         from (
           ${firstDue()}
           union all
           select to_timestamp(0)
           from open_attempts o
           where o.company_id = $1 and o.connection_id = $2
           union all
           select r.due_at
           from reconciliations r
           where r.company_id = $1 and r.connection_id = $2 and r.due_at is not null
         ) due
         having count(due.at) > 0
       )
     where company_id = $1 and connection_id = $2`,
    values: [
      lane.companyId,
      lane.connectionId,
      PRIORITIES,
      pace && JSON.stringify(pace),
      notBefore,
    ],
  });
}

/** When a lane's own work is due next; null when there is none. */
export async function nextDueInLane(db: Queryable, lane: LaneKey): Promise<Date | null> {
  const { rows } = await db.query<{ next: Date | null }>({
    name: 'next-due-in-lane',
    text: `select min(due.at) as next
     from (
       ${firstDue(`and ${NOT_UNDER_WAY}`)}
       union all
       select r.due_at
       from reconciliations r
       where r.company_id = $1 and r.connection_id = $2 and r.due_at is not null
     ) due`,
    values: [lane.companyId, lane.connectionId, PRIORITIES],
  });
  return rows[0]?.next ?? null;
}

/** Says that a lane has work at `dueAt`: the last statement of a change, for it locks the lane's row. */
export async function wakeLane(db: Queryable, lane: LaneKey, dueAt: Date): Promise<void> {
  await db.query(
    `update lanes
     set next_due_at = least(next_due_at, $3)
     where company_id = $1 and connection_id = $2`,
    [lane.companyId, lane.connectionId, dueAt],
  );
}

export interface LaneView {
  /** Null also while it is paused: when it is being tried, or about to be. */
  readonly pausedUntil: Date | null;
  readonly pauseFailure: AttemptFailure | null;
  /** Postings that wait, one that is being tried included: what it wishes stands until the result. */
  readonly due: number;
}

export async function readLane(db: Queryable, lane: LaneKey, now: Date): Promise<LaneView | null> {
  const { rows } = await db.query<LaneView>(
    `select case when l.paused_until > $3 then l.paused_until end as "pausedUntil", l.pause_failure as "pauseFailure",
       (
         select count(*)
         from postings p
         where p.company_id = l.company_id and p.connection_id = l.connection_id and p.due_at is not null
       ) as due
     from lanes l
     where l.company_id = $1 and l.connection_id = $2`,
    [lane.companyId, lane.connectionId, now],
  );
  return rows[0] ?? null;
}
