package main_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/vektah/gqlparser/v2"
	gql "github.com/vektah/gqlparser/v2/ast"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/graph/model"
	"github.com/leadgraph/leadgraph/internal/agreement"
	"github.com/leadgraph/leadgraph/internal/attribution"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/backtest"
	"github.com/leadgraph/leadgraph/internal/clause"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/contactpolicy"
	"github.com/leadgraph/leadgraph/internal/dispute"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/followup"
	"github.com/leadgraph/leadgraph/internal/funnel"
	"github.com/leadgraph/leadgraph/internal/learning"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
	"github.com/leadgraph/leadgraph/internal/resource"
	"github.com/leadgraph/leadgraph/internal/routing"
	"github.com/leadgraph/leadgraph/internal/scorecard"
	"github.com/leadgraph/leadgraph/internal/scoring"
	"github.com/leadgraph/leadgraph/internal/sheet"
	"github.com/leadgraph/leadgraph/internal/sla"
)

// readSchema is the SDL, with the types that gqlparser adds to every schema left out.
func readSchema(t *testing.T) (*gql.Schema, []*gql.Definition) {
	t.Helper()
	names, err := filepath.Glob("graph/*.graphqls")
	require.NoError(t, err)
	var all []*gql.Source
	for _, name := range append(names, "schema.graphqls") {
		b, err := os.ReadFile(name)
		require.NoError(t, err)
		all = append(all, &gql.Source{Name: name, Input: string(b)})
	}
	schema, err := gqlparser.LoadSchema(all...)
	require.NoError(t, err)
	var own []*gql.Definition
	for _, d := range schema.Types {
		if !d.BuiltIn {
			own = append(own, d)
		}
	}
	slices.SortFunc(own, func(a, b *gql.Definition) int { return strings.Compare(a.Name, b.Name) })
	return schema, own
}

// fields are the fields of a type, without those of introspection.
func fields(d *gql.Definition) []*gql.FieldDefinition {
	return slices.DeleteFunc(slices.Clone(d.Fields), func(f *gql.FieldDefinition) bool { return strings.HasPrefix(f.Name, "__") })
}

func TestEveryElementOfTheSchemaIsDescribed(t *testing.T) {
	t.Parallel()
	schema, own := readSchema(t)
	described := func(text, format string, args ...any) {
		if strings.TrimSpace(text) == "" {
			t.Errorf("%s has no description", fmt.Sprintf(format, args...))
		}
	}
	for _, d := range own {
		if d != schema.Query && d != schema.Mutation && d != schema.Subscription { // the roots; what stands in them is described
			described(d.Description, "%s", d.Name)
		}
		for _, f := range fields(d) { // arguments are explained by their field
			described(f.Description, "%s.%s", d.Name, f.Name)
		}
		for _, v := range d.EnumValues {
			described(v.Description, "%s.%s", d.Name, v.Name)
		}
	}
	for _, d := range schema.Directives {
		if d.Position.Src.BuiltIn {
			continue
		}
		described(d.Description, "@%s", d.Name)
	}
}

func TestEveryRootFieldSaysWhoMay(t *testing.T) {
	t.Parallel()
	schema, own := readSchema(t)
	for _, root := range []*gql.Definition{schema.Query, schema.Mutation, schema.Subscription} {
		for _, f := range fields(root) {
			can, anyone := f.Directives.ForName("can"), f.Directives.ForName("anyone")
			require.NotEqual(t, can == nil, anyone == nil, "%s.%s says either @can or @anyone", root.Name, f.Name)
		}
	}
	t.Run("with permissions that exist", func(t *testing.T) {
		t.Parallel()
		for _, d := range own {
			lists := []gql.DirectiveList{d.Directives}
			for _, f := range fields(d) {
				lists = append(lists, f.Directives)
			}
			for _, can := range lists {
				for _, p := range asked(can) {
					require.Contains(t, auth.Describe, auth.Permission(p), "@can on or in %s", d.Name)
				}
			}
		}
	})
	t.Run("and a mutation asks for more than to read", func(t *testing.T) {
		t.Parallel()
		for _, f := range fields(schema.Mutation) {
			for _, p := range asked(f.Directives) {
				require.False(t, strings.HasSuffix(p, ":read"), "Mutation.%s asks for %s", f.Name, p)
			}
		}
	})
}

