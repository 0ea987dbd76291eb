package db

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/leadgraph/leadgraph/internal/attribution"
	"github.com/leadgraph/leadgraph/internal/enum"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/page"
)

// JourneyOutcome says how a journey ended.
type JourneyOutcome string

// The outcomes, as in the SDL.
const (
	JourneyWon    JourneyOutcome = "WON"
	JourneyLost   JourneyOutcome = "LOST"
	JourneyNoDeal JourneyOutcome = "NO_DEAL" // nobody of the company ever came as far as a deal
)

// JourneyOutcomes lists every JourneyOutcome.
var JourneyOutcomes = []JourneyOutcome{JourneyWon, JourneyLost, JourneyNoDeal}

// MarshalGQL writes the enum's name.
func (o JourneyOutcome) MarshalGQL(w io.Writer) { enum.Write(w, o) }

// UnmarshalGQL refuses what is no JourneyOutcome.
func (o *JourneyOutcome) UnmarshalGQL(v any) error { return enum.Read(v, o, JourneyOutcomes) }

// Journey is the way of a buying account to its end: a deal that was won or lost, or the last that was heard of its leads.
type Journey struct {
	Outcome       JourneyOutcome `db:"outcome"`
	ID            id.UUID        `db:"id"` // of the deal; of the lead where there is none
	EndedAt       time.Time      `db:"ended_at"`
	LeadID        id.UUID        `db:"lead_id"`
	ContactID     id.UUID        `db:"contact_id"`
	AccountID     *id.UUID       `db:"account_id"`
	PersonaID     *id.UUID       `db:"persona_id"` // of the lead
	LeadCreatedAt time.Time      `db:"lead_created_at"`
	OpenedAt      *time.Time     `db:"opened_at"` // the deal
	AmountMinor   *int64         `db:"amount_minor"`
	Currency      *string        `db:"currency"`
}

// DealID is the deal; nil where there is none.
func (j *Journey) DealID() *id.UUID {
	if j.Outcome == JourneyNoDeal {
		return nil
	}
	return &j.ID
}

// Journey is what attribution looks at, still without touches.
func (j *Journey) Journey() attribution.Journey {
	out := attribution.Journey{LeadCreatedAt: j.LeadCreatedAt, ClosedAt: j.EndedAt, Won: j.Outcome == JourneyWon}
	if deal := j.DealID(); deal != nil {
		out.Deal, out.OpportunityCreatedAt, out.AmountMinor = *deal, *j.OpenedAt, *j.AmountMinor
	}
	if j.PersonaID != nil {
		out.Persona = *j.PersonaID
	}
	return out
}

// Journeyed says which journeys.
type Journeyed struct {
	Outcomes []JourneyOutcome
	From, To time.Time // of the end: at or after, and before
	Silent   time.Time // open leads that were active last before then count as ended
	Currency string    // of the deals; empty for any
}

// branches are the statements that find the journeys of each outcome, under the alias x: what stands before their conditions, the
// conditions, and the column of the end.
var branches = map[JourneyOutcome]struct{ from, where, end string }{
	JourneyWon: {dealJourneys, "x.outcome = 'WON'", "closed_at"}, JourneyLost: {dealJourneys, "x.outcome = 'LOST'", "closed_at"}, JourneyNoDeal: {leadJourneys, noDeal, "last_activity_at"},
}

const (
	dealJourneys = `select x.outcome, x.id, x.closed_at as ended_at, x.lead_id, x.contact_id, x.account_id, l.persona_id, l.created_at as lead_created_at, x.opened_at, x.amount_minor, x.currency
from deals x join leads l on l.workspace_id = x.workspace_id and l.id = x.lead_id`
	leadJourneys = `select 'NO_DEAL'::text as outcome, x.id, x.last_activity_at as ended_at, x.id as lead_id, x.contact_id, x.account_id, x.persona_id, x.created_at as lead_created_at,
null::timestamptz as opened_at, null::bigint as amount_minor, null::text as currency from leads x`
	// The lead that was active last stands for all of its company, or of its person where no company is known. None of them may be customer
	// without a deal, nor be pursued still. %[1]s is the workspace, %[2]s since when an open lead has to be silent.
	// Each of these looks at a handful of rows; offset 0 keeps Postgres from comparing all leads with all others instead.
	noDeal = ended + `
and not exists (select from leads o where o.workspace_id = %[1]s and o.account_id = x.account_id
  and ((o.last_activity_at, o.id) > (x.last_activity_at, x.id) or o.stage = 'WON' or o.stage not in ('LOST', 'DISQUALIFIED', 'ERASED') and o.last_activity_at >= %[2]s) offset 0)
and not exists (select from leads o where o.workspace_id = %[1]s and o.contact_id = x.contact_id
  and (x.account_id is null and (o.last_activity_at, o.id) > (x.last_activity_at, x.id) or o.stage = 'WON' or o.stage not in ('LOST', 'DISQUALIFIED', 'ERASED') and o.last_activity_at >= %[2]s) offset 0)
and not exists (select from deals d where d.workspace_id = %[1]s and d.account_id = x.account_id offset 0)
and not exists (select from leads o join deals d on d.workspace_id = o.workspace_id and d.lead_id = o.id where o.workspace_id = %[1]s and o.contact_id = x.contact_id offset 0)`
	ended = `x.stage <> 'ERASED' and (x.stage in ('LOST', 'DISQUALIFIED', 'WON') or x.last_activity_at < %[2]s)`
)

