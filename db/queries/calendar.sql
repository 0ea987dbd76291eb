-- name: CalendarsByID :many
select * from calendars where workspace_id = @workspace_id and id = any(@ids::uuid[]);

-- name: SetMemberProfile :one
update members set territories = @territories, skills = @skills, languages = @languages, team = @team, calendar_id = @calendar_id, updated_at = @at::timestamptz, version = version + 1
where workspace_id = @workspace_id and id = @id returning *;

-- name: InsertAbsence :one
insert into absences (workspace_id, id, member_id, starts_at, ends_at, note, created_at)
values (@workspace_id, @id, @member_id, @starts_at, @ends_at, @note, @at::timestamptz) returning *;

-- name: LockAbsence :one
select * from absences where workspace_id = @workspace_id and id = @id for no key update;

-- name: CancelAbsence :one
update absences set cancelled_at = @at::timestamptz where workspace_id = @workspace_id and id = @id returning *;

-- name: CountAbsences :one
-- Those of a member that are not over.
select count(*) from absences where workspace_id = @workspace_id and member_id = @member_id and cancelled_at is null and ends_at > @at::timestamptz;

-- name: AbsencesOf :many
-- The absences of members that are not over, the first to end first; at most 100 of each.
select a.* from unnest(@member_ids::uuid[]) as p(member_id)
cross join lateral (select * from absences c where c.workspace_id = @workspace_id and c.member_id = p.member_id and c.cancelled_at is null and c.ends_at > @at::timestamptz
  order by c.ends_at, c.id limit 100) a;
