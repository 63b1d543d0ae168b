-- Which company it is says nothing of how many rows there are: no statistics are kept of it. With them, a company
-- that came after a table was last analyzed counts as having one row. Every way to one row costs the same, and for
-- each row of one table all of the company's in another may be read. Without, a company counts as a two-hundredth of
-- a table, and what is looked up by its whole key is cheaper than that. Partitions that come later: `partitions.ts`.
do $$
declare
  found record;
begin
  for found in
    select c.oid::regclass as name,
      c.relkind = 'r' and exists (
        select 1 from pg_stats s where s.schemaname = n.nspname and s.tablename = c.relname and s.attname = 'company_id'
      ) as is_analyzed
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid
    where n.nspname = current_schema() and c.relkind in ('r', 'p') and a.attname = 'company_id' and not c.relispartition
  loop
    if found.is_analyzed then
      -- the type stays as it is; the statistics there are go
      execute format('alter table %s alter column company_id type uuid', found.name);
    end if;
    execute format('alter table %s alter column company_id set statistics 0', found.name);
  end loop;
end
$$;
