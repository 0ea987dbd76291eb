package main

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/agreement"
	"github.com/leadgraph/leadgraph/internal/id"
)

// adopted are the kinds of rules that leads are judged by.
var adopted = []agreement.Kind{agreement.ScoringModel, agreement.LeadDefinition}

// version is the default of a kind as a version of its own, always with the same id.
func (w *world) version(k agreement.Kind) *db.Agreement {
	body := agreement.Default(k)
	return &db.Agreement{WorkspaceID: w.workspace, ID: newDice(7 + uint64(len(k))).uuid(worldBegin.UnixMicro()), Kind: k, Number: 1, Title: "Default", State: agreement.Published,
		Body: body, Hash: body.Hash(), Bootstrap: true, CreatedAt: worldBegin, UpdatedAt: worldBegin, PublishedAt: &worldBegin, Version: 1}
}

// rule puts the default rules into force, by which every lead is judged, or out of force. The rest of the data have no rules, so that plain
// writing is measured alone.
func (d *dataset) rule(ctx context.Context, on bool) error {
	return withConn(ctx, d.url, func(conn *pgx.Conn) error {
		for _, k := range adopted {
			v := d.version(k)
			if _, err := conn.Exec(ctx, `insert into agreements (workspace_id, id, kind, number, title, state, body, hash, bootstrap, created_at, updated_at, published_at)
				values ($1, $2, $3, 1, $4, $5, $6, $7, true, $8, $8, $8) on conflict (workspace_id, id) do nothing`,
				v.WorkspaceID, v.ID, string(v.Kind), v.Title, string(v.State), v.Body, v.Hash, v.CreatedAt); err != nil {
				return err
			}
		}
		state := agreement.Superseded
		if on {
			state = agreement.Published
		}
		_, err := conn.Exec(ctx, "update agreements set state = $2 where workspace_id = $1", d.workspace, string(state))
		return err
	})
}

// history gives closed leads the moves that their outcome is read from: offered some days after they opened, closed when they closed.
func (d *dataset) history(ctx context.Context) error {
	return withConn(ctx, d.url, func(conn *pgx.Conn) error {
		return run(ctx, conn, `insert into moves (workspace_id, id, lead_id, from_stage, to_stage, at, actor_kind)
			select workspace_id, gen_random_uuid(), id, 'QUALIFIED', 'OFFERED', created_at + (stage_since - created_at) / 2, 'SYSTEM' from leads where stage in ('WON', 'LOST', 'DISQUALIFIED')
			union all
			select workspace_id, gen_random_uuid(), id, 'OFFERED', stage, stage_since, 'SYSTEM' from leads where stage in ('WON', 'LOST', 'DISQUALIFIED')`, "analyze moves")
	})
}

// rescore asks for all open leads to be judged.
func (d *dataset) rescore(ctx context.Context) (id.UUID, error) {
	which := id.New()
	return which, withConn(ctx, d.url, func(conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, `insert into rescores (workspace_id, id, agreement_id, state, total, created_at)
			select $1, $2, $3, 'PENDING', count(*), now() from leads where workspace_id = $1 and stage not in ('WON', 'LOST', 'DISQUALIFIED', 'ERASED')`,
			d.workspace, which, d.version(agreement.ScoringModel).ID)
		return err
	})
}

// backTest asks for the default scoring model to be tried on all leads.
func (d *dataset) backTest(ctx context.Context, cohort any) (id.UUID, error) {
	which := id.New()
	return which, withConn(ctx, d.url, func(conn *pgx.Conn) error {
		v := d.version(agreement.ScoringModel)
		_, err := conn.Exec(ctx, `insert into back_tests (workspace_id, id, agreement_id, hash, cohort, state, created_at) values ($1, $2, $3, $4, $5, 'PENDING', $6)`,
			d.workspace, which, v.ID, v.Hash, cohort, time.Now())
		return err
	})
}
