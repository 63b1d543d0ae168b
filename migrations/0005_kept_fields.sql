-- What was changed in the accounting system and is to stay as it is there: field → what stood there and
-- what the bill said when that was decided. Only as long as both are still so is the field equal.
alter table postings add column kept_fields jsonb not null default '{}';

-- who decides when somebody changed a posting there; a person, as it was so far
update connections
set rules = rules || '{"onConflict": "ask"}'
where rules -> 'onConflict' is null;