// reach is a part of the list of journeys: behind a place, before another one, and up to one.
type reach struct{ after, before, upTo *page.Tuple }

// sql writes the statement for a page of journeys in the order of their ends, or for all of them without an order where the limit is 0.
func (w *Journeyed) sql(workspace id.UUID, desc bool, part reach, limit int) (string, []any) {
	q := &query{}
	ws, from, to, silent := q.arg(workspace), q.arg(w.From), q.arg(w.To), q.arg(w.Silent)
	by, tail := "l.ended_at"+direction(desc)+", l.id"+direction(desc), ""
	if limit > 0 {
		tail = fmt.Sprintf(" limit %d", limit)
	}
	var parts []string
	for _, o := range w.Outcomes {
		b := branches[o]
		p := &query{args: q.args}
		p.and("x.workspace_id = " + ws)
		p.and("x." + b.end + " >= " + from)
		p.and("x." + b.end + " < " + to)
		p.and(strings.NewReplacer("%[1]s", ws, "%[2]s", silent).Replace(b.where))
		if w.Currency != "" && o != JourneyNoDeal {
			p.and("x.currency = " + p.arg(w.Currency))
		}
		seek := func(t *page.Tuple, down bool) {
			if t != nil {
				op := map[bool]string{true: " < ", false: " > "}[down]
				p.and("(x." + b.end + ", x.id)" + op + "(" + p.arg(t.Key()) + ", " + p.arg(t.ID) + ")")
			}
		}
		seek(part.after, desc)
		seek(part.before, !desc)
		if part.upTo != nil {
			p.and("(x." + b.end + ", x.id) <= (" + p.arg(part.upTo.Key()) + ", " + p.arg(part.upTo.ID) + ")")
		}
		order := ""
		if limit > 0 {
			order = " order by x." + b.end + direction(desc) + ", x.id" + direction(desc) + tail
		}
		parts = append(parts, "("+b.from+" where "+strings.Join(p.where, " and ")+order+")")
		q.args = p.args
	}
	// Without a branch for leads nothing asks for the time of silence, and Postgres wants to know the type of each parameter.
	all := "select l.* from (" + strings.Join(parts, " union all ") + ") l where " + silent + "::timestamptz is not null"
	if limit > 0 {
		all += " order by " + by + tail
	}
	return all, q.args
}

// JourneysOf are all journeys that ended in a time. An open lead counts as one that came to nothing when it was silent for as long as a policy looks back.
func JourneysOf(p *attribution.Policy, from, to time.Time) Journeyed {
	return Journeyed{Outcomes: JourneyOutcomes, From: from, To: to, Silent: to.AddDate(0, 0, -p.LookBackDays)}
}

// journeys are a page of journeys, those that ended last first. Its cursors are good for the same filter.
func (r *Reader) journeys(ctx context.Context, a page.Args, w *Journeyed, f *JourneyFilter) (*Page[Journey], error) {
	key := page.List("journeys", r.Workspace, f)
	req, err := r.tenant.db.sealer.Read(key, a)
	if err != nil {
		return nil, err
	}
	part := reach{after: req.After, before: req.Before}
	if req.Backward {
		part = reach{after: req.Before, before: req.After}
	}
	sql, args := w.sql(r.Workspace, !req.Backward, part, req.Limit+1)
	rows, err := fetch(ctx, r.tenant, whole[Journey](), sql, args, 1, req.Limit+1, nil)
	if err != nil {
		return nil, err
	}
	p := &Page[Journey]{places: &places[Journey]{r.tenant.db.sealer, func(j *Journey) page.Tuple { return page.Tuple{Time: &j.EndedAt, ID: j.ID} }, func(int) []byte { return key }},
		count: &counter{run: func(ctx context.Context) ([]int32, error) {
			n, err := r.countJourneys(ctx, w)
			return []int32{int32(n)}, err
		}}}
	p.cut(rows[0], req)
	return p, nil
}

