-- +goose Up
-- Deals that come from another system, some of which know no person, and attributes of deals.

alter table deals
  alter column lead_id drop not null, -- of a deal that was brought in without a pursuit
  alter column contact_id drop not null, -- where the other system knows no person
  add column source_id uuid, -- where it was brought in from; null: opened here
  add column external_id text, -- its id there
  add column attributes jsonb not null default '{}', -- the workspace's own
  add foreign key (workspace_id, source_id) references sources (workspace_id, id),
  add check (lead_id is null or contact_id is not null),
  add check ((source_id is null) = (external_id is null));
create unique index deals_external on deals (workspace_id, source_id, external_id) where source_id is not null; -- brought in once
create index deals_beside on deals (workspace_id, contact_id) where lead_id is null;
