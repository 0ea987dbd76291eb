package db

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/leadgraph/leadgraph/internal/attribution"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/id"
)

// buyer says whose touches belong to a journey: those of everybody at the company, and of its own person, up to its end.
type buyer struct {
	contact id.UUID
	account *id.UUID
	ended   time.Time
}

// touchReader reads the touches of journeys.
type touchReader struct {
	workspace id.UUID
	back      time.Duration
	kinds     map[id.UUID]contact.CampaignKind
	words     map[string]string // each once: they are few, and touches many
}

// newTouchReader is a reader of the touches of so many days before the ends of journeys.
func newTouchReader(ctx context.Context, q *Queries, workspace id.UUID, days int) (*touchReader, error) {
	campaigns, err := q.CampaignKinds(ctx, workspace)
	if err != nil {
		return nil, fmt.Errorf("read campaigns: %w", err)
	}
	t := &touchReader{workspace: workspace, back: time.Duration(days) * 24 * time.Hour, kinds: make(map[id.UUID]contact.CampaignKind, len(campaigns)), words: map[string]string{}}
	for _, c := range campaigns {
		t.kinds[c.ID] = c.Kind
	}
	return t, nil
}

// touchesOfJourneys walks from journeys over their people to the touches, in the order of the journeys: one more of each than can be credited tells
// that there are too many.
var touchesOfJourneys = fmt.Sprintf(`select p.ord, t.* from unnest($2::uuid[], $3::uuid[], $4::timestamptz[], $5::timestamptz[]) with ordinality as p(contact_id, account_id, from_at, to_at, ord)
cross join lateral (select t.* from (select c.id from contacts c where c.workspace_id = $1 and c.account_id = p.account_id
    union all select p.contact_id where not exists (select from contacts c where c.workspace_id = $1 and c.id = p.contact_id and c.account_id = p.account_id)) c
  cross join lateral (select t.id, t.occurred_at, t.kind, t.channel, t.direction, coalesce(t.department, '') as department, coalesce(t.resource_position, '') as position, t.campaign_id, t.source_id, t.resource_id, t.contact_id
    from touches t where t.workspace_id = $1 and t.contact_id = c.id and t.occurred_at >= p.from_at and t.occurred_at <= p.to_at offset 0) t
  limit %d) t order by p.ord`, attribution.MaxTouches+1)

// each hands the touches of journeys on, one journey after the other, also of those without any. What is handed on is only good until the
// next.
func (r *touchReader) each(ctx context.Context, send func(context.Context, string, []any) (pgx.Rows, error), of []buyer, take func(i int, touches []attribution.Touch) error) error {
	if len(of) == 0 {
		return nil
	}
	people, companies, from, to := make([]id.UUID, len(of)), make([]*id.UUID, len(of)), make([]time.Time, len(of)), make([]time.Time, len(of))
	for i, s := range of {
		people[i], companies[i], from[i], to[i] = s.contact, s.account, s.ended.Add(-r.back), s.ended
	}
	rows, err := send(ctx, touchesOfJourneys, []any{r.workspace, people, companies, from, to})
	if err != nil {
		return fmt.Errorf("read the touches of journeys: %w", err)
	}
	defer rows.Close()
	var touches []attribution.Touch
	var at int64
	next := 0
	for rows.Next() {
		var t attribution.Touch
		if err := r.read(rows, &at, &t); err != nil {
			return fmt.Errorf("read the touches of journeys: %w", err)
		}
		for ; next < int(at)-1; next++ {
			if err := take(next, touches); err != nil {
				return err
			}
			touches = touches[:0]
		}
		touches = append(touches, t)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read the touches of journeys: %w", err)
	}
	for ; next < len(of); next++ {
		if err := take(next, touches); err != nil {
			return err
		}
		touches = touches[:0]
	}
	return nil
}

// read reads one row: as scan does, but each word is kept once.
func (r *touchReader) read(rows pgx.Rows, at *int64, t *attribution.Touch) error {
	raw, columns := rows.RawValues(), rows.FieldDescriptions()
	dest := [...]any{at, &t.ID, &t.At, nil, nil, nil, nil, nil, &t.Campaign, &t.Source, &t.Resource, &t.Contact}
	for i, d := range dest {
		if d == nil || raw[i] == nil {
			continue
		}
		if columns[i].Format == pgx.BinaryFormatCode && decode(nil, columns[i].DataTypeOID, raw[i], d) {
			continue
		}
		if err := rows.Conn().TypeMap().Scan(columns[i].DataTypeOID, columns[i].Format, raw[i], d); err != nil {
			return err
		}
	}
	t.Kind, t.Channel, t.Direction = contact.TouchKind(r.word(raw[3])), contact.Channel(r.word(raw[4])), contact.Direction(r.word(raw[5]))
	t.Department, t.Position = auth.Department(r.word(raw[6])), contact.FunnelPosition(r.word(raw[7]))
	t.CampaignKind = r.kinds[t.Campaign]
	return nil
}

// word is a text, the same each time.
func (r *touchReader) word(raw []byte) string {
	w, known := r.words[string(raw)]
	if !known {
		w = string(raw)
		r.words[w] = w
	}
	return w
}
