-- The next due postings of a lane, in the order in which they are to be attempted, but for some: read as they stand
-- in `postings_due`, and no more than are asked for, however many are due. A statement that asks for them may as well
-- be answered by sorting all that the company has, wherever the planner takes those to be few; here nothing is sorted.
create function next_due(of_company uuid, of_connection uuid, by_then timestamptz, most integer, besides uuid[])
returns table (company_id uuid, posting_id uuid)
language plpgsql
stable
rows 16
set enable_sort = off
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
as $$
begin
  return query
    select p.company_id, p.posting_id
    from postings p
    where p.company_id = of_company and p.connection_id = of_connection and p.due_at <= by_then
      and (
        select true from open_attempts o where o.company_id = p.company_id and o.posting_id = p.posting_id
      ) is null
      and p.posting_id <> all (besides)
    order by p.priority, p.due_at, p.posting_id
    limit most;
end
$$;