// asked are the permissions of a @can.
func asked(of gql.DirectiveList) (all []string) {
	can := of.ForName("can")
	if can == nil {
		return nil
	}
	for _, v := range can.Arguments.ForName("do").Value.Children {
		all = append(all, v.Value.Raw)
	}
	return all
}

func TestConnectionsAreRelays(t *testing.T) {
	t.Parallel()
	schema, own := readSchema(t)
	for _, d := range own {
		for _, f := range fields(d) {
			if strings.HasSuffix(f.Type.Name(), "Connection") {
				require.True(t, f.Type.NonNull, "%s.%s", d.Name, f.Name)
				for arg, of := range map[string]string{"first": "Int", "after": "String", "last": "Int", "before": "String"} {
					require.NotNil(t, f.Arguments.ForName(arg), "%s.%s takes %s", d.Name, f.Name, arg)
					require.Equal(t, of, f.Arguments.ForName(arg).Type.String(), "%s.%s(%s:)", d.Name, f.Name, arg)
				}
			}
		}
		name, is := strings.CutSuffix(d.Name, "Connection")
		if !is {
			continue
		}
		require.Equal(t, map[string]string{"edges": "[" + name + "Edge!]!", "nodes": "[" + node(schema, name) + "!]!", "pageInfo": "PageInfo!", "totalCount": "Int!"}, types(d))
		require.Equal(t, map[string]string{"cursor": "String!", "node": node(schema, name) + "!"}, types(schema.Types[name+"Edge"]))
	}
}

// node is the type of a connection's items: the timeline's are entries.
func node(schema *gql.Schema, name string) string {
	if schema.Types[name] == nil {
		return name + "Entry"
	}
	return name
}

// types are a type's fields with their types.
func types(d *gql.Definition) map[string]string {
	all := map[string]string{}
	for _, f := range fields(d) {
		all[f.Name] = f.Type.String()
	}
	return all
}

func TestEachMutationHasOneInputAndAPayloadOfItsName(t *testing.T) {
	t.Parallel()
	answers := map[string]string{"refreshSession": "SignInPayload"} // a refreshed session is a session
	schema, _ := readSchema(t)
	for _, f := range fields(schema.Mutation) {
		name := strings.ToUpper(f.Name[:1]) + f.Name[1:]
		payload := name + "Payload"
		if other, ok := answers[f.Name]; ok {
			payload = other
		}
		require.Equal(t, payload+"!", f.Type.String(), f.Name)
		require.Len(t, f.Arguments, 1, f.Name)
		require.Equal(t, "input: "+name+"Input!", f.Arguments[0].Name+": "+f.Arguments[0].Type.String())
	}
}

// words are a list of an enum's values as texts.
func words[T ~string](all []T) []string {
	out := make([]string, len(all))
	for i, v := range all {
		out[i] = string(v)
	}
	return out
}

