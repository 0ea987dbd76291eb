-- name: ScoresOf :many
select * from scores where workspace_id = @workspace_id and lead_id = any(@lead_ids::uuid[]);

-- name: NextChanges :many
-- When time alone will change what was made of leads.
select lead_id, next_at from scores where workspace_id = @workspace_id and lead_id = any(@lead_ids::uuid[]);

-- name: PutNextChanges :exec
-- For scores that stand as they are, under another definition. Go's zero time stands for none.
update scores s set next_at = nullif(u.next_at, '0001-01-01 00:00:00+00') from (select unnest(@lead_ids::uuid[]) as lead_id, unnest(@next_ats::timestamptz[]) as next_at) u
where s.workspace_id = @workspace_id and s.lead_id = u.lead_id;

-- name: LockDueLeads :many
-- Open leads that time alone has moved, the longest due first; those that another server is at are left to it.
select l.* from scores s join leads l on l.workspace_id = s.workspace_id and l.id = s.lead_id
where s.workspace_id = @workspace_id and s.next_at <= @at::timestamptz and l.stage not in ('WON', 'LOST', 'DISQUALIFIED', 'ERASED')
order by s.next_at limit sqlc.arg('rows')::int for no key update of l skip locked;

-- name: DueWorkspaces :many
select f.workspace_id::uuid as workspace_id from lg_due_scores(@at::timestamptz) as f(workspace_id);

-- name: MovesOf :many
-- The moves of leads, newest first; at most 200 of each.
select m.* from unnest(@lead_ids::uuid[]) as p(lead_id)
cross join lateral (select * from moves c where c.workspace_id = @workspace_id and c.lead_id = p.lead_id order by c.at desc, c.id desc limit 200) m;

-- name: FactChangesOf :many
-- What facts of people, companies and leads were before they changed, newest first; at most 1,000 of each.
select c.* from unnest(@subject_ids::uuid[]) as p(subject_id)
cross join lateral (select * from fact_changes h where h.workspace_id = @workspace_id and h.subject_id = p.subject_id order by h.at desc, h.id desc limit 1000) c
order by c.at desc, c.id desc;

-- name: CountOpenLeads :one
select count(*) from leads where workspace_id = @workspace_id and stage not in ('WON', 'LOST', 'DISQUALIFIED', 'ERASED');

-- name: InsertRescore :one
insert into rescores (workspace_id, id, agreement_id, state, total, created_at) values (@workspace_id, @id, @agreement_id, 'PENDING', @total, @at::timestamptz) returning *;

-- name: OpenRescores :many
-- At most one.
select * from rescores where workspace_id = @workspace_id and state in ('PENDING', 'RUNNING') limit 1;

-- name: LockRescore :one
select * from rescores where workspace_id = @workspace_id and id = @id for no key update;

-- name: StartRescore :one
update rescores set state = 'RUNNING', started_at = coalesce(started_at, @at::timestamptz), tries = tries + 1 where workspace_id = @workspace_id and id = @id returning *;

-- name: AdvanceRescore :one
-- Leads that came in meanwhile are done too: there are never more done than there are.
update rescores set after_id = @after_id, done = done + @done, total = greatest(total, done + @done), changed = changed + @changed, tries = 0 where workspace_id = @workspace_id and id = @id returning *;

-- name: FinishRescore :one
update rescores set state = @state, failure = @failure, finished_at = @at::timestamptz where workspace_id = @workspace_id and id = @id returning *;

-- name: RescoresByID :many
select * from rescores where workspace_id = @workspace_id and id = any(@ids::uuid[]);

-- name: RescoresOf :many
-- The re-score that each publication asked for; a version is published once.
select distinct on (agreement_id) * from rescores where workspace_id = @workspace_id and agreement_id = any(@agreement_ids::uuid[]) order by agreement_id, created_at desc;

-- name: BackTestsOfHash :one
-- How many of the finished back-tests of a content found leads with an outcome, and when the first and the last lead came in that has one: Go's zero time
-- where none has. There is no row where no back-test has finished.
select count(*) filter (where (b.report ->> 'leads')::bigint > 0) as told,
  coalesce((select min(l.created_at) from leads l where l.workspace_id = @workspace_id and l.stage in ('WON', 'LOST', 'RETARGETING', 'DISQUALIFIED')), '0001-01-01 00:00:00+00')::timestamptz as first_known,
  coalesce((select max(l.created_at) from leads l where l.workspace_id = @workspace_id and l.stage in ('WON', 'LOST', 'RETARGETING', 'DISQUALIFIED')), '0001-01-01 00:00:00+00')::timestamptz as last_known
from back_tests b where b.workspace_id = @workspace_id and b.hash = @hash and b.state = 'SUCCEEDED' having count(*) > 0;

-- name: ForgetDue :exec
-- Leads that closed with a change still to come.
update scores s set next_at = null from leads l where s.workspace_id = @workspace_id and s.next_at <= @at::timestamptz
  and l.workspace_id = s.workspace_id and l.id = s.lead_id and l.stage in ('WON', 'LOST', 'DISQUALIFIED', 'ERASED');
