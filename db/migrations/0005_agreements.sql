-- +goose Up
-- What both departments sign, and what leads are worth under it.

-- Where a lead stands under the published scoring model: what lists are filtered and ordered by. The scores table has the rest.
alter table leads
  add column score int, -- null until a model has scored the lead
  add column fit double precision,
  add column engagement double precision,
  add column fit_grade text check (fit_grade in ('A', 'B', 'C', 'D')),
  add column engagement_grade int check (engagement_grade between 1 and 4),
  add column band text check (band in ('HOT', 'WARM', 'COOL'));
alter table leads
  add column model_id uuid, -- the scoring model that the score comes from
  add column definition_id uuid; -- the lead definition under which the lead is qualified

-- The agreements: each row is one version of one kind. What it says is fixed from its publication on.
create table agreements (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  kind text not null check (kind in ('LEAD_DEFINITION', 'SCORING_MODEL', 'SLA_POLICY', 'ROUTING_POLICY', 'FOLLOW_UP_POLICY', 'CONTACT_POLICY', 'ATTRIBUTION_POLICY')),
  number int not null, -- 1 for the first version of its kind
  title text not null,
  note text, -- why it is wanted
  state text not null check (state in ('DRAFT', 'IN_REVIEW', 'APPROVED', 'PUBLISHED', 'SUPERSEDED', 'WITHDRAWN')),
  body jsonb not null,
  hash text not null, -- of kind and body: what signatures and back-tests speak of
  bootstrap boolean not null default false, -- a default that came with the workspace, signed by its founder alone
  based_on uuid,
  created_by uuid, -- null: leadgraph itself
  review_note text, -- what the last reviewer wanted changed
  created_at timestamptz not null,
  updated_at timestamptz not null,
  submitted_at timestamptz,
  approved_at timestamptz,
  published_at timestamptz,
  superseded_at timestamptz,
  withdrawn_at timestamptz,
  version int not null default 1,
  primary key (workspace_id, id),
  unique (workspace_id, kind, number),
  foreign key (workspace_id, based_on) references agreements (workspace_id, id),
  foreign key (workspace_id, created_by) references members (workspace_id, id)
);
create unique index agreements_published on agreements (workspace_id, kind) where state = 'PUBLISHED';
create index agreements_created on agreements (workspace_id, created_at desc, id desc);
create index agreements_kind on agreements (workspace_id, kind, created_at desc, id desc);

create table signatures (
  workspace_id uuid not null,
  id uuid not null,
  agreement_id uuid not null,
  member_id uuid not null,
  department text not null check (department in ('MARKETING', 'SALES')),
  hash text not null, -- the content that was signed
  bootstrap boolean not null default false,
  signed_at timestamptz not null,
  voided_at timestamptz, -- when the content changed
  primary key (workspace_id, id),
  foreign key (workspace_id, agreement_id) references agreements (workspace_id, id),
  foreign key (workspace_id, member_id) references members (workspace_id, id)
);
create unique index signatures_department on signatures (workspace_id, agreement_id, department) where voided_at is null;
create unique index signatures_member on signatures (workspace_id, agreement_id, member_id) where voided_at is null;
create index signatures_agreement on signatures (workspace_id, agreement_id, signed_at, id);

-- What the score of a lead rests on: one row for each scored lead, as it stood at `at`.
create table scores (
  workspace_id uuid not null,
  lead_id uuid not null,
  model_id uuid not null,
  at timestamptz not null,
  fit_raw double precision not null,
  engagement_raw double precision not null,
  total double precision not null, -- before it is rounded
  factors jsonb not null,
  next_at timestamptz, -- when time alone will change the band, a grade or the qualification
  primary key (workspace_id, lead_id),
  foreign key (workspace_id, lead_id) references leads (workspace_id, id),
  foreign key (workspace_id, model_id) references agreements (workspace_id, id)
) with (fillfactor = 80);
create index scores_due on scores (workspace_id, next_at) where next_at is not null;

-- How scores went: a row whenever points, grade, band or model changed.
create table score_history (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  lead_id uuid not null,
  model_id uuid not null,
  at timestamptz not null,
  cause text not null check (cause in ('CAPTURE', 'FACTS', 'TOUCHES', 'TIME', 'MODEL')),
  score int not null,
  fit double precision not null,
  engagement double precision not null,
  fit_grade text not null,
  engagement_grade int not null,
  band text not null,
  primary key (workspace_id, id, at)
) partition by range (at);
create table score_history_past partition of score_history for values from (minvalue) to ('2026-01-01');
create table score_history_2026 partition of score_history for values from ('2026-01-01') to ('2027-01-01');
create table score_history_2027 partition of score_history for values from ('2027-01-01') to ('2028-01-01');
create table score_history_later partition of score_history for values from ('2028-01-01') to (maxvalue);
create index score_history_lead on score_history (workspace_id, lead_id, at desc, id desc);

