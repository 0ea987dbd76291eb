package definition

import (
	"fmt"

	"github.com/leadgraph/leadgraph/internal/clause"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// Clauses puts the definition into words, one sentence for each criterion, field and label.
func (d *Definition) Clauses() []clause.Clause {
	var out []clause.Clause
	list := func(prefix, says string, criteria []Criterion) {
		for i := range criteria {
			c := &criteria[i]
			out = append(out, clause.Clause{Key: prefix + "." + c.Key, Text: fmt.Sprintf("%s: %s %s.", c.Name, says, c.When.String())})
		}
	}
	list("criteria", "a lead qualifies only if", d.Criteria)
	for _, name := range d.RequiredFields {
		out = append(out, clause.Clause{Key: "requiredFields." + name, Text: fmt.Sprintf("A lead qualifies only if %s is known.", name)})
	}
	list("exclusions", "a lead does not qualify if", d.Exclusions)
	list("salesQualified", "sales qualifies a lead only if", d.SalesQualified)
	for _, l := range d.Labels {
		out = append(out, clause.Clause{Key: "labels." + string(l.Stage), Text: fmt.Sprintf("%s is called %q: %s", l.Stage, l.Label, l.Meaning)})
	}
	return out
}

// Label is what the workspace calls a stage; where the definition says nothing, what everybody does.
func (d *Definition) Label(s lifecycle.Stage) StageLabel {
	for _, list := range [][]StageLabel{d.Labels, defaultLabels} {
		for _, l := range list {
			if l.Stage == s {
				return l
			}
		}
	}
	return StageLabel{Stage: s, Label: string(s)}
}

// Default is the definition of a new workspace: who is hot, or warm with a sign of wanting to buy, can be reached at work and is no
// customer yet, is worth a salesperson's time; once they talked with somebody of some fit, sales may call the lead its own.
func Default() Definition {
	is := func(name string, v condition.Value) condition.Condition {
		return condition.Condition{Attribute: &condition.Attribute{Name: name, Op: condition.EQ, Value: &v}}
	}
	band := func(b lifecycle.Band) condition.Condition { return is("lead.band", condition.Text(string(b))) }
	yes, month, quarter := condition.Bool(true), 30, 90
	intent := condition.Condition{Behaviour: &condition.Behaviour{MinCount: 1, WithinDays: &month, Kinds: []contact.TouchKind{
		contact.KindDemoRequested, contact.KindTrialStarted, contact.KindFormSubmitted, contact.KindEmailReplied, contact.KindMeeting, contact.KindReferred}}}
	talked := condition.Condition{Behaviour: &condition.Behaviour{MinCount: 1, WithinDays: &quarter, Kinds: []contact.TouchKind{
		contact.KindCall, contact.KindMeeting, contact.KindEmailReplied, contact.KindChat}}}
	return Definition{
		Criteria: []Criterion{
			{Key: "warm-enough", Name: "Hot, or warm and wants something", When: condition.Condition{Any: []condition.Condition{
				band(lifecycle.Hot), {All: []condition.Condition{band(lifecycle.Warm), intent}}}}},
			{Key: "reachable", Name: "Can be reached", When: condition.Condition{Any: []condition.Condition{is("contact.hasEmail", yes), is("contact.hasPhone", yes)}}},
		},
		Exclusions: []Criterion{
			{Key: "customer", Name: "Is a customer", When: is("contact.isCustomer", yes)},
			{Key: "free-mail", Name: "Writes from a free-mail address", When: is("contact.freeMail", yes)},
		},
		SalesQualified: []Criterion{
			{Key: "talked", Name: "Talked with us", When: talked},
			{Key: "fits", Name: "Fits", When: condition.Condition{Attribute: &condition.Attribute{Name: "lead.fitGrade", Op: condition.In, Values: []condition.Value{
				condition.Text(string(lifecycle.FitA)), condition.Text(string(lifecycle.FitB)), condition.Text(string(lifecycle.FitC))}}}},
		},
		Labels: append([]StageLabel(nil), defaultLabels...),
	}
}

// defaultLabels say what the stages are called where nobody decided otherwise.
var defaultLabels = []StageLabel{
	{lifecycle.New, "New", "Captured; nothing is decided yet."},
	{lifecycle.Nurturing, "Nurturing", "Marketing works on it until it is ready for sales."},
	{lifecycle.Qualified, "Marketing qualified", "Meets the signed definition; marketing passes it to sales in time."},
	{lifecycle.Offered, "Offered to sales", "Passed to sales, which accepts or rejects it in time."},
	{lifecycle.Accepted, "Sales accepted", "A rep took it and will make contact in time."},
	{lifecycle.Working, "In contact", "A rep is in contact and follows up as agreed."},
	{lifecycle.SalesQualified, "Sales qualified", "Passed the second gate: worth a deal in the eyes of sales."},
	{lifecycle.Opportunity, "Opportunity", "A deal is open."},
	{lifecycle.Won, "Won", "Became a customer."},
	{lifecycle.Lost, "Lost", "The deal was lost, for a reason that is kept."},
	{lifecycle.Returned, "Returned to marketing", "Sales gave it back, for a reason; marketing takes it back in time."},
	{lifecycle.Retargeting, "Second crack", "Lost for now; comes back when its wake rule says so."},
	{lifecycle.Disqualified, "Disqualified", "Not worth pursuing, for a reason that is kept."},
	{lifecycle.Erased, "Erased", "The person's data is gone; counts and credits stay."},
}
