-- name: LockLeadPerson :one
-- The person of a lead, who is locked before the lead is.
select c.* from leads l join contacts c on c.workspace_id = l.workspace_id and c.id = l.contact_id
where l.workspace_id = @workspace_id and l.id = @id for no key update of c;

-- name: LastMoves :many
-- The latest move of each lead.
select m.* from unnest(@lead_ids::uuid[]) as p(lead_id)
cross join lateral (select * from moves c where c.workspace_id = @workspace_id and c.lead_id = p.lead_id order by c.at desc, c.id desc limit 1) m;

-- name: HandoffNumbers :many
-- How many hand-offs leads have had; none for those that had none.
select lead_id, max(number)::int as number from handoffs where workspace_id = @workspace_id and lead_id = any(@lead_ids::uuid[]) group by lead_id;

-- name: TakeBack :many
-- Marketing takes what sales returned.
update handoffs set state = 'ACCEPTED', member_id = @member_id, decided_by = @member_id, decided_at = @at::timestamptz, version = version + 1
where workspace_id = @workspace_id and lead_id = @lead_id and state = 'OFFERED' and direction = 'SALES_TO_MARKETING' returning *;

-- name: ReopenHandoffs :exec
-- The hand-off that ended when the lead was disqualified waits for an answer again.
update handoffs set state = 'OFFERED', decided_by = null, decided_at = null, version = version + 1
where workspace_id = @workspace_id and lead_id = @lead_id and state = 'WITHDRAWN' and decided_at = @decided_at::timestamptz;

-- name: IsSuppressed :one
-- Whether nobody may write to the person any more.
select exists (select from standings where workspace_id = @workspace_id and contact_id = @contact_id and suppressed_at is not null);
