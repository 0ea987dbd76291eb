package db

import (
	"fmt"
	"slices"
	"strings"

	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
	"github.com/leadgraph/leadgraph/internal/scorecard"
)

// population is what a number is counted over: rows that fall into a period at an instant, with what they can be grouped by. The columns are id, at,
// member_id, source_id, persona_id, campaign_id, and those that the counts ask for. In braces stand the workspace, the ends of the period, the stages that
// have a clock, and which clocks are asked for; {until}, before which things have to have happened to count, stands in the counts, and here only where it cannot. {of} and {lead x} are what is asked of the
// lead of x, and {taker} and {takers} who had accepted a lead last, where numbers are told apart by that: else they are not read.
type population struct {
	sql  string
	kind id.Kind // of id
}

// handed are hand-offs to sales by the instant of their offer; won_at is when the first deal that came from one was won.
var handed = &population{`select h.id, h.offered_at as at, h.member_id{of}, h.reason_id, h.state, h.decided_at, d.won_at
  from handoffs h{lead h}
  left join (select w.handoff_id, min(w.closed_at) as won_at from deals w where w.workspace_id = {ws} and w.outcome = 'WON' and w.handoff_id is not null group by 1) d on d.handoff_id = h.id
  where h.workspace_id = {ws} and h.direction = 'MARKETING_TO_SALES' and h.offered_at >= {from} and h.offered_at < {to}`, id.Handoff}

// owed are the clocks of ACCEPT and ENGAGE by the instant at which they started, as they stand now.
var owed = &population{`select c.id, c.starts_at as at, c.member_id{of}, c.stage, c.state
  from clocks c{lead c}
  where c.workspace_id = {ws} and c.stage in ('ACCEPT', 'ENGAGE') and c.starts_at >= {from} and c.starts_at < {to}`, id.Clock}

// started are the clocks of a compliance by the instant at which they started, as they stand now.
var started = &population{`select l.id, l.starts_at as at, l.member_id{of}, l.stage, l.department, l.rule, l.state, l.fulfilled_at, l.elapsed_us, l.overdue_us
  from clocks l{lead l}
  where l.workspace_id = {ws} and l.starts_at >= {from} and l.starts_at < {to}{clocks}`, id.Clock}

// tried are the attempts on accepted hand-offs, by the instant of the hand-off's offer.
var tried = &population{`select a.touch_id as id, h.offered_at as at, h.member_id{of}, a.at as tried_at
  from handoffs h
  join attempts a on a.workspace_id = h.workspace_id and a.lead_id = h.lead_id and a.at >= h.decided_at{lead h}
  where h.workspace_id = {ws} and h.direction = 'MARKETING_TO_SALES' and h.state = 'ACCEPTED' and h.offered_at >= {from} and h.offered_at < {to}
    and not exists (select from handoffs n where n.workspace_id = h.workspace_id and n.lead_id = h.lead_id and n.direction = 'MARKETING_TO_SALES' and n.state = 'ACCEPTED'
      and n.number > h.number and n.decided_at <= a.at)`, id.Touch}

// decided are deals by the instant of their close. One that was brought in is its source's, another one its lead's.
var decided = &population{`select d.id, d.closed_at as at, d.owner_id as member_id, coalesce(d.source_id, l.source_id) as source_id, l.persona_id, l.campaign_id, d.outcome, d.currency, d.amount_minor
  from deals d left join leads l on l.workspace_id = d.workspace_id and l.id = d.lead_id
  where d.workspace_id = {ws} and d.outcome <> 'OPEN' and d.closed_at >= {from} and d.closed_at < {to}`, id.Deal}

// recycled are leads by the instant at which they first were returned or went to retargeting, with when they were accepted and won after that; the member
// is the one who had accepted the lead last.
var recycled = &population{`select r.lead_id as id, r.at, {taker} as member_id{of},
    min(n.at) filter (where n.to_stage = 'ACCEPTED') as accepted_at, min(n.at) filter (where n.to_stage = 'WON') as won_at
  from (select m.lead_id, min(m.at) as at from moves m where m.workspace_id = {ws} and m.to_stage in ('RETURNED', 'RETARGETING') group by m.lead_id) r{lead r}
  left join moves n on n.workspace_id = {ws} and n.lead_id = r.lead_id and n.to_stage in ('ACCEPTED', 'WON') and n.at > r.at{takers}
  where r.at >= {from} and r.at < {to} group by r.lead_id, r.at{of}`, id.Lead}

