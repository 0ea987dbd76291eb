-- name: SharesByID :many
select * from shares where workspace_id = @workspace_id and id = any(@ids::uuid[]);

-- name: LinkedShare :one
-- Where a link leads, and what a view of it is recorded with.
select s.id, s.resource_id, s.contact_id, c.account_id, s.source_id, s.channel, s.last_viewed_at, r.title, r.position, r.url,
  (r.retired_at is not null or coalesce(r.expires_at <= @now::timestamptz, false))::bool as gone
from shares s
join resources r on r.workspace_id = s.workspace_id and r.id = s.resource_id
join contacts c on c.workspace_id = s.workspace_id and c.id = s.contact_id
where s.workspace_id = @workspace_id and s.id = @id;

-- name: CountView :execrows
-- Counts a view, unless one was counted a short while ago: of those who follow a link at once, one is counted.
update shares set views = views + 1, first_viewed_at = coalesce(first_viewed_at, @at::timestamptz), last_viewed_at = @at::timestamptz
where workspace_id = @workspace_id and id = @id and coalesce(last_viewed_at <= @before::timestamptz, true);
