package scoring

import (
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// Default is the model of a new workspace: companies that sell to companies. It rests on built-in facts alone, so that it works before
// anything was set up; who has more data replaces it.
func Default() Model {
	hot, warm, cool := lifecycle.Hot, lifecycle.Warm, lifecycle.Cool
	matrix := [4][4]lifecycle.Band{{hot, hot, warm, cool}, {hot, hot, warm, cool}, {hot, warm, cool, cool}, {warm, cool, cool, cool}}
	m := Model{
		Least: 0, Most: 100, Threshold: 50, Fit: defaultFit(), Engagement: defaultEngagement(),
		Groups:    []Group{{Key: "role", Name: "Place in the company", Cap: 20}, {Key: "reading", Name: "Reading and browsing", Cap: 20}},
		FitGrades: FitGrades{A: 35, B: 20, C: 8}, EngagementGrades: EngagementGrades{One: 35, Two: 18, Three: 6},
	}
	for f, row := range matrix {
		for e, band := range row {
			m.Bands = append(m.Bands, BandCell{Fit: lifecycle.FitGrades[f], Engagement: e + 1, Band: band})
		}
	}
	return m
}

// defaultFit asks for somebody who decides, in a company that can buy, whom we can reach.
func defaultFit() []FitRule {
	words := func(name string, words ...string) condition.Condition {
		return attribute(name, condition.ContainsAny, texts(words)...)
	}
	any := func(members ...condition.Condition) condition.Condition { return condition.Condition{Any: members} }
	role := new("role")
	return []FitRule{
		{Key: "leads-the-company", Name: "Leads the company", Points: 20, Group: role, When: any(
			words("contact.title", "ceo", "cfo", "coo", "cto", "cio", "cmo", "cro", "chief", "founder", "owner", "president", "managing director"),
			words("contact.seniority", "c-level", "owner", "founder", "executive"))},
		{Key: "leads-a-department", Name: "Leads a department", Points: 15, Group: role, When: any(
			words("contact.title", "vp", "vice president", "director", "head"), words("contact.seniority", "vp", "director", "head"))},
		{Key: "manages", Name: "Manages people or a budget", Points: 8, Group: role, When: any(
			words("contact.title", "manager", "lead"), words("contact.seniority", "manager", "senior"))},
		{Key: "mid-sized", Name: "Company of 50 to 999 people", Points: 15, When: attribute("account.employees", condition.Between, condition.Number(50), condition.Number(999))},
		{Key: "large", Name: "Company of 1,000 people and more", Points: 12, When: attribute("account.employees", condition.GTE, condition.Number(1000))},
		{Key: "company-mail", Name: "Writes from a company's address", Points: 5, When: condition.Condition{All: []condition.Condition{
			attribute("contact.hasEmail", condition.EQ, condition.Bool(true)), attribute("contact.freeMail", condition.EQ, condition.Bool(false))}}},
		{Key: "phone", Name: "Can be called", Points: 3, When: attribute("contact.hasPhone", condition.EQ, condition.Bool(true))},
		{Key: "industry-known", Name: "Industry is known", Points: 2, When: attribute("account.industry", condition.IsSet)},
		{Key: "learner", Name: "Student, intern or in search of work", Points: -25, When: words("contact.title", "student", "intern", "trainee", "apprentice", "retired", "job seeker")},
		{Key: "free-mail", Name: "Writes from a free-mail address", Points: -5, When: attribute("contact.freeMail", condition.EQ, condition.Bool(true))},
	}
}

// defaultEngagement values what people do by how near it is to buying, and how soon it fades.
func defaultEngagement() []EngagementRule {
	inbound := contact.DirectionInbound
	touches := func(key, name string, points, halfLife, most float64, kinds ...contact.TouchKind) EngagementRule {
		return EngagementRule{Key: key, Name: name, Points: points, Kinds: kinds, HalfLifeDays: &halfLife, Cap: &most}
	}
	rules := []EngagementRule{
		touches("demo", "Asked for a demonstration", 30, 30, 45, contact.KindDemoRequested),
		touches("trial", "Started a trial", 25, 30, 40, contact.KindTrialStarted),
		touches("product", "Uses the product", 4, 14, 20, contact.KindProductUsed),
		touches("meeting", "Met us", 20, 30, 40, contact.KindMeeting),
		touches("form", "Filled in a form", 12, 21, 24, contact.KindFormSubmitted),
		touches("reply", "Answered us", 12, 14, 24, contact.KindEmailReplied, contact.KindChat, contact.KindMessage, contact.KindCall),
		touches("event", "Came to a webinar or an event", 12, 30, 24, contact.KindWebinarAttended, contact.KindEventAttended),
		touches("registration", "Registered for a webinar", 5, 14, 10, contact.KindWebinarRegistered),
		touches("referral", "Was referred", 10, 60, 20, contact.KindReferred),
		touches("download", "Downloaded content", 6, 21, 18, contact.KindResourceDownloaded),
		touches("content", "Read content", 3, 14, 12, contact.KindResourceViewed),
		touches("click", "Clicked in an e-mail", 3, 14, 12, contact.KindEmailClicked),
		touches("visit", "Visited our pages", 1, 7, 8, contact.KindPageViewed, contact.KindSearchVisit, contact.KindAdClicked),
		touches("near-buying", "Looked at content for buyers", 6, 21, 12, contact.KindResourceViewed, contact.KindResourceDownloaded),
		touches("unsubscribed", "Wants no more messages", -20, 90, 30, contact.KindUnsubscribed),
		touches("bounced", "Address does not work", -10, 180, 20, contact.KindEmailBounced),
	}
	for i := range rules {
		switch r := &rules[i]; r.Key {
		case "reply":
			r.Direction = &inbound
		case "near-buying":
			r.ResourcePositions = []contact.FunnelPosition{contact.PositionBottom}
		case "content", "click", "visit":
			r.Group, r.WithinDays = new("reading"), new(90)
		}
	}
	return rules
}

// attribute tests an attribute against one value, several or none.
func attribute(name string, op condition.Op, values ...condition.Value) condition.Condition {
	a := &condition.Attribute{Name: name, Op: op}
	if len(values) == 1 && op != condition.ContainsAny {
		a.Value = &values[0]
	} else {
		a.Values = values
	}
	return condition.Condition{Attribute: a}
}

// texts makes values of words.
func texts(words []string) []condition.Value {
	out := make([]condition.Value, len(words))
	for i, w := range words {
		out[i] = condition.Text(w)
	}
	return out
}