// captured are leads by the instant of their capture, with when they first were qualified, accepted and won.
var captured = &population{`select l.id, l.created_at as at, l.owner_id as member_id, l.source_id, l.persona_id, l.campaign_id, not s.negative as fits,
    q.at as qualified_at, a.at as accepted_at, w.at as won_at
  from leads l
  left join personas s on s.workspace_id = l.workspace_id and s.id = l.persona_id
  left join (` + firstMove("QUALIFIED") + `) q on q.lead_id = l.id
  left join (` + firstMove("ACCEPTED") + `) a on a.lead_id = l.id
  left join (` + firstMove("WON") + `) w on w.lead_id = l.id
  where l.workspace_id = {ws} and l.created_at >= {from} and l.created_at < {to}`, id.Lead}

// firstMove is when leads first came to a stage. Joined to leads it is not read where nothing is asked of it: there is one for each.
func firstMove(stage lifecycle.Stage) string {
	return "select t.lead_id, min(t.at) as at from moves t where t.workspace_id = {ws} and t.to_stage = '" + string(stage) + "' group by t.lead_id"
}

// refused are leads by the instant of their capture, each with the reason for which sales rejected it the last time.
var refused = &population{`select distinct on (l.id) l.id, l.created_at as at, l.owner_id as member_id, l.source_id, l.persona_id, l.campaign_id, h.reason_id
  from leads l join handoffs h on h.workspace_id = l.workspace_id and h.lead_id = l.id and h.direction = 'MARKETING_TO_SALES' and h.state = 'REJECTED' and h.decided_at < {until}
  where l.workspace_id = {ws} and l.created_at >= {from} and l.created_at < {to} order by l.id, h.number desc`, id.Lead}

// sold are the won deals of leads, by the instant of the lead's capture.
var sold = &population{`select d.id, l.created_at as at, l.owner_id as member_id, l.source_id, l.persona_id, l.campaign_id, d.currency, d.amount_minor
  from leads l join deals d on d.workspace_id = l.workspace_id and d.lead_id = l.id and d.outcome = 'WON' and d.closed_at < {until}
  where l.workspace_id = {ws} and l.created_at >= {from} and l.created_at < {to}`, id.Deal}

// pursued are the open leads: whether somebody answers for each, whether its stage has a clock, and whether it has that clock. One that the other department
// let go answers for the stage until the lead is in a stage that has another clock, or none.
var pursued = &population{`select l.id, l.created_at as at, l.owner_id as member_id, l.source_id, l.persona_id, l.campaign_id, l.owner_id is not null or l.queue <> '' as answered,
    l.stage = any({timed}) as timed, l.stage = any({timed}) and (c.lead_id is not null or w.lead_id is not null) as clocked
  from leads l
  left join (select distinct k.lead_id from clocks k where k.workspace_id = {ws} and k.stage <> 'REPLY'
    and k.state in ('PENDING', 'RUNNING', 'WARNING', 'PAUSED', 'BREACHED') and k.fulfilled_at is null and k.ended_at is null) c on c.lead_id = l.id
  left join (select k.lead_id, k.stage, max(k.ended_at) as at from clocks k where k.workspace_id = {ws} and k.state = 'WAIVED' and k.fulfilled_at is null group by 1, 2) w
    on w.lead_id = l.id and w.stage = ` + stageClock("l.stage") + ` and not exists (select from moves m where m.workspace_id = {ws} and m.lead_id = l.id and m.at > w.at
      and w.stage is distinct from ` + stageClock("m.to_stage") + `)
  where l.workspace_id = {ws} and l.stage not in ('WON', 'LOST', 'DISQUALIFIED', 'ERASED')`, id.Lead}

// settled are leads by the instant at which they first were won, and by the one at which they first were lost.
var settled = &population{`select m.lead_id as id, m.at, l.owner_id as member_id, l.source_id, l.persona_id, l.campaign_id, m.to_stage as stage
  from (select t.lead_id, t.to_stage, min(t.at) as at from moves t where t.workspace_id = {ws} and t.to_stage in ('WON', 'LOST') and t.at < {to} group by 1, 2) m
  join leads l on l.workspace_id = {ws} and l.id = m.lead_id
  where m.at >= {from}`, id.Lead}

