-- +goose Up
-- Judging a lead reads all touches of its person: what conditions ask about stands in the index, so that they are read without the rows.
drop index touches_contact;
create index touches_contact on touches (workspace_id, contact_id, occurred_at desc, id desc) include (kind, channel, direction, resource_position, campaign_id);

-- What a score is made of is text: nobody asks Postgres about it, and to take JSON apart cost as much as to write the row.
alter table scores alter column factors type text using factors::text;

-- A score is written behind the row of its lead, in the same transaction, by the one function that does it; that row names the model, and is
-- checked. Checking the same again took as long as writing the score.
alter table scores drop constraint scores_workspace_id_lead_id_fkey, drop constraint scores_workspace_id_model_id_fkey;
alter table score_history drop constraint score_history_workspace_id_fkey;