// countJourneys counts journeys, up to the bound of lists.
func (r *Reader) countJourneys(ctx context.Context, w *Journeyed) (n int64, err error) {
	sql, args := w.sql(r.Workspace, true, reach{}, 0)
	if err = r.tenant.QueryRow(ctx, fmt.Sprintf("select count(*) from (%s limit %d) c", sql, CountBound+1), args...).Scan(&n); err != nil {
		err = fmt.Errorf("count journeys: %w", err)
	}
	return n, err
}

// journeyStretch is how many deals or leads are looked at at a time.
const journeyStretch = 1000

// EachJourney hands journeys on with the touches of so many days before their ends: outcome by outcome, those that ended first first. Between stretches it
// tells at how many deals and leads it has looked. What is in memory at once is one journey with its touches.
func (r *Reader) EachJourney(ctx context.Context, w *Journeyed, lookBackDays int, take func(*attribution.Journey) error, progress func(done int64) error) error {
	read, err := newTouchReader(ctx, r.Queries, r.Workspace, lookBackDays)
	if err != nil {
		return err
	}
	done := int64(0)
	for _, o := range w.Outcomes {
		one := *w
		one.Outcomes = []JourneyOutcome{o}
		for part := (reach{}); ; part.after = part.upTo {
			if err := r.stretch(ctx, &one, &part); err != nil {
				return err
			}
			if err := r.eachIn(ctx, &one, part, read, take); err != nil {
				return err
			}
			if part.upTo == nil {
				break
			}
			if done += journeyStretch; progress != nil {
				if err := progress(done); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// stretch finds where the next stretch ends; nowhere where it is the last. Whether a lead stands for a journey is dear to tell, so that stretches are made of all leads
// that have ended.
func (r *Reader) stretch(ctx context.Context, w *Journeyed, part *reach) error {
	b := branches[w.Outcomes[0]]
	from, where := "deals", b.where
	if w.Outcomes[0] == JourneyNoDeal {
		from, where = "leads", ended
	}
	q := &query{}
	q.and("x.workspace_id = " + q.arg(r.Workspace))
	q.and("x." + b.end + " >= " + q.arg(w.From))
	q.and("x." + b.end + " < " + q.arg(w.To))
	q.and(strings.ReplaceAll(where, "%[2]s", q.arg(w.Silent)) + fmt.Sprintf(" and $%d::timestamptz is not null", len(q.args)))
	if part.after != nil {
		q.and("(x." + b.end + ", x.id) > (" + q.arg(part.after.Key()) + ", " + q.arg(part.after.ID) + ")")
	}
	var end time.Time
	var last id.UUID
	err := r.tenant.QueryRow(ctx, fmt.Sprintf("select x.%[1]s, x.id from %[2]s x where %[3]s order by x.%[1]s, x.id offset %[4]d limit 1", b.end, from, strings.Join(q.where, " and "), journeyStretch-1), q.args...).Scan(&end, &last)
	part.upTo = &page.Tuple{Time: &end, ID: last}
	if errors.Is(err, pgx.ErrNoRows) {
		part.upTo, err = nil, nil
	}
	if err != nil {
		err = fmt.Errorf("read journeys: %w", err)
	}
	return err
}

// eachIn hands the journeys of a stretch on.
func (r *Reader) eachIn(ctx context.Context, w *Journeyed, part reach, read *touchReader, take func(*attribution.Journey) error) error {
	sql, args := w.sql(r.Workspace, false, part, journeyStretch)
	parts, err := fetch(ctx, r.tenant, whole[Journey](), sql, args, 1, journeyStretch, nil)
	if err != nil {
		return err
	}
	spans := make([]buyer, len(parts[0]))
	for i, row := range parts[0] {
		spans[i] = buyer{row.ContactID, row.AccountID, row.EndedAt}
	}
	return read.each(ctx, r.tenant.send, spans, func(i int, touches []attribution.Touch) error {
		j := parts[0][i].Journey()
		j.Touches = touches
		return take(&j)
	})
}

// maxReported bounds the deals of one report: it is made while somebody waits.
const maxReported = 100_000

// DealsByCurrency counts the deals won in a time, the currency of most deals first.
func (r *Reader) DealsByCurrency(ctx context.Context, from, to time.Time) ([]*WonByCurrencyRow, error) {
	rows, err := r.WonByCurrency(ctx, WonByCurrencyParams{WorkspaceID: r.Workspace, FromAt: from, ToAt: to})
	if err != nil {
		return nil, fmt.Errorf("count deals: %w", err)
	}
	for _, row := range rows {
		if row.Deals > maxReported {
			return nil, fault.Input("closedFrom", "%d deals were won in %s in this time; a report is about up to %d. Report on a shorter time.", row.Deals, row.Currency, maxReported)
		}
	}
	return rows, nil
}
