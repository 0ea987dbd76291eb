-- name: AgreementsByID :many
select * from agreements where workspace_id = @workspace_id and id = any(@ids::uuid[]);

-- name: LockAgreement :one
select * from agreements where workspace_id = @workspace_id and id = @id for no key update;

-- name: InsertAgreement :one
-- The number is the next of its kind; the workspace's row is locked first, so that no two are the same.
insert into agreements (workspace_id, id, kind, number, title, note, state, body, hash, bootstrap, based_on, created_by, created_at, updated_at, published_at)
select @workspace_id, @id, @kind, coalesce(max(a.number), 0) + 1, @title, @note, @state, @body, @hash, @bootstrap, @based_on, @created_by, @at::timestamptz, @at::timestamptz, sqlc.narg('published_at')::timestamptz
from agreements a where a.workspace_id = @workspace_id and a.kind = @kind
returning *;

-- name: EditAgreement :one
update agreements set title = @title, note = @note, body = @body, hash = @hash, state = 'DRAFT', submitted_at = null, approved_at = null,
  updated_at = @at::timestamptz, version = version + 1
where workspace_id = @workspace_id and id = @id returning *;

-- name: SubmitAgreement :one
update agreements set state = 'IN_REVIEW', submitted_at = @at::timestamptz, review_note = null, updated_at = @at::timestamptz, version = version + 1
where workspace_id = @workspace_id and id = @id returning *;

-- name: RequestAgreementChanges :one
update agreements set state = 'DRAFT', submitted_at = null, review_note = @review_note, updated_at = @at::timestamptz, version = version + 1
where workspace_id = @workspace_id and id = @id returning *;

-- name: MarkAgreementSigned :one
update agreements set state = @state, approved_at = case when @state = 'APPROVED' then @at::timestamptz end, updated_at = @at::timestamptz, version = version + 1
where workspace_id = @workspace_id and id = @id returning *;

-- name: WithdrawAgreement :one
update agreements set state = 'WITHDRAWN', withdrawn_at = @at::timestamptz, updated_at = @at::timestamptz, version = version + 1
where workspace_id = @workspace_id and id = @id returning *;

-- name: SupersedeAgreement :many
-- At most one: the version in force.
update agreements set state = 'SUPERSEDED', superseded_at = @at::timestamptz, updated_at = @at::timestamptz, version = version + 1
where workspace_id = @workspace_id and kind = @kind and state = 'PUBLISHED' returning *;

-- name: PublishAgreement :one
update agreements set state = 'PUBLISHED', published_at = @at::timestamptz, updated_at = @at::timestamptz, version = version + 1
where workspace_id = @workspace_id and id = @id returning *;

-- name: AgreementsAt :many
-- What was in force at an instant: at most one of each kind.
select * from agreements where workspace_id = @workspace_id and kind = any(@kinds::text[]) and published_at <= @at::timestamptz
  and (superseded_at is null or superseded_at > @at::timestamptz) and state in ('PUBLISHED', 'SUPERSEDED') order by kind limit 7;

-- name: PublishedRules :many
-- Which versions are in force, without what they say: at most one of each kind.
select id, kind from agreements where workspace_id = @workspace_id and state = 'PUBLISHED' limit 7;

-- name: SignaturesOf :many
-- All signatures of some versions, those that a change has voided too. A version has two at a time.
select * from signatures where workspace_id = @workspace_id and agreement_id = any(@agreement_ids::uuid[]) order by agreement_id, signed_at, id limit 5000;

-- name: InsertSignature :exec
insert into signatures (workspace_id, id, agreement_id, member_id, department, hash, bootstrap, signed_at)
values (@workspace_id, @id, @agreement_id, @member_id, @department, @hash, @bootstrap, @at::timestamptz);

-- name: VoidSignatures :execrows
update signatures set voided_at = @at::timestamptz where workspace_id = @workspace_id and agreement_id = @agreement_id and voided_at is null;

-- name: AgreementsDuring :many
-- When versions were in force, without what they say: those of a period, oldest first.
select id, kind, published_at, superseded_at from agreements where workspace_id = @workspace_id and kind = any(@kinds::text[]) and state in ('PUBLISHED', 'SUPERSEDED')
  and published_at < @to_at::timestamptz and (superseded_at is null or superseded_at > @from_at::timestamptz) order by published_at, id limit 5000;
