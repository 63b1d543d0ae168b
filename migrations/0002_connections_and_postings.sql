-- What is wanted and what is known: connections, their lanes, and one row per posting.

create table connections (
  company_id uuid not null,
  connection_id uuid not null,
  connector text not null,
  name text not null,
  enabled boolean not null,
  settings jsonb not null,
  -- AES-256-GCM, key outside the database
  sealed_secrets text,
  rules jsonb not null,
  -- settings or rules changed: bills with a greater id are still to be looked at; null when all are
  replan_after uuid,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  primary key (company_id, connection_id)
);

-- a worker's question: whose bills are to be looked at again?
create index connections_to_replan on connections (company_id, connection_id)
  where replan_after is not null;

create table lanes (
  company_id uuid not null,
  connection_id uuid not null,
  fence bigint not null default 0,
  lease_owner text,
  lease_until timestamptz,
  -- not later than the first due posting, else the lane would sleep over it
  next_due_at timestamptz,
  paused_until timestamptz,
  pause_failure jsonb,
  pause_count integer not null default 0,
  primary key (company_id, connection_id)
);

-- Makes the fence a key column: raising it (taking the lane) conflicts with the `for key share` of a
-- worker that is writing under the old fence, while waking the lane or renewing its lease does not.
create unique index lanes_fence on lanes (company_id, connection_id, fence);

-- a worker's question: which lanes have work?
create index lanes_due on lanes (next_due_at)
  where next_due_at is not null;

create table postings (
  company_id uuid not null,
  posting_id uuid not null,
  connection_id uuid not null,
  bill_id uuid not null,
  kind text not null,
  payment_id uuid,

  -- what is wanted
  wanted text not null,
  wanted_revision integer not null,
  off jsonb,
  -- grows with every wish, so that an attempt clears only the wish it has seen
  wish_number bigint not null default 1,
  due_at timestamptz,
  burst_began_at timestamptz,
  priority smallint not null default 1,
  trigger text not null,
  changes text[] not null default '{}',
  actor text,
  request_ids uuid[] not null default '{}',

  -- what is known
  state text not null,
  waiting_for text,
  open_attempt_id uuid,
  last_attempt_id uuid,
  must_look boolean not null default false,
  generation integer not null default 0,
  failures integer not null default 0,
  failure jsonb,
  remote_id text,
  remote_version text,
  link text,
  confirmed_fields jsonb,
  confirmed_revision integer,
  in_step_at timestamptz,
  primary key (company_id, posting_id)
) with (fillfactor = 80);

-- one supplier invoice per bill and connection, one supplier payment per payment and connection;
-- also serves "a bill's postings"
create unique index postings_of_bill on postings (company_id, bill_id, connection_id, kind, payment_id)
  nulls not distinct;

-- a lane's question: what is next?
create index postings_due on postings (company_id, connection_id, priority, due_at)
  where due_at is not null;

-- what a dead worker left open
create index postings_open on postings (company_id, connection_id)
  where open_attempt_id is not null;

-- payments that wait for their invoice
create index postings_waiting_for_invoice on postings (company_id, connection_id)
  where waiting_for = 'invoice';

-- bills by sync state, and their counts
create index postings_by_state on postings (company_id, state, bill_id);

create table remote_suppliers (
  company_id uuid not null,
  connection_id uuid not null,
  supplier_key text not null,
  remote_id text not null,
  primary key (company_id, connection_id, supplier_key)
);
