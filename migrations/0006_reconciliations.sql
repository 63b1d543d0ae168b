-- Reconciliation: what Spor says, what the bill says and what is there, bill by bill. Where one stands
-- is kept here, so that any worker goes on where another stopped.

create table reconciliations (
  company_id uuid not null,
  reconciliation_id uuid not null,
  connection_id uuid not null,
  -- bills issued in these days, both included
  from_on date not null,
  to_on date not null,
  -- the night it was made for; null: a person asked
  night_on date,
  actor text,
  -- waiting, running, done, stopped
  state text not null,
  -- how far the records over there are listed; null: the bills are not all looked at yet
  listed_after text,
  bills integer not null default 0,
  bills_looked_at integer not null default 0,
  -- the last bill looked at
  after_on date,
  after_bill_id uuid,
  -- when the lane goes on; null: it is over
  due_at timestamptz,
  tries integer not null default 0,
  failure jsonb,
  created_at timestamptz not null,
  finished_at timestamptz,
  primary key (company_id, reconciliation_id)
);

-- a lane's question: is there one to go on with?
create index reconciliations_due on reconciliations (company_id, connection_id, due_at)
  where due_at is not null;

-- one a night, however many workers ask
create unique index reconciliations_of_night on reconciliations (company_id, connection_id, night_on)
  where night_on is not null;

create table reconciliation_rows (
  company_id uuid not null,
  reconciliation_id uuid not null,
  row_id uuid not null,
  verdict text not null,
  reason text,
  -- null: a record over there that no posting of ours wants
  bill_id uuid,
  posting_id uuid,
  kind text not null,
  payment_id uuid,
  -- what Spor says
  state text,
  number text not null,
  supplier_name text,
  on_day date,
  currency text not null,
  amount_minor bigint not null,
  remote_id text,
  link text,
  differences jsonb not null default '[]',
  failure jsonb,
  looked_at timestamptz not null,
  -- ids grow with time: serves the rows in the order they were looked at
  primary key (company_id, reconciliation_id, row_id)
);

-- the rows of one verdict
create index reconciliation_rows_by_verdict on reconciliation_rows (company_id, reconciliation_id, verdict, row_id);

-- bills of a period, in order
create index bills_by_day on bills (company_id, issued_on, bill_id);

update connections
set rules = rules || '{"reconcileNightly": true}'
where rules -> 'reconcileNightly' is null;
