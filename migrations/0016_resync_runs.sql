-- Syncing many bills again is a run, whatever they are chosen by: a cause is one way of four.
alter table cause_runs rename to resync_runs;
alter index cause_runs_pkey rename to resync_runs_pkey;
drop index cause_runs_running;

alter table resync_runs
  -- null: every connection
  alter column connection_id drop not null,
  -- null: invoice and payments
  add column posting_kind text,
  -- which bills: {"by": "failure" | "state" | "reconciled" | "bills", …}
  add column selection jsonb,
  -- the same of two runs that would ask for the same; null: named bills, of which each run is its own
  add column selection_key text;

update resync_runs
set selection = jsonb_build_object('by', 'failure', 'failure', failure_code),
  selection_key = format('["%s",null,{"by":"failure","failure":"%s"}]', connection_id, failure_code);

alter table resync_runs
  alter column selection set not null,
  drop column failure_code;

-- one at a time of a kind
create unique index resync_runs_selection on resync_runs (company_id, selection_key) where state = 'running';
-- a process's question: is there one to go on with?
create index resync_runs_running on resync_runs (company_id, run_id) where state = 'running';