// reached are leads by the instant of their capture, once for each stage that they came to.
var reached = &population{`select distinct l.id, l.created_at as at, l.owner_id as member_id, l.source_id, l.persona_id, l.campaign_id, s.stage
  from leads l join (select l.id, 'NEW' as stage from leads l where l.workspace_id = {ws} and l.created_at >= {from} and l.created_at < {to}
    union all select m.lead_id, m.to_stage from moves m where m.workspace_id = {ws} and m.at < {until}) s on s.id = l.id
  where l.workspace_id = {ws} and l.created_at >= {from} and l.created_at < {to}`, id.Lead}

// walked are leads by the instant of their capture, with the stages that they came to as bits in the order of lifecycle.Stages. All begin as NEW.
var walked = &population{`select l.id, l.created_at as at, l.owner_id as member_id, l.source_id, l.persona_id, l.campaign_id, l.stage, coalesce(m.mask, 0) as mask
  from leads l left join (select t.lead_id, bit_or(` + stageBits("t.to_stage") + `) as mask from moves t where t.workspace_id = {ws} and t.at < {until} group by t.lead_id) m on m.lead_id = l.id
  where l.workspace_id = {ws} and l.created_at >= {from} and l.created_at < {to}`, id.Lead}

// visited are the times that leads spent in a stage and left it, by the instant of the lead's capture. A move from a stage to itself leaves nothing.
var visited = &population{`select l.id, l.created_at as at, l.owner_id as member_id, l.source_id, l.persona_id, l.campaign_id, m.from_stage as stage,
    date_part('epoch', m.at - coalesce(m.came, l.created_at)) as took
  from leads l join (select t.lead_id, t.from_stage, t.at, lead(t.at) over (partition by t.lead_id order by t.at desc, t.id desc) as came from moves t
    where t.workspace_id = {ws} and t.from_stage <> t.to_stage and t.at < {until}) m on m.lead_id = l.id
  where l.workspace_id = {ws} and l.created_at >= {from} and l.created_at < {to}`, id.Lead}

// advanced are the leads of walked, once for each stage that they came to together with the next one.
var advanced = &population{"select w.id, w.at, w.member_id, w.source_id, w.persona_id, w.campaign_id, s.stage from (" + walked.sql + ") w join (values " + onward() +
	") s(stage, pair) on (w.mask | 1) & s.pair = s.pair", id.Lead}

// leavers are the leads of visited, once for each stage that they left.
var leavers = &population{"select distinct v.id, v.at, v.member_id, v.source_id, v.persona_id, v.campaign_id, v.stage from (" + visited.sql + ") v", id.Lead}

// onward are the stages that have a next one, each with the bits of both.
func onward() string {
	var rows []string
	for _, s := range lifecycle.Stages {
		if bits, ok := both(s); ok {
			rows = append(rows, fmt.Sprintf("('%s', %d)", s, bits))
		}
	}
	return strings.Join(rows, ", ")
}

// both are the bits of a stage and of the next one; false where there is none.
func both(s lifecycle.Stage) (bits int64, ok bool) {
	next, ok := scorecard.Next(s)
	if !ok {
		return 0, false
	}
	return 1<<slices.Index(lifecycle.Stages, s) | 1<<slices.Index(lifecycle.Stages, next), true
}

// stageBits is the expression of a stage's bit.
func stageBits(column string) string {
	var b strings.Builder
	b.WriteString("case " + column)
	for i, s := range lifecycle.Stages {
		fmt.Fprintf(&b, " when '%s' then %d", s, 1<<i)
	}
	return b.String() + " end"
}

// stageClock is the expression of Stage.Clock; null for a stage that has none.
func stageClock(column string) string {
	var b strings.Builder
	b.WriteString("case " + column)
	for _, s := range lifecycle.Stages {
		if clock := s.Clock(); clock != "" {
			fmt.Fprintf(&b, " when '%s' then '%s'", s, clock)
		}
	}
	return b.String() + " end"
}
