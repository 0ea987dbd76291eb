package db

import (
	"context"
	"reflect"
	"slices"
	"strings"

	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/level"
)

// reading is the part of a row that is read: a page of an inbox shows four columns of a touch, and has sixteen.
type reading[T any] struct {
	columns string // under the alias l
	fields  []int  // of the row, in the same order
}

// needs are the columns of fields that are no columns: methods of rows, and relations. What stands nowhere here needs the whole row.
// A test reads every field of every row alone.
var needs = map[string]map[string]string{
	"Account": {"id": "id", "owner": "owner_id", "contacts": "id", "leads": "id", "touches": "id", "deals": "id"},
	"Contact": {"id": "id", "account": "account_id", "identities": "id", "consents": "id", "leads": "id", "touches": "id", "messages": "id", "standing": "id"},
	"Lead": {"id": "id", "contact": "contact_id", "account": "account_id", "source": "source_id", "campaign": "campaign_id", "persona": "persona_id",
		"personaMatch": "persona_id persona_confidence persona_reasons", "owner": "owner_id", "touches": "contact_id", "timeline": "id contact_id",
		"scoringModel": "model_id", "scoreHistory": "id", "qualification": "id definition_id", "moves": "id", "handoffs": "id", "currentHandoff": "id",
		"deal": "id", "allowedMoves": "id stage owner_id", "clocks": "id", "openClock": "id", "recommendedResources": "id contact_id persona_id stage"},
	"Clock": {"id": "id", "lead": "lead_id", "member": "member_id", "policy": "policy_id", "pauses": "pauses", "waivers": "id", "escalatedTo": "id", "targetSeconds": "target_us",
		"elapsedSeconds": "elapsed_us", "overdueSeconds": "overdue_us"},
	"Event":          {"id": "id", "member": "actor_kind actor_id", "apiKeyName": "actor_kind actor_id", "lead": "lead_id", "summary": "kind data", "changes": "data"},
	"Source":         {"id": "id", "leads": "id"},
	"Campaign":       {"id": "id", "leads": "id", "acknowledgedByMarketing": "acknowledged_by_marketing", "acknowledgedBySales": "acknowledged_by_sales"},
	"Message":        {"id": "id", "contact": "contact_id", "campaign": "campaign_id", "policy": "policy_id", "touch": "touch_id", "member": "actor_kind actor_id"},
	"Persona":        {"id": "id", "leads": "id"},
	"Member":         {"id": "id", "leads": "id", "workingHours": "calendar_id", "absences": "id"},
	"Import":         {"id": "id", "source": "source_id", "campaign": "campaign_id", "createdBy": "created_by", "refusals": "id"},
	"Agreement":      {"id": "id", "clauses": "body", "basedOn": "based_on", "createdBy": "created_by", "signatures": "id", "backTests": "id", "rescore": "id"},
	"BackTest":       {"id": "id", "agreement": "agreement_id", "createdBy": "created_by"},
	"ModelFit":       {"id": "id", "agreement": "agreement_id", "createdBy": "created_by"},
	"Reason":         {"id": "id"},
	"Goal":           {"id": "id", "member": "member_id", "createdBy": "created_by", "progress": "metric team member_id target starts_at ends_at ended_at"},
	"AttributionRun": {"id": "id", "touchCount": "touch_ids", "deal": "deal_id", "policy": "policy_id", "fit": "fit_id", "persona": "persona_id"},
	"AttributionFit": {"id": "id", "markov": "report", "shapley": "report", "policy": "policy_id", "createdBy": "created_by"},
	"Deal": {"id": "id", "lead": "lead_id", "contact": "contact_id", "account": "account_id", "owner": "owner_id", "reason": "reason_id", "handoff": "handoff_id",
		"attribution": "id", "attributionRuns": "id", "disputes": "id", "precedents": "id", "source": "source_id"},
	"Touch":    {"id": "id", "contact": "contact_id", "account": "account_id", "source": "source_id", "campaign": "campaign_id", "member": "member_id", "resource": "resource_id"},
	"Resource": {"id": "id", "owner": "owner_id", "labels": "id", "versions": "id", "shares": "id", "outcomes": "id", "leads": "id"},
	"Share":    {"id": "id", "resource": "resource_id", "contact": "contact_id", "touch": "touch_id", "member": "member_id"},
	"CreditDispute": {"id": "id", "deal": "deal_id", "policy": "policy_id", "touches": "touch_ids", "evidence": "evidence",
		"claimedBy": "claimed_by", "agreed": "claimed_share counter_share", "answerEvidence": "answer_evidence", "answeredBy": "answered_by", "ruling": "ruling_id"},
	"ScoreHistory": {"scoringModel": "model_id"},
	"Handoff": {"id": "id", "lead": "lead_id", "member": "member_id", "alerted": "id", "routingPolicy": "routing_id", "definition": "definition_id", "scoringModel": "model_id",
		"offeredBy": "offered_by", "decidedBy": "decided_by", "repliedBy": "replied_by", "reason": "reason_id"},
}

