-- +goose Up
-- What a member has to do, the most urgent first.
create index clocks_member_due on clocks (workspace_id, member_id, due_at, id) where due_at is not null;
