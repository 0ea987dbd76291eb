-- +goose Up
-- Content: which touches showed which resource.

alter table touches add column resource_id uuid; -- what was shown or clicked
