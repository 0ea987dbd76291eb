package db

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/scorecard"
)

// window is a stretch of time in which a member's numbers are counted, a team's, or all.
type window struct {
	span   scorecard.Span
	until  time.Time
	member *id.UUID
	team   *string
}

// asking is what numbers are asked for: over which windows, by what they are told apart. Of several windows each is a group of its own.
type asking struct {
	windows []window
	by      scorecard.Grouping
	timed   []string // the stages that have a clock
	filter  *CohortFilter
	clocks  *viewedClocks // of which clocks; nil: of all
	named   []any         // the caller's own words for it, which cursors of its lists belong to
}

// source writes what rows are counted from, as p, which of them, and the expression of their group.
func (a *asking) source(q *query, of *population) (from, where, group string) {
	team := " left join members t on t.workspace_id = $1 and t.id = p.member_id"
	if len(a.windows) > 1 {
		return "(" + a.fill(q, of.sql) + ") p" + team + " join " + a.each(q) + " on p.at >= w.from_at and p.at < w.to_at",
			"(w.member = '' or w.member = p.member_id::text) and (w.team = '' or w.team = t.team)", "w.ord"
	}
	w := a.windows[0]
	from, where = "("+a.fill(q, of.sql)+") p", "true"
	if w.team != nil || a.by == scorecard.ByTeam {
		from += team
	}
	if w.member != nil {
		where = "p.member_id = " + q.arg(*w.member)
	} else if w.team != nil {
		where = "t.team = " + q.arg(*w.team)
	}
	return from, where + a.filter.add(q), groupOf(a.by)
}

// each writes the windows as a table.
func (a *asking) each(q *query) string {
	n := len(a.windows)
	froms, tos, untils, members, teams := make([]time.Time, n), make([]time.Time, n), make([]time.Time, n), make([]string, n), make([]string, n)
	for i, w := range a.windows {
		froms[i], tos[i], untils[i] = w.span.From, w.span.To, w.until
		if w.member != nil {
			members[i] = w.member.String()
		}
		if w.team != nil {
			teams[i] = *w.team
		}
	}
	return fmt.Sprintf("unnest(%s::timestamptz[], %s::timestamptz[], %s::timestamptz[], %s::text[], %s::text[]) with ordinality as w(from_at, to_at, until_at, member, team, ord)",
		q.arg(froms), q.arg(tos), q.arg(untils), q.arg(members), q.arg(teams))
}

// ofLead puts into a population's text what is asked of leads and of who took them, or nothing.
func (a *asking) ofLead(text string) string {
	of, join := "", ""
	if a.by == scorecard.BySource || a.by == scorecard.ByPersona || a.by == scorecard.ByCampaign {
		of, join = ", x.source_id, x.persona_id, x.campaign_id", " left join leads x on x.workspace_id = {ws} and x.id = ${1}.lead_id"
	}
	taker, takers := "null::uuid", ""
	if a.by == scorecard.ByMember || a.by == scorecard.ByTeam || slices.ContainsFunc(a.windows, func(w window) bool { return w.member != nil || w.team != nil }) {
		taker = "(array_agg(h.member_id order by h.number desc) filter (where h.id is not null))[1]"
		takers = " left join handoffs h on h.workspace_id = {ws} and h.lead_id = r.lead_id and h.direction = 'MARKETING_TO_SALES' and h.state = 'ACCEPTED' and h.decided_at <= r.at"
	}
	return asked.ReplaceAllString(strings.NewReplacer("{of}", of, "{taker}", taker, "{takers}", takers).Replace(text), join)
}

// asked is where the lead of a row is joined.
var asked = regexp.MustCompile(`\{lead (\w)\}`)

// fill puts parameters into a text; what does not stand there is not sent. Of several windows all together make the period.
func (a *asking) fill(q *query, text string) string {
	text = a.ofLead(text)
	if strings.Contains(text, "{clocks}") {
		text = strings.ReplaceAll(text, "{clocks}", a.clocks.where(q))
	}
	w := a.windows[0]
	for _, o := range a.windows[1:] {
		if o.span.From.Before(w.span.From) {
			w.span.From = o.span.From
		}
		if o.span.To.After(w.span.To) {
			w.span.To = o.span.To
		}
	}
	if len(a.windows) > 1 {
		text = strings.ReplaceAll(text, "{until}", "w.until_at")
	}
	for _, p := range []struct {
		name, cast string
		arg        any
	}{{"{from}", "::timestamptz", w.span.From}, {"{to}", "::timestamptz", w.span.To}, {"{until}", "::timestamptz", w.until}, {"{timed}", "::text[]", a.timed}} {
		if strings.Contains(text, p.name) {
			text = strings.ReplaceAll(text, p.name, q.arg(p.arg)+p.cast)
		}
	}
	return strings.ReplaceAll(text, "{ws}", "$1")
}

// groupOf is the expression of a row's group. Months and weeks are told by the second at which they begin.
func groupOf(by scorecard.Grouping) string {
	switch by {
	case scorecard.ByMonth:
		return "extract(epoch from date_trunc('month', p.at, 'UTC'))::bigint"
	case scorecard.ByWeek:
		return "extract(epoch from date_trunc('week', p.at, 'UTC'))::bigint"
	case scorecard.BySource:
		return "p.source_id"
	case scorecard.ByPersona:
		return "p.persona_id"
	case scorecard.ByCampaign:
		return "p.campaign_id"
	case scorecard.ByMember:
		return "p.member_id"
	case scorecard.ByTeam:
		return "t.team"
	case scorecard.ByStage:
		return "p.stage"
	case scorecard.ByDepartment:
		return "p.department"
	case scorecard.ByRule:
		return "p.rule"
	}
	return alike
}

// alike is the expression of what is told apart by nothing.
const alike = "''"
