-- Syncing again all that fails by a cause: how far it is, so that any process goes on where one stopped.
create table cause_runs (
  company_id uuid not null,
  run_id uuid not null,
  connection_id uuid not null,
  failure_code text not null,
  actor text not null,
  -- running, done, stopped
  state text not null,
  -- who stopped it; null: the connection was turned off
  stopped_by text,
  -- bills that failed by it when it began
  bills integer not null,
  bills_looked_at integer not null default 0,
  -- the last of them
  after_bill_id uuid,
  -- postings asked for; left out, for they were deleted there
  accepted integer not null default 0,
  deleted integer not null default 0,
  -- bills that were refused; the first of them with the reason: [{"billId", "refusal"}, …]
  skipped_bills integer not null default 0,
  skipped jsonb not null default '[]',
  created_at timestamptz not null,
  finished_at timestamptz,
  -- ids grow with time: serves the list, newest first
  primary key (company_id, run_id)
);

-- one at a time for each cause; and a process's question: is there one to go on with?
create unique index cause_runs_running on cause_runs (company_id, connection_id, failure_code)
  where state = 'running';
