-- +goose Up
-- The history of a score is read by its lead, newest first, and by nothing else. One index does both that and being unique: each entry is written to one index less.
alter table score_history drop constraint score_history_pkey;
drop index score_history_lead;
alter table score_history add primary key (workspace_id, lead_id, at, id);
