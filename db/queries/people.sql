-- name: WorkspaceByID :one
select * from workspaces where id = @workspace_id;

-- name: InsertWorkspace :one
insert into workspaces (id, slug, name, default_region, time_zone) values (@workspace_id, @slug, @name, @default_region, @time_zone) returning *;

-- name: LockWorkspace :one
select * from workspaces where id = @workspace_id for no key update;

-- name: UpdateWorkspace :one
update workspaces set name = @name, time_zone = @time_zone, default_region = @default_region, updated_at = now(), version = version + 1
where id = @workspace_id returning *;

-- name: MembersByID :many
select * from members where workspace_id = @workspace_id and id = any(@ids::uuid[]);

-- name: MembersCalled :many
-- The members whose address or name is one of the words, in small letters; a workspace has few members.
select * from members where workspace_id = @workspace_id and (email_key = any(@words::text[]) or lower(name) = any(@words::text[]));

-- name: MembersByEmailKey :many
select * from members where workspace_id = @workspace_id and email_key = any(@email_keys::text[]);

-- name: InsertMember :one
insert into members (workspace_id, id, email, email_key, name, password_hash, department, role, admin, time_zone)
values (@workspace_id, @id, @email, @email_key, @name, @password_hash, @department, @role, @admin, @time_zone) returning *;

-- name: LockMember :one
select * from members where workspace_id = @workspace_id and id = @id for no key update;

-- name: UpdateMember :one
update members set name = @name, department = @department, role = @role, admin = @admin, active = @active, time_zone = @time_zone,
  session_version = @session_version, updated_at = now(), version = version + 1
where workspace_id = @workspace_id and id = @id returning *;

-- name: SetPassword :one
update members set password_hash = @password_hash, updated_at = now(), version = version + 1
where workspace_id = @workspace_id and id = @id returning *;

-- name: MarkSignIn :one
update members set last_sign_in_at = @at::timestamptz, password_hash = coalesce(sqlc.narg('password_hash')::text, password_hash),
  external_subject = coalesce(sqlc.narg('external_subject')::text, external_subject)
where workspace_id = @workspace_id and id = @id returning *;

-- name: CountOtherAdmins :one
-- How many could still run the workspace without this member. The workspace's row is locked first, so two cannot leave at once.
select count(*) from members where workspace_id = @workspace_id and id <> @id and admin and active;

-- name: FindMembers :many
select f.workspace_id::uuid as workspace_id, f.id::uuid as id from lg_find_members(@email_key::text, sqlc.narg('slug')::text) as f(workspace_id, id);

-- name: FindSubject :many
select f.workspace_id::uuid as workspace_id, f.id::uuid as id from lg_find_subject(@subject::text, @email_key::text, sqlc.narg('slug')::text) as f(workspace_id, id);

-- name: FindAPIKey :many
select f.workspace_id::uuid as workspace_id, f.id::uuid as id from lg_find_api_key(@hash::bytea) as f(workspace_id, id);

-- name: FindRefreshToken :many
select f.workspace_id::uuid as workspace_id, f.id::uuid as id from lg_find_refresh_token(@hash::bytea) as f(workspace_id, id);

-- name: InsertSession :exec
insert into sessions (workspace_id, id, member_id, created_at, expires_at) values (@workspace_id, @id, @member_id, @created_at, @expires_at);

-- name: LockSession :one
select * from sessions where workspace_id = @workspace_id and id = @id for no key update;

-- name: SessionState :many
-- Whether a token's session still stands: read at most every 5 seconds for each session. At most one row.
select m.*, s.revoked_at as session_revoked_at, s.expires_at as session_expires_at
from sessions s join members m on m.workspace_id = s.workspace_id and m.id = s.member_id
where s.workspace_id = @workspace_id and s.id = @session_id;

-- name: RevokeSession :execrows
update sessions set revoked_at = @at::timestamptz where workspace_id = @workspace_id and id = @id and revoked_at is null;

-- name: RevokeSessions :execrows
-- All sessions of a member but one; pass a zero id to end all.
update sessions set revoked_at = @at::timestamptz
where workspace_id = @workspace_id and member_id = @member_id and id <> @except_id and revoked_at is null and expires_at > @at::timestamptz;

-- name: InsertRefreshToken :exec
insert into refresh_tokens (workspace_id, id, session_id, hash) values (@workspace_id, @id, @session_id, @hash);

-- name: LockRefreshToken :one
select * from refresh_tokens where workspace_id = @workspace_id and id = @id for no key update;

-- name: UseRefreshToken :exec
update refresh_tokens set used_at = @at::timestamptz where workspace_id = @workspace_id and id = @id;

-- name: FindWorkspace :many
select f.id::uuid as id from lg_find_workspace(@slug::text) as f(id);
