-- Syncing many bills again: how far it is, so that any process goes on where one stopped.
create table resync_runs (
  company_id uuid not null,
  run_id uuid not null,
  -- null: every connection
  connection_id uuid,
  -- null: invoice and payments
  posting_kind text,
  -- which bills: {"by": "failure" | "state" | "reconciled" | "bills", …}
  selection jsonb not null,
  -- the same of two runs that would ask for the same; null: named bills, of which each run is its own
  selection_key text,
  actor text not null,
  -- running, done, stopped
  state text not null,
  -- who stopped it; null: the connection was turned off
  stopped_by text,
  -- bills that were selected when it began
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

-- one at a time of a kind
create unique index resync_runs_selection on resync_runs (company_id, selection_key) where state = 'running';
-- a process's question: is there one to go on with?
create index resync_runs_running on resync_runs (company_id, run_id) where state = 'running';
