-- What the company says: companies, bills with their attachments, and what happened to each bill.
-- Every key begins with company_id; no foreign key or query crosses companies.

create table companies (
  company_id uuid primary key,
  name text not null,
  base_currency text not null,
  created_at timestamptz not null
);

create table bills (
  company_id uuid not null,
  bill_id uuid not null,
  revision integer not null,
  -- supplier, kind and number: two bills with one key are the same bill
  bill_key text not null,
  duplicate_of uuid,
  status text not null,
  kind text not null,
  number text not null,
  supplier_name text not null,
  currency text not null,
  issued_on date not null,
  due_on date,
  total_minor bigint not null,
  outstanding_minor bigint not null,
  paid boolean not null,
  -- the whole bill, as `core/bill.ts` has it; the columns above are copies for finding it
  document jsonb not null,
  added_at timestamptz not null,
  changed_at timestamptz not null,
  -- ids grow with time: this also serves the list, newest first
  primary key (company_id, bill_id)
);

-- the same bill is recognised, also when it comes twice at the same moment
create unique index bills_by_key on bills (company_id, bill_key)
  where duplicate_of is null and status <> 'cancelled';

-- the list of duplicates
create index bills_duplicates on bills (company_id, bill_id)
  where duplicate_of is not null;

create table attachments (
  company_id uuid not null,
  bill_id uuid not null,
  attachment_id uuid not null,
  content bytea not null,
  primary key (company_id, bill_id, attachment_id)
);

create table activity (
  company_id uuid not null,
  bill_id uuid not null,
  activity_id uuid not null,
  at timestamptz not null,
  actor text not null,
  kind text not null,
  subject text,
  before text,
  after text,
  connection_id uuid,
  posting_kind text,
  -- ids grow with time: serves the log, newest first
  primary key (company_id, bill_id, activity_id)
);

create table idempotency_keys (
  company_id uuid not null,
  key text not null,
  request_sha256 text not null,
  status integer,
  answer jsonb,
  created_at timestamptz not null,
  primary key (company_id, key)
);