-- What facts were before they changed, so that a lead can be seen as it was at any instant: until `at` the value was `was`.
create table fact_changes (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  subject_id uuid not null, -- a contact, account or lead
  attribute text not null,
  was jsonb, -- null: not known until then
  at timestamptz not null,
  primary key (workspace_id, id)
);
create index fact_changes_subject on fact_changes (workspace_id, subject_id, at);

-- Every move of a lead from stage to stage, with what it rested on.
create table moves (
  workspace_id uuid not null,
  id uuid not null,
  lead_id uuid not null,
  from_stage text not null,
  to_stage text not null,
  at timestamptz not null,
  actor_kind text not null check (actor_kind in ('MEMBER', 'API_KEY', 'SYSTEM')),
  actor_id uuid,
  reason text,
  agreement_id uuid, -- the version of the rules that it was made under
  evidence jsonb not null default '[]',
  primary key (workspace_id, id),
  foreign key (workspace_id, lead_id) references leads (workspace_id, id),
  foreign key (workspace_id, agreement_id) references agreements (workspace_id, id)
);
create index moves_lead on moves (workspace_id, lead_id, at desc, id desc);

-- Work on all leads after a publication: where it stands, so that another server can go on with it.
create table rescores (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  agreement_id uuid not null, -- whose publication asked for it
  state text not null check (state in ('PENDING', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED')),
  total bigint not null,
  done bigint not null default 0,
  changed bigint not null default 0, -- leads whose band or stage is another one now
  after_id uuid not null default '00000000-0000-0000-0000-000000000000', -- the last lead that was done
  tries int not null default 0, -- starts since it last moved on
  failure text,
  created_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, agreement_id) references agreements (workspace_id, id)
);
create unique index rescores_open on rescores (workspace_id) where state in ('PENDING', 'RUNNING');
create index rescores_agreement on rescores (workspace_id, agreement_id, created_at desc, id desc);

-- A scoring model tried on leads whose outcome is known.
create table back_tests (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  agreement_id uuid not null,
  hash text not null, -- of the content that was tried
  cohort jsonb not null, -- which leads, when they are scored and what counts as success
  capacity_per_week int, -- leads that all reps together can take
  state text not null check (state in ('PENDING', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED')),
  total bigint not null default 0,
  done bigint not null default 0,
  report jsonb, -- null until it has succeeded
  tries int not null default 0,
  failure text,
  created_by uuid,
  created_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, agreement_id) references agreements (workspace_id, id),
  foreign key (workspace_id, created_by) references members (workspace_id, id)
);
create index back_tests_created on back_tests (workspace_id, created_at desc, id desc);
create index back_tests_agreement on back_tests (workspace_id, agreement_id, created_at desc, id desc);

-- A scoring model learned from closed leads.
create table model_fits (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  cohort jsonb not null,
  state text not null check (state in ('PENDING', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED')),
  total bigint not null default 0,
  done bigint not null default 0,
  report jsonb,
  agreement_id uuid, -- the draft that came of it
  tries int not null default 0,
  failure text,
  created_by uuid,
  created_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, agreement_id) references agreements (workspace_id, id),
  foreign key (workspace_id, created_by) references members (workspace_id, id)
);
create index model_fits_created on model_fits (workspace_id, created_at desc, id desc);

alter table leads add foreign key (workspace_id, model_id) references agreements (workspace_id, id),
  add foreign key (workspace_id, definition_id) references agreements (workspace_id, id);
create index leads_band on leads (workspace_id, band, score desc, id desc) where band is not null;
create index leads_score on leads (workspace_id, score desc, id desc) where score is not null;
create index leads_ranking on leads (workspace_id, stage, score desc, id desc) where score is not null;

select lg_protect(t) from unnest(array['agreements', 'signatures', 'scores', 'score_history', 'score_history_past', 'score_history_2026', 'score_history_2027',
  'score_history_later', 'fact_changes', 'moves', 'rescores', 'back_tests', 'model_fits']::regclass[]) t;

-- Which workspaces have leads whose band changes by time alone: no more than where to look.
create policy search on scores for select to lg_search using (true);
grant select on scores to lg_search;
create function lg_due_scores(at timestamptz) returns table (workspace_id uuid)
language sql stable security definer set search_path = public, pg_temp as
'select w.id from workspaces w where exists (select from scores s where s.workspace_id = w.id and s.next_at <= $1) limit 100';
grant create on schema public to lg_search;
alter function lg_due_scores(timestamptz) owner to lg_search;
revoke create on schema public from lg_search;
revoke execute on function lg_due_scores(timestamptz) from public;
grant execute on function lg_due_scores(timestamptz) to lg_app;