func TestEnumsSayTheSameInTheSchemaAndInGo(t *testing.T) {
	t.Parallel()
	inGo := map[string][]string{
		"ErrorCode": faultCodes(t), "EventKind": words(event.Kinds), "JobKind": words(event.Jobs), "Stage": words(lifecycle.Stages),
		"TouchKind": words(contact.TouchKinds), "Channel": words(contact.Channels), "Direction": words(contact.Directions), "Purpose": words(contact.Purposes),
		"ConsentBasis": words(contact.ConsentBases), "ConsentState": words(contact.ConsentStates), "IdentityKind": words(contact.IdentityKinds),
		"CampaignKind": words(contact.CampaignKinds), "FunnelPosition": words(contact.FunnelPositions), "SourceKind": words(contact.SourceKinds),
		"Department": words(auth.Departments), "Role": words(auth.Roles), "ActorKind": words(auth.ActorKinds),
		"AttributeOp": words(condition.Ops), "AttributeType": words(condition.Types), "AttributeEntity": words(condition.Entities),
		"ImportFormat": words(sheet.Formats), "ImportEncoding": words(sheet.Encodings), "JobState": words(db.JobStates),
		"ImportRowOutcome": words(funnel.ImportRowOutcomes), "CaptureOutcome": words(funnel.CaptureOutcomes), "TouchOutcome": words(funnel.TouchOutcomes),
		"AgreementKind": words(agreement.Kinds), "AgreementState": words(agreement.States), "ClauseChangeKind": words(clause.Changes), "ScoreCause": words(db.ScoreCauses),
		"HandoffDirection": words(lifecycle.HandoffDirections), "HandoffState": words(lifecycle.HandoffStates), "RoutingStep": words(routing.Steps), "RoutingGate": words(routing.GateKinds),
		"ReasonUse": words(lifecycle.ReasonUses), "DealOutcome": words(lifecycle.DealOutcomes), "MoveActor": words(lifecycle.Actors), "MoveNeed": words(lifecycle.Needs),
		"Band": words(lifecycle.Bands), "FitGrade": words(lifecycle.FitGrades), "ScoreSide": words(scoring.Sides), "ScoringNodeKind": words(scoring.NodeKinds),
		"BackTestLabel": words(backtest.Labels), "BackTestDecision": words(backtest.Decisions), "BackTestVerdict": words(backtest.Verdicts), "BackTestCalibration": words(backtest.Calibrations),
		"LearningOutcome": words(learning.Outcomes), "LearningReason": words(learning.Reasons), "ImportKnownFrom": words(sheet.KnownFroms),
		"CalendarExceptionKind": words(sla.ExceptionKinds), "Weekday": words(clause.Weekdays), "SlaStage": words(sla.Stages), "TimeUnit": words(clause.Units),
		"SlaEscalation": words(sla.Escalations), "SlaPauseReason": words(sla.PauseReasons), "RoutingAvailability": words(routing.Availabilities),
		"AttemptOutcome": words(followup.Outcomes), "AttemptVerdict": words(followup.Verdicts),
		"SlaState": words(sla.States), "SlaReassignment": words(sla.Reassignments), "WaiverState": words(db.WaiverStates), "ClockOrder": words(model.AllClockOrder),
		"ComplianceGrouping": words(model.AllComplianceGrouping), "ComplianceNumber": words(model.AllComplianceNumber), "PersonaNumber": words(model.AllPersonaNumber), "FunnelNumber": words(model.AllFunnelNumber), "DealGrouping": words(model.AllDealGrouping), "ImportDates": words(sheet.DateOrders), "ContactCapScope": words(contactpolicy.CapScopes), "FloorEvent": words(contactpolicy.FloorEvents),
		"ContactOutcome": words(contactpolicy.Outcomes), "ContactReasonCode": words(contactpolicy.Codes), "MessageState": words(db.MessageStates),
		"AttributionModel": words(attribution.Models), "AttributionOutcome": words(attribution.Outcomes), "AttributionDimension": words(attribution.Dimensions),
		"TouchMilestone": words(attribution.Milestones), "AttributionBasis": words(db.AttributionBases), "AttributionRunCause": words(db.RunCauses), "JourneyOutcome": words(db.JourneyOutcomes), "RepeatRule": words(attribution.RepeatRules), "ShapleyWorth": words(attribution.Worths),
		// The orders are generated from the schema; db's tests compare them with its lists.
		"AccountOrder": words(model.AllAccountOrder), "CampaignOrder": words(model.AllCampaignOrder), "HandoffOrder": words(model.AllHandoffOrder), "ContactOrder": words(model.AllContactOrder), "LeadOrder": words(model.AllLeadOrder),
		"DealOrder": words(model.AllDealOrder), "ResourceOrder": words(model.AllResourceOrder), "ResourceResult": words(model.AllResourceResult),
		"Metric": words(scorecard.Metrics), "Grouping": words(scorecard.Groupings), "MeasureUnit": words(scorecard.Units), "MeasurePart": words(scorecard.Parts),
		"ResourceFormat": words(resource.Formats), "ResourceReasonCode": words(resource.ReasonCodes), "ResourceStaleness": words(resource.Stales),
		"CreditDisputeState": words(dispute.States), "CreditDisputeOrder": words(model.AllCreditDisputeOrder),
	}
	_, own := readSchema(t)
	for _, d := range own {
		if d.Kind != gql.Enum {
			continue
		}
		require.Contains(t, inGo, d.Name, "the enum has no list in Go to be compared with")
		var values []string
		for _, v := range d.EnumValues {
			values = append(values, v.Name)
		}
		require.ElementsMatch(t, inGo[d.Name], values, d.Name)
	}
}

// faultCodes are the codes that internal/fault declares.
func faultCodes(t *testing.T) (all []string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "internal/fault/fault.go", nil, parser.SkipObjectResolution)
	require.NoError(t, err)
	ast.Inspect(f, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok && len(v.Values) == 1 {
			if kind, ok := v.Type.(*ast.Ident); ok && kind.Name == "Code" {
				code, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
				require.NoError(t, err)
				all = append(all, code)
			}
		}
		return true
	})
	return all
}
