-- The integration log: append-only. An attempt is an opening, the writes that left, and a result.
-- Attempt ids grow with time (UUID 7), so the tables are partitioned by id: a month leaves whole.

create table attempts (
  company_id uuid not null,
  attempt_id uuid not null,
  connection_id uuid not null,
  posting_id uuid not null,
  bill_id uuid not null,
  kind text not null,
  payment_id uuid,
  trigger text not null,
  changes text[] not null,
  actor text,
  request_ids uuid[] not null,
  fence bigint not null,
  opened_at timestamptz not null,
  -- the bill as it was, and what was to be said of it; json, not jsonb: the very text that is hashed
  bill json not null,
  document json,
  fields json,
  -- SHA-256, hex, of all the above
  hash text not null,
  primary key (company_id, attempt_id)
) partition by range (attempt_id);

-- a bill's log, newest first, and the attempt before of one of its postings
create index attempts_of_bill on attempts (company_id, bill_id, attempt_id);

create table attempt_writes (
  company_id uuid not null,
  attempt_id uuid not null,
  number smallint not null,
  sent_at timestamptz not null,
  method text not null,
  target text not null,
  body text,
  sha256 text,
  -- of all the above
  hash text not null,
  primary key (company_id, attempt_id, number)
) partition by range (attempt_id);

create table attempt_results (
  company_id uuid not null,
  attempt_id uuid not null,
  closed_at timestamptz not null,
  duration_ms double precision not null,
  outcome text not null,
  failure_code text,
  failure jsonb,
  remote_id text,
  link text,
  exchanges json not null,
  chain_number bigint not null,
  previous_hash text not null,
  hash text not null,
  primary key (company_id, attempt_id)
) partition by range (attempt_id);

-- a company's failures by cause
create index attempt_results_failures on attempt_results (company_id, failure_code, attempt_id)
  where failure_code is not null;

-- the chain, in order
create index attempt_results_chain on attempt_results (company_id, chain_number);

-- takes what no month's partition takes
create table attempts_other partition of attempts default;
create table attempt_writes_other partition of attempt_writes default;
create table attempt_results_other partition of attempt_results default;

create table company_chains (
  company_id uuid primary key,
  number bigint not null,
  hash text not null
);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'the integration log is append-only: % on % is refused', tg_op, tg_table_name;
end
$$;

create trigger attempts_append_only before update or delete on attempts
  for each row execute function refuse_change();
create trigger attempt_writes_append_only before update or delete on attempt_writes
  for each row execute function refuse_change();
create trigger attempt_results_append_only before update or delete on attempt_results
  for each row execute function refuse_change();
