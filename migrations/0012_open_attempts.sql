-- An attempt under way is a row of its own, made when it is opened and gone when it is closed. The posting
-- was written for each of the two; now an opening only locks it, and what it wishes stays as it is until
-- the attempt has ended.

create table open_attempts (
  company_id uuid not null,
  posting_id uuid not null,
  connection_id uuid not null,
  attempt_id uuid not null,
  -- the wish it answers: the posting is due again when its wish has another number
  wish_number bigint not null,
  -- one at a time of each posting
  primary key (company_id, posting_id)
);

-- Opening cleared the wish until now: where there is one, it is newer.
insert into open_attempts (company_id, posting_id, connection_id, attempt_id, wish_number)
select company_id, posting_id, connection_id, open_attempt_id,
  case when due_at is null then wish_number else wish_number - 1 end
from postings
where open_attempt_id is not null;

alter table postings drop column open_attempt_id;
-- only ever read whole
alter table postings alter column confirmed_fields type json using confirmed_fields::text::json;

-- a lane's question: what is next? In the very order in which it is asked
drop index postings_due;
create index postings_due on postings (company_id, connection_id, priority, due_at, posting_id)
  where due_at is not null;

-- Writes a batch of the integration log, as before, but for where open attempts are kept.
--
-- Each statement sees what was committed before it began, locks included; so nothing here needs more
-- than the usual isolation. Locks, in the order everybody takes them: lanes (shared), postings bill by
-- bill, chains. The sequence must stay as it is.
--
-- Rows carry the number of their lane in `lane_rows`. Answers with the lanes that are still held, by number,
-- and the attempts that were opened; nothing is written for any other.
create or replace function write_log(
  lane_rows json,
  opening_rows json,
  opening_bills json[],
  opening_documents json[],
  opening_fields json[],
  write_rows json,
  write_bodies text[],
  closing_rows json,
  closing_exchanges json[],
  closing_fields json[],
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
  head company_chains;
  chained_ids uuid[] := '{}';
  chained_numbers bigint[] := '{}';
  chained_previous text[] := '{}';
  chained_hashes text[] := '{}';
begin
  held := array(
    select given.number
    from lanes l
    join json_to_recordset(lane_rows) as given (number integer, "companyId" uuid, "connectionId" uuid, fence bigint)
      on l.company_id = given."companyId" and l.connection_id = given."connectionId" and l.fence = given.fence
    where l.lease_until > written_at
    order by l.company_id, l.connection_id
    for key share of l
  );

  perform 1
  from postings
  where (company_id, posting_id) in (select * from unnest(company_ids, posting_ids))
  order by bill_id, posting_id
  for no key update;

  if json_array_length(opening_rows) > 0 then
    with o as materialized (
      select *
      from rows from (
        json_to_recordset(opening_rows) as (
          lane integer, "companyId" uuid, "attemptId" uuid, "connectionId" uuid, "postingId" uuid, "billId" uuid,
          kind text, "paymentId" uuid, "wishNumber" bigint, "lastAttemptId" uuid, trigger text, changes text[],
          actor text, "requestIds" uuid[], fence bigint, "openedAt" timestamptz, hash text
        ),
        unnest(opening_bills), unnest(opening_documents), unnest(opening_fields)
      ) as o (
        lane, "companyId", "attemptId", "connectionId", "postingId", "billId", kind, "paymentId", "wishNumber",
        "lastAttemptId", trigger, changes, actor, "requestIds", fence, "openedAt", hash, bill, document, fields
      )
    ),
    -- only on the wish it has seen, and on the attempt whose knowledge it builds on
    begun as (
      insert into open_attempts (company_id, posting_id, connection_id, attempt_id, wish_number)
      select p.company_id, p.posting_id, p.connection_id, o."attemptId", p.wish_number
      from o
      join postings p on p.company_id = o."companyId" and p.posting_id = o."postingId"
      where o.lane = any (held) and p.wish_number = o."wishNumber"
        and p.last_attempt_id is not distinct from o."lastAttemptId"
      on conflict do nothing
      returning attempt_id
    ),
    kept as (
      insert into attempts (
        company_id, attempt_id, connection_id, posting_id, bill_id, kind, payment_id, trigger, changes, actor,
        request_ids, fence, opened_at, bill, document, fields, hash
      )
      select "companyId", "attemptId", "connectionId", "postingId", "billId", kind, "paymentId", trigger, changes,
        actor, "requestIds", fence, "openedAt", bill, document, fields, hash
      from o
      join begun on begun.attempt_id = o."attemptId"
      returning attempt_id
    )
    select coalesce(array_agg(attempt_id), '{}')
    into opened
    from kept;
  end if;

  -- one that was overtaken sends nothing
  insert into attempt_writes (company_id, attempt_id, number, sent_at, method, target, body, sha256, hash)
  select "companyId", "attemptId", number, "sentAt", method, target, body, sha256, hash
  from rows from (
    json_to_recordset(write_rows) as (
      lane integer, "companyId" uuid, "attemptId" uuid, number smallint, "sentAt" timestamptz, method text,
      target text, sha256 text, hash text
    ),
    unnest(write_bodies)
  ) as w (lane, "companyId", "attemptId", number, "sentAt", method, target, sha256, hash, body)
  where lane = any (held)
    and (
      "attemptId" = any (opened)
      or exists (
        select 1 from attempts a where a.company_id = w."companyId" and a.attempt_id = w."attemptId"
      )
    );

  if json_array_length(closing_rows) > 0 then
    insert into company_chains (company_id, number, hash)
    select distinct "companyId", 0, repeat('0', 64)
    from json_to_recordset(lane_rows) as l (number integer, "companyId" uuid)
    where number = any (held)
    order by 1
    on conflict do nothing;

    perform 1
    from company_chains
    where company_id in (
      select "companyId"
      from json_to_recordset(lane_rows) as l (number integer, "companyId" uuid)
      where number = any (held)
    )
    order by company_id
    for update;

    -- `resultHash` in attempt-chain.ts says the same
    for closing in
      select k."companyId" as company_id, k."attemptId" as attempt_id, k."contentHash" as content_hash,
        a.hash as opening_hash,
        (
          select string_agg(w.hash, ',' order by w.number)
          from attempt_writes w
          where w.company_id = k."companyId" and w.attempt_id = k."attemptId"
        ) as write_hashes
      from rows from (
        json_to_recordset(closing_rows) as (lane integer, "companyId" uuid, "attemptId" uuid, "contentHash" text)
      ) with ordinality as k (lane, "companyId", "attemptId", "contentHash", place)
      left join attempts a on a.company_id = k."companyId" and a.attempt_id = k."attemptId"
      where k.lane = any (held)
      order by k."companyId", k.place
    loop
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
          closing.content_hash || E'\n' || closing.opening_hash || E'\n' || coalesce(closing.write_hashes, '')
            || E'\n' || head.number || E'\n' || head.hash,
          'UTF8'
        )),
        'hex'
      );
      chained_numbers := chained_numbers || head.number;
      chained_hashes := chained_hashes || head.hash;
    end loop;
    update company_chains set number = head.number, hash = head.hash where company_id = head.company_id;

    with k as materialized (
      select *
      from rows from (
        json_to_recordset(closing_rows) as (
          lane integer, "companyId" uuid, "postingId" uuid, "attemptId" uuid, "closedAt" timestamptz,
          "durationMs" double precision, outcome text, "failureCode" text, failure jsonb, decision jsonb,
          "retryAt" timestamptz, state text, failures integer, "mustLook" boolean, "lostWriteAt" timestamptz, generation integer,
          "remoteId" text, "remoteVersion" text, link text, "keptFields" jsonb, "keptBefore" jsonb,
          "confirmedRevision" integer, "inStepAt" timestamptz
        ),
        unnest(closing_exchanges), unnest(closing_fields)
      ) as k (
        lane, "companyId", "postingId", "attemptId", "closedAt", "durationMs", outcome, "failureCode", failure,
        decision, "retryAt", state, failures, "mustLook", "lostWriteAt", generation, "remoteId", "remoteVersion", link,
        "keptFields", "keptBefore", "confirmedRevision", "inStepAt", exchanges, "confirmedFields"
      )
      where lane = any (held)
    ),
    kept as (
      insert into attempt_results (
        company_id, attempt_id, closed_at, duration_ms, outcome, failure_code, failure, remote_id, link, exchanges,
        decision, chain_number, previous_hash, hash
      )
      select "companyId", "attemptId", "closedAt", "durationMs", outcome, "failureCode", failure, "remoteId", link,
        exchanges, decision, chained.number, chained.previous, chained.hash
      from k
      join unnest(chained_ids, chained_numbers, chained_previous, chained_hashes)
        as chained (attempt_id, number, previous, hash) on chained.attempt_id = k."attemptId"
    ),
    ended as (
      delete from open_attempts o
      using k
      where o.company_id = k."companyId" and o.posting_id = k."postingId" and o.attempt_id = k."attemptId"
      returning o.attempt_id, o.wish_number
    )
    -- the wish it answered is done with; a newer one stays
    update postings p
    set last_attempt_id = k."attemptId",
      due_at = case
        when p.wish_number <> ended.wish_number and p.due_at is not null then p.due_at
        when p.off is null or p.wanted = 'absent' then k."retryAt"
      end,
      burst_began_at = case when p.wish_number <> ended.wish_number then p.burst_began_at end,
      priority = case when p.wish_number <> ended.wish_number then p.priority else 1 end,
      changes = case when p.wish_number <> ended.wish_number then p.changes else '{}' end,
      actor = case when p.wish_number <> ended.wish_number then p.actor end,
      waiting_for = case when p.wish_number <> ended.wish_number then p.waiting_for end,
      trigger = case
        when k."retryAt" is not null and (p.wish_number = ended.wish_number or p.due_at is null) then 'retry'
        else p.trigger
      end,
      request_ids =
        -- what a person asked for is asked for until it is done
        case
          when k."retryAt" is not null then (
            select a.request_ids from attempts a where a.company_id = k."companyId" and a.attempt_id = k."attemptId"
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
      must_look = k."mustLook",
      lost_write_at = k."lostWriteAt",
      generation = k.generation,
      remote_id = k."remoteId",
      remote_version = k."remoteVersion",
      link = k.link,
      confirmed_fields = k."confirmedFields",
      -- unless somebody decided anew while the attempt was under way
      kept_fields = case when p.kept_fields = k."keptBefore" then k."keptFields" else p.kept_fields end,
      confirmed_revision = k."confirmedRevision",
      in_step_at = k."inStepAt"
    from k
    join ended on ended.attempt_id = k."attemptId"
    where p.company_id = k."companyId" and p.posting_id = k."postingId";
  end if;

  perform pg_notify('spor_live', payload) from unnest(notices) as payload;

  return json_build_object('held', held, 'opened', opened);
end
$$;
