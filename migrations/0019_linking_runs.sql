-- Of a run: what somebody booked there by hand is to be linked, where it is as the bill says.
alter table resync_runs add column link boolean not null default false;
