-- The log's rows come as rows, in binary: parsing them as JSON was a seventh of what the log cost here. The
-- columns are those of the tables, in the order in which `src/store/attempt-rows.ts` writes them.

create type log_lane as (number integer, company_id uuid, connection_id uuid, fence bigint);

create type log_opening as (
  lane integer,
  company_id uuid,
  attempt_id uuid,
  connection_id uuid,
  posting_id uuid,
  bill_id uuid,
  kind text,
  payment_id uuid,
  wish_number bigint,
  last_attempt_id uuid,
  trigger text,
  changes text[],
  actor text,
  request_ids uuid[],
  fence bigint,
  opened_at timestamptz,
  bill json,
  document json,
  fields json,
  hash text
);

create type log_write as (
  lane integer,
  company_id uuid,
  attempt_id uuid,
  number smallint,
  sent_at timestamptz,
  method text,
  target text,
  body text,
  sha256 text,
  hash text
);

create type log_closing as (
  lane integer,
  company_id uuid,
  attempt_id uuid,
  posting_id uuid,
  -- what is kept for good
  closed_at timestamptz,
  duration_ms double precision,
  outcome text,
  failure_code text,
  failure jsonb,
  decision jsonb,
  remote_id text,
  link text,
  exchanges json,
  content_hash text,
  -- of its opening, and of its writes one after another with commas, where they are known to who closes
  -- it; null: they are looked up
  opening_hash text,
  write_hashes text,
  -- what it makes known of the posting
  retry_at timestamptz,
  state text,
  failures integer,
  must_look boolean,
  lost_write_at timestamptz,
  generation integer,
  remote_version text,
  kept_fields jsonb,
  kept_before jsonb,
  confirmed_fields json,
  confirmed_revision integer,
  in_step_at timestamptz
);

drop function write_log(
  json, json, json[], json[], json[], json, text[], json, json[], json[], uuid[], uuid[], text[], timestamptz
);

-- Writes a batch of the integration log, as before.
--
-- Each statement sees what was committed before it began, locks included; so nothing here needs more
-- than the usual isolation. Locks, in the order everybody takes them: lanes (shared), postings bill by
-- bill, chains. The sequence must stay as it is.
--
-- Rows carry the number of their lane in `lanes`. Answers with the lanes that are still held, by number,
-- and the attempts that were opened; nothing is written for any other.
create function write_log(
  lanes log_lane[],
  openings log_opening[],
  writes log_write[],
  closings log_closing[],
  company_ids uuid[],
  posting_ids uuid[],
  notices text[],
  written_at timestamptz
) returns json
language plpgsql
-- planned once per connection; a plan made while the tables were small must not be kept while they grow
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $$
declare
  held integer[];
  opened uuid[] := '{}';
  closing record;
  closed integer;
  head company_chains;
  chained_ids uuid[] := '{}';
  chained_numbers bigint[] := '{}';
  chained_previous text[] := '{}';
  chained_hashes text[] := '{}';
