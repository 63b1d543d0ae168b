-- What left the integration log when its time was over: whole months, and of each company the stretches
-- of its chain that left with them, so that what is kept can still be proved whole.

create table departed_months (
  -- '2025-01'
  month text primary key,
  left_at timestamptz not null,
  actor text not null,
  attempts bigint not null,
  bytes bigint not null,
  -- the folder it was written to before it left; null: it was not
  archived_to text
);

-- Attempts are kept by when they began and chained by when they ended, so a month may leave with more than
-- one stretch of numbers. The key serves: which stretch begins where the kept chain stops?
create table departed_stretches (
  company_id uuid not null,
  first_number bigint not null,
  last_number bigint not null,
  -- of the attempt before the first
  previous_hash text not null,
  -- of the last
  hash text not null,
  month text not null,
  primary key (company_id, first_number)
);

-- How many attempts of a bill left with a month: its log says so where it ends.
create table departed_attempts (
  company_id uuid not null,
  bill_id uuid not null,
  connection_id uuid not null,
  month text not null,
  attempts integer not null,
  primary key (company_id, bill_id, connection_id, month)
);

create trigger departed_months_append_only before update or delete on departed_months
  for each row execute function refuse_change();
create trigger departed_stretches_append_only before update or delete on departed_stretches
  for each row execute function refuse_change();
create trigger departed_attempts_append_only before update or delete on departed_attempts
  for each row execute function refuse_change();
