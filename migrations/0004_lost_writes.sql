-- When the last write left whose answer never came: as long as it may still be carried out, nothing is
-- written, and "not there" proves nothing. Null: no such write.
alter table postings add column lost_write_at timestamptz;

-- "may a supplier still come of a write that was lost?", asked before a supplier is created
create index postings_lost_writes on postings (company_id, connection_id, lost_write_at)
  where lost_write_at is not null;