begin
  held := array(
    select given.number
    from lanes l
    join unnest(lanes) as given using (company_id, connection_id, fence)
    where l.lease_until > written_at
    order by l.company_id, l.connection_id
    for key share of l
  );

  perform 1
  from postings
  where (company_id, posting_id) in (select * from unnest(company_ids, posting_ids))
  order by bill_id, posting_id
  for no key update;

  if cardinality(openings) > 0 then
    with o as materialized (
      select * from unnest(openings)
    ),
    -- only on the wish it has seen, and on the attempt whose knowledge it builds on
    begun as (
      insert into open_attempts (company_id, posting_id, connection_id, attempt_id, wish_number)
      select p.company_id, p.posting_id, p.connection_id, o.attempt_id, p.wish_number
      from o
      join postings p using (company_id, posting_id)
      where o.lane = any (held) and p.wish_number = o.wish_number
        and p.last_attempt_id is not distinct from o.last_attempt_id
      on conflict do nothing
      returning attempt_id
    ),
    kept as (
      insert into attempts (
        company_id, attempt_id, connection_id, posting_id, bill_id, kind, payment_id, trigger, changes, actor,
        request_ids, fence, opened_at, bill, document, fields, hash
      )
      select company_id, attempt_id, connection_id, posting_id, bill_id, kind, payment_id, trigger, changes, actor,
        request_ids, fence, opened_at, bill, document, fields, hash
      from o
      join begun using (attempt_id)
      returning attempt_id
    )
    select coalesce(array_agg(attempt_id), '{}')
    into opened
    from kept;
  end if;

  -- one that was overtaken sends nothing
  if cardinality(writes) > 0 then
    insert into attempt_writes (company_id, attempt_id, number, sent_at, method, target, body, sha256, hash)
    select company_id, attempt_id, number, sent_at, method, target, body, sha256, hash
    from unnest(writes) as w
    where lane = any (held)
      and (
        attempt_id = any (opened)
        -- not `exists`: that may be answered from a list of all attempts there are
        or (
          select true from attempts a where a.company_id = w.company_id and a.attempt_id = w.attempt_id
        )
      );
  end if;

  if cardinality(closings) > 0 then
    insert into company_chains (company_id, number, hash)
    select distinct company_id, 0, repeat('0', 64)
    from unnest(lanes) as l
    where l.number = any (held)
    order by 1
    on conflict do nothing;

    perform 1
    from company_chains
    where company_id in (select l.company_id from unnest(lanes) as l where l.number = any (held))
    order by company_id
    for update;

    -- `resultHash` in attempt-chain.ts says the same
    for closing in
      select company_id, attempt_id, content_hash, opening_hash, write_hashes
      from unnest(closings) with ordinality as k
      where lane = any (held)
      order by company_id, ordinality
    loop
      if closing.opening_hash is null then
        select a.hash,
          coalesce(
            (
              select string_agg(w.hash, ',' order by w.number)
              from attempt_writes w
              where w.company_id = a.company_id and w.attempt_id = a.attempt_id
            ),
            ''
          )
        into closing.opening_hash, closing.write_hashes
        from attempts a
        where a.company_id = closing.company_id and a.attempt_id = closing.attempt_id;
      end if;
      if closing.opening_hash is null then
        raise exception 'attempt % was never opened', closing.attempt_id;
      end if;
      if head.company_id is distinct from closing.company_id then
        update company_chains set number = head.number, hash = head.hash where company_id = head.company_id;
        select * into head from company_chains where company_id = closing.company_id;
      end if;
      chained_ids := chained_ids || closing.attempt_id;
      chained_previous := chained_previous || head.hash;
      head.number := head.number + 1;
      head.hash := encode(
        sha256(convert_to(
          closing.content_hash || E'\n' || closing.opening_hash || E'\n' || closing.write_hashes || E'\n'
            || head.number || E'\n' || head.hash,
          'UTF8'
        )),
        'hex'
      );
      chained_numbers := chained_numbers || head.number;
      chained_hashes := chained_hashes || head.hash;
    end loop;
    update company_chains set number = head.number, hash = head.hash where company_id = head.company_id;

    with k as materialized (
      select * from unnest(closings) where lane = any (held)
    ),
    kept as (
      insert into attempt_results (
        company_id, attempt_id, closed_at, duration_ms, outcome, failure_code, failure, remote_id, link, exchanges,
        decision, chain_number, previous_hash, hash
      )
      select company_id, attempt_id, closed_at, duration_ms, outcome, failure_code, failure, remote_id, link,
        exchanges, decision, chained.number, chained.previous, chained.hash
      from k
      join unnest(chained_ids, chained_numbers, chained_previous, chained_hashes)
        as chained (attempt_id, number, previous, hash) using (attempt_id)
    ),
    ended as (
      -- no join: for each of these all that are open would be read, since the table is found empty when analyzed
      delete from open_attempts
      where company_id = any (array(select company_id from k)) and posting_id = any (array(select posting_id from k))
        and attempt_id = any (array(select attempt_id from k))
      returning attempt_id, wish_number
    )
    -- the wish it answered is done with; a newer one stays
    update postings p
    set last_attempt_id = k.attempt_id,
      due_at = case
        when p.wish_number <> ended.wish_number and p.due_at is not null then p.due_at
        when p.off is null or p.wanted = 'absent' then k.retry_at
      end,
      burst_began_at = case when p.wish_number <> ended.wish_number then p.burst_began_at end,
      priority = case when p.wish_number <> ended.wish_number then p.priority else 1 end,
      changes = case when p.wish_number <> ended.wish_number then p.changes else '{}' end,
      actor = case when p.wish_number <> ended.wish_number then p.actor end,
      waiting_for = case when p.wish_number <> ended.wish_number then p.waiting_for end,
      trigger = case
        when k.retry_at is not null and (p.wish_number = ended.wish_number or p.due_at is null) then 'retry'
        else p.trigger
      end,
      request_ids =
        -- what a person asked for is asked for until it is done
        case
          when k.retry_at is not null then (
            select a.request_ids from attempts a where a.company_id = k.company_id and a.attempt_id = k.attempt_id
          )
          else '{}'
        end || case when p.wish_number <> ended.wish_number then p.request_ids else '{}' end,
      state = case
        when p.wish_number <> ended.wish_number and p.due_at is not null then 'waiting'
        when p.off is not null and p.wanted = 'present' then 'off'
        else k.state
      end,
      failures = k.failures,
      failure = k.failure,
      must_look = k.must_look,
      lost_write_at = k.lost_write_at,
      generation = k.generation,
      remote_id = k.remote_id,
      remote_version = k.remote_version,
      link = k.link,
      confirmed_fields = k.confirmed_fields,
      -- unless somebody decided anew while the attempt was under way
      kept_fields = case when p.kept_fields = k.kept_before then k.kept_fields else p.kept_fields end,
      confirmed_revision = k.confirmed_revision,
      in_step_at = k.in_step_at
    from k
    join ended on ended.attempt_id = k.attempt_id
    where p.company_id = k.company_id and p.posting_id = k.posting_id;
    get diagnostics closed = row_count;
    if closed < cardinality(chained_ids) then
      raise exception 'one of % attempts was not open', cardinality(chained_ids);
    end if;
  end if;

  perform pg_notify('spor_live', payload) from unnest(notices) as payload;

  return json_build_object('held', held, 'opened', opened);
end
$$;

-- The function's plans are made while the tables are small and not analyzed; every index that begins with
-- the company then seems as good as the key, the newest is taken, and each look-up reads all of the company's
-- postings until the table is analyzed. So the key is to be the newest.
alter table postings drop constraint postings_pkey, add primary key (company_id, posting_id);
