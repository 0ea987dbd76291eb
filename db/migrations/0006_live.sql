-- +goose Up
-- The log's readers: where there is news. What is new they read in each workspace by itself, under row-level security.
create policy search on events for select to lg_search using (true);
grant select on events to lg_search;

-- lg_find_news answers which workspaces have events behind the places that their readers have come to, settled or not.
create function lg_find_news(workspaces uuid[], xids xid8[], seqs bigint[]) returns table (workspace_id uuid)
language sql stable security definer set search_path = public, pg_temp as
'select u.workspace_id from unnest($1, $2, $3) as u(workspace_id, xid, seq)
 where exists (select from events e where e.workspace_id = u.workspace_id and (e.xid, e.seq) > (u.xid, u.seq))';

grant create on schema public to lg_search;
alter function lg_find_news(uuid[], xid8[], bigint[]) owner to lg_search;
revoke create on schema public from lg_search;
revoke execute on function lg_find_news(uuid[], xid8[], bigint[]) from public;
grant execute on function lg_find_news(uuid[], xid8[], bigint[]) to lg_app;