// wanted is what an answer needs of the rows of a type, and the columns that the reader needs itself.
func wanted[T any](ctx context.Context, own ...string) *reading[T] {
	t := reflect.TypeFor[T]()
	w := level.WishFrom(ctx)
	if w == nil {
		return whole[T]()
	}
	fields, known := w.Fields[t.Name()]
	if !known {
		return whole[T]()
	}
	key := struct {
		row reflect.Type
		own string
	}{t, strings.Join(own, " ")}
	return w.Keep(key, func() any { return chosen[T](fields, own) }).(*reading[T])
}

// chosen is the reading of some fields.
func chosen[T any](fields []level.Field, own []string) *reading[T] {
	t := reflect.TypeFor[T]()
	columns := slices.Clone(own)
	for _, f := range fields {
		member, direct := t.FieldByName(f.Member)
		more, known := needs[t.Name()][f.Name]
		switch {
		case direct:
			columns = append(columns, member.Tag.Get("db"))
		case known:
			columns = append(columns, strings.Fields(more)...)
		default:
			return whole[T]()
		}
	}
	return reads[T](func(column string) bool { return slices.Contains(columns, column) })
}

// whole is the reading of all columns.
func whole[T any]() *reading[T] { return reads[T](func(string) bool { return true }) }

// reads is the reading of some columns.
func reads[T any](is func(column string) bool) *reading[T] {
	t, out := reflect.TypeFor[T](), &reading[T]{}
	var names []string
	for i := range t.NumField() {
		if column := t.Field(i).Tag.Get("db"); is(column) {
			names, out.fields = append(names, "l."+column), append(out.fields, i)
		}
	}
	out.columns = strings.Join(names, ", ")
	return out
}

// places are pointers to a row's fields, in the order of the columns.
func (g *reading[T]) places(row *T, dest []any) []any {
	v := reflect.ValueOf(row).Elem()
	for _, i := range g.fields {
		dest = append(dest, v.Field(i).Addr().Interface())
	}
	return dest
}

// table names the table of the rows that are found by their ids.
func table[T any]() string {
	switch any((*T)(nil)).(type) {
	case *Account:
		return "accounts"
	case *Agreement:
		return "agreements"
	case *AttributionFit:
		return "attribution_fits"
	case *AttributionRun:
		return "attribution_runs"
	case *APIKey:
		return "api_keys"
	case *Campaign:
		return "campaigns"
	case *Clock:
		return "clocks"
	case *Contact:
		return "contacts"
	case *CreditDispute:
		return "credit_disputes"
	case *Deal:
		return "deals"
	case *Event:
		return "events"
	case *Goal:
		return "goals"
	case *Handoff:
		return "handoffs"
	case *Import:
		return "imports"
	case *Lead:
		return "leads"
	case *Member:
		return "members"
	case *Message:
		return "messages"
	case *Persona:
		return "personas"
	case *Reason:
		return "reasons"
	case *Resource:
		return "resources"
	case *Share:
		return "shares"
	case *Ruling:
		return "rulings"
	case *Source:
		return "sources"
	case *Touch:
		return "touches"
	}
	return ""
}

// ByID reads the rows with some ids, and of them what the answer shows.
func ByID[T any](ctx context.Context, r *Reader, ids []id.UUID) ([]*T, error) {
	return readBy(ctx, r, wanted[T](ctx, "id"), "any($2::uuid[])", ids, len(ids))
}
