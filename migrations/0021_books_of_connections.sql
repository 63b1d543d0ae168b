-- Whose books a connection syncs to: one connection for one set of books, so that no bill is booked twice. As the
-- connectors name them (`books`). Where several had the same, the first has the name; the others go on without.
alter table connections add column books text;
update connections
set books = named.books
from (
  select distinct on (connector, books) connection_id, books
  from (
    select
      connection_id,
      connector,
      case connector
        when 'journal' then rtrim(settings->>'folder', '/')
        when 'tryton' then concat_ws('/', rtrim(settings->>'baseUrl', '/'), settings->>'database', settings->>'company')
      end as books
    from connections
  ) as each
  where books is not null
  order by connector, books, connection_id
) as named
where connections.connection_id = named.connection_id;
create unique index connections_by_books on connections (connector, books);
