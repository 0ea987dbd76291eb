package sla

import (
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/clause"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// Default is the policy of a new workspace: office hours on weekdays, an hour for hot leads and a working day for others, and reasons to
// wait that nobody argues about.
func Default() Policy {
	const hour, day = 60, 8 * 60
	office := func(key, name string, stage Stage, band lifecycle.Band, minutes int, escalate ...Escalation) Rule {
		r := Rule{
			Key: key, Name: name, Stage: stage, Minutes: minutes, Unit: clause.BusinessMinutes, Calendar: new("office"),
			OwnerHours: stage.Department() == auth.Sales, WarnAt: new(0.75), EscalateTo: escalate,
		}
		if band != "" {
			hot := condition.Text(string(band))
			r.When = &condition.Condition{Attribute: &condition.Attribute{Name: "lead.band", Op: condition.EQ, Value: &hot}}
		}
		return r
	}
	return Policy{
		Calendars: []NamedCalendar{{Key: "office", Name: "Office hours", Calendar: Calendar{
			TimeZone: "Etc/UTC", Hours: []Hours{{Days: []clause.Weekday{clause.Monday, clause.Tuesday, clause.Wednesday, clause.Thursday, clause.Friday}, Opens: "09:00", Closes: "17:00"}},
		}}},
		Rules: []Rule{
			office("pass-hot", "Hot leads are offered", Pass, lifecycle.Hot, hour, ToManager),
			office("pass", "Qualified leads are offered", Pass, "", day, ToManager),
			office("accept-hot", "Hot leads are accepted or rejected", Accept, lifecycle.Hot, hour, ToManager, ToQueue),
			office("accept-warm", "Warm leads are accepted or rejected", Accept, lifecycle.Warm, 4*hour, ToManager, ToQueue),
			office("accept", "Leads are accepted or rejected", Accept, "", day, ToManager, ToQueue),
			office("engage-hot", "Hot leads are spoken to", Engage, lifecycle.Hot, hour, ToManager, ToDirector),
			office("engage", "Leads are spoken to", Engage, "", day, ToManager),
			office("step", "Follow-up steps are taken", Step, "", day, ToManager),
			office("return", "Leads that do not answer are returned", Return, "", 2*day, ToManager),
			office("reply", "Rejections are answered", Reply, "", 2*day, ToManager),
			office("take-back", "Returned leads are taken back", TakeBack, "", day, ToManager),
		},
		Pauses: []PauseRule{
			{Reason: WaitingForLead, Stages: []Stage{Engage, Step, Return}, CountsAfterReply: true},
			{Reason: LeadAskedToWait, Stages: []Stage{Engage, Step, Return}},
			{Reason: WaitingForDepartment, Stages: []Stage{Accept, Engage, Step, Reply}},
			{Reason: UnderReview, Stages: []Stage{Pass, Accept, Engage, Step, Return, Reply, TakeBack}},
		},
	}
}
