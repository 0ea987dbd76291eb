-- name: DealsByID :many
select * from deals where workspace_id = @workspace_id and id = any(@ids::uuid[]);

-- name: LockDeal :one
select * from deals where workspace_id = @workspace_id and id = @id for no key update;

-- name: LockOpenDeals :many
-- At most one: the open deal of a lead.
select * from deals where workspace_id = @workspace_id and lead_id = @lead_id::uuid and outcome = 'OPEN' limit 1 for no key update;

-- name: LatestDeals :many
-- The latest deal of each lead, open or not.
select d.* from unnest(@lead_ids::uuid[]) as p(lead_id)
cross join lateral (select * from deals x where x.workspace_id = @workspace_id and x.lead_id = p.lead_id order by x.opened_at desc, x.id desc limit 1) d;

-- name: DealsBrought :many
-- Which of a source's deals were brought in before, by their ids there.
select external_id::text from deals where workspace_id = @workspace_id and source_id = @source_id::uuid and external_id = any(@external_ids::text[]);

-- name: DealOrigin :many
-- The latest hand-off that sales took of a lead: at most one. Sales-generated leads have none.
select id from handoffs where workspace_id = @workspace_id and lead_id = @lead_id and direction = 'MARKETING_TO_SALES' and state = 'ACCEPTED' order by number desc limit 1;
