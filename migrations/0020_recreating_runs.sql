-- Of a run: what was deleted there is to be made again.
alter table resync_runs add column recreate boolean not null default false;
