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
