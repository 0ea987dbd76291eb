// Package scorecard says what the numbers are by which both departments are measured, and what a goal on one of them asks for by now.
// The counting itself is a question to the database; what is counted, against what and over which period is said here, once.
package scorecard

import (
	"io"

	"github.com/leadgraph/leadgraph/internal/agreement"
	"github.com/leadgraph/leadgraph/internal/enum"
)

// Metric is one number of the scorecard or of the quality of sources.
type Metric string

// The metrics, as in the SDL. Definition says of each what it counts.
const (
	Passed           Metric = "PASSED"
	Accepted         Metric = "ACCEPTED"
	AcceptanceRate   Metric = "ACCEPTANCE_RATE"
	RejectRate       Metric = "REJECT_RATE"
	AcceptCompliance Metric = "ACCEPT_COMPLIANCE"
	EngageCompliance Metric = "ENGAGE_COMPLIANCE"
	FollowUps        Metric = "FOLLOW_UPS_PER_ACCEPTED"
	CloseRatio       Metric = "CLOSE_RATIO"
	WinRate          Metric = "WIN_RATE"
	Revenue          Metric = "REVENUE"
	RecycleYield     Metric = "RECYCLE_YIELD"
	RecycleWinRate   Metric = "RECYCLE_WIN_RATE"
	CostPerAccepted  Metric = "COST_PER_ACCEPTED"
	Coverage         Metric = "COVERAGE"
	Leads            Metric = "LEADS"
	InPersona        Metric = "IN_PERSONA"
	Qualification    Metric = "QUALIFICATION_RATE"
	LeadsAcceptance  Metric = "LEADS_ACCEPTANCE_RATE"
	LeadsRejection   Metric = "LEADS_REJECT_RATE"
	Conversion       Metric = "CONVERSION"
	AmountWon        Metric = "AMOUNT_WON"
	Cost             Metric = "COST"
)

// Shared are the metrics of the scorecard, in its order.
var Shared = []Metric{Passed, Accepted, AcceptanceRate, RejectRate, AcceptCompliance, EngageCompliance, FollowUps, CloseRatio, WinRate, Revenue, RecycleYield, RecycleWinRate, CostPerAccepted, Coverage}

// OfSources are the metrics of the quality of sources, in their order.
var OfSources = []Metric{Leads, InPersona, Qualification, LeadsAcceptance, LeadsRejection, Conversion, AmountWon, Cost, CostPerAccepted}

// Metrics lists every Metric, each once.
var Metrics = append(append([]Metric{}, Shared...), OfSources[:len(OfSources)-1]...)

// MarshalGQL writes the enum's name.
func (m Metric) MarshalGQL(w io.Writer) { enum.Write(w, m) }

// UnmarshalGQL refuses what is no Metric.
func (m *Metric) UnmarshalGQL(v any) error { return enum.Read(v, m, Metrics) }

// Unit is what the value of a number is.
type Unit string

// The units, as in the SDL.
const (
	Count Unit = "COUNT" // how many
	Share Unit = "SHARE" // numerator / denominator, 0 to 1
	Mean  Unit = "MEAN"  // numerator / denominator, of different things
	Minor Unit = "MINOR" // minor units of a currency
)

// Units lists every Unit.
var Units = []Unit{Count, Share, Mean, Minor}

// MarshalGQL writes the enum's name.
func (u Unit) MarshalGQL(w io.Writer) { enum.Write(w, u) }

// UnmarshalGQL refuses what is no Unit.
func (u *Unit) UnmarshalGQL(v any) error { return enum.Read(v, u, Units) }

// Part is which of the two counts of a number is meant.
type Part string

// The parts, as in the SDL.
const (
	Numerator   Part = "NUMERATOR"
	Denominator Part = "DENOMINATOR"
)

// Parts lists every Part.
var Parts = []Part{Numerator, Denominator}

// MarshalGQL writes the enum's name.
func (p Part) MarshalGQL(w io.Writer) { enum.Write(w, p) }

// UnmarshalGQL refuses what is no Part.
func (p *Part) UnmarshalGQL(v any) error { return enum.Read(v, p, Parts) }

// meaning is what a metric is.
type meaning struct {
	unit     Unit
	under    agreement.Kind // the rules that the number rests on
	sentence string
	nothing  string // why there is no value where the denominator is 0
	fewer    bool   // less of it is better
	noGoal   string // why there can be no goal on it; empty where there can
}

const (
	cohort  = " Hand-offs count by the instant of their offer."
	closing = " Deals count by the instant of their close, for whoever answers for them now, and for their own source where they were brought in."
	pursuit = " Leads count by the instant of their capture."
	costs   = "A campaign's cost is spread evenly over its time, and falls on its start where it has no end; only what falls into the period counts. To groups other than months, weeks and campaigns a campaign's cost goes by the leads captured through it in the period; " +
		"what no lead came by is in the total alone."
	priced = "A cost is of a currency, and nobody's own: set a goal on the leads instead."
)

// meanings are the definitions. A number that anybody shows anywhere is one of these.
var meanings = map[Metric]meaning{
	Passed:   {Count, agreement.LeadDefinition, "Hand-offs to sales offered in the period: waiting, accepted or rejected. Those that were withdrawn, or expired and gave way to another one, are left out." + cohort, "", false, ""},
	Accepted: {Count, agreement.LeadDefinition, "Hand-offs to sales offered in the period that sales accepted." + cohort, "", false, ""},
	AcceptanceRate: {Share, agreement.LeadDefinition, "Accepted / (accepted + rejected), of the hand-offs to sales offered in the period. Those that wait are in neither." + cohort,
		"Sales has answered no hand-off of the period.", false, ""},
	RejectRate: {Share, agreement.LeadDefinition, "Rejected, for the reason where one is named, / (accepted + rejected), of the hand-offs to sales offered in the period." + cohort,
		"Sales has answered no hand-off of the period.", true, ""},
	AcceptCompliance: {Share, agreement.SLAPolicy, "Met / (met + breached), of the ACCEPT clocks that started in the period, as they stand now; waived, paused and cancelled ones are in neither. The same as `slaCompliance`.",
		"No ACCEPT clock of the period was met or breached.", false, ""},
	EngageCompliance: {Share, agreement.SLAPolicy, "Met / (met + breached), of the ENGAGE clocks that started in the period, as they stand now; waived, paused and cancelled ones are in neither. The same as `slaCompliance`.",
		"No ENGAGE clock of the period was met or breached.", false, ""},
	FollowUps: {Mean, agreement.FollowUpPolicy, "Attempts by sales / accepted hand-offs, of the hand-offs to sales offered in the period. An attempt belongs to the last hand-off that was accepted before it." + cohort,
		"Sales has accepted no hand-off of the period.", false, ""},
	CloseRatio: {Share, agreement.LeadDefinition, "Accepted hand-offs from which a deal was won / accepted hand-offs, of the hand-offs to sales offered in the period." + cohort,
		"Sales has accepted no hand-off of the period.", false, ""},
	WinRate: {Share, agreement.LeadDefinition, "Deals won / (won + lost), of the deals that were closed in the period, also of those that were brought in without a lead. The same as `dealReport`." + closing,
		"No deal was closed in the period.", false, ""},
	Revenue: {Minor, agreement.LeadDefinition, "The amounts of the deals that were won in the period, currency by currency, also of those that were brought in without a lead. The same as `dealReport`." + closing, "", false,
		"An amount is of a currency: set a goal on WIN_RATE instead."},
	RecycleYield: {Share, agreement.LeadDefinition, "Leads that sales accepted afterwards / leads that were returned or went to retargeting, by the first time that they were.",
		"No lead was returned or went to retargeting in the period.", false, ""},
	RecycleWinRate: {Share, agreement.LeadDefinition, "Leads that were won afterwards / leads that were returned or went to retargeting, by the first time that they were.",
		"No lead was returned or went to retargeting in the period.", false, ""},
	CostPerAccepted: {Minor, agreement.LeadDefinition, "Campaign cost of the period / leads captured in the period that sales accepted. " + costs,
		"Sales has accepted no lead that was captured in the period.", true, priced},
	Coverage: {Share, agreement.SLAPolicy, "Open leads that somebody answers for and that have the clock of their stage, where it has one / open leads, now, whatever the period. The same as `coverage`.",
		"There is no open lead.", false, "Coverage is what is now, whatever the period: it has to be 1."},
	Leads: {Count, agreement.LeadDefinition, "Leads captured in the period.", "", false, ""},
	InPersona: {Share, agreement.LeadDefinition, "Leads that fit a persona, and no negative one, now / leads captured in the period." + pursuit,
		"No lead was captured in the period.", false, ""},
	Qualification: {Share, agreement.LeadDefinition, "Leads that became QUALIFIED / leads captured in the period. The same as `personaPerformance`." + pursuit,
		"No lead was captured in the period.", false, ""},
	LeadsAcceptance: {Share, agreement.LeadDefinition, "Leads that sales accepted / leads captured in the period." + pursuit,
		"No lead was captured in the period.", false, ""},
	LeadsRejection: {Share, agreement.LeadDefinition, "Leads that sales rejected, the last time for the reason where one is named, / leads captured in the period." + pursuit,
		"No lead was captured in the period.", true, "A lead may be rejected again later: set a goal on REJECT_RATE instead."},
	Conversion: {Share, agreement.LeadDefinition, "Leads that were won / leads captured in the period." + pursuit,
		"No lead was captured in the period.", false, ""},
	AmountWon: {Minor, agreement.LeadDefinition, "The amounts of the won deals of leads captured in the period, currency by currency." + pursuit, "", false, "An amount is of a currency: set a goal on CONVERSION or CLOSE_RATIO instead."},
	Cost:      {Minor, agreement.LeadDefinition, "Campaign cost of the period, currency by currency. " + costs, "", true, priced},
}

// Definition is the sentence that says what the number is.
func (m Metric) Definition() string { return meanings[m].sentence }

// Unit is what the number's value is.
func (m Metric) Unit() Unit { return meanings[m].unit }

// Under is the kind of agreement that the number rests on.
func (m Metric) Under() agreement.Kind { return meanings[m].under }

// Missing says why there is no value where the denominator is 0; empty of numbers without one.
func (m Metric) Missing() string { return meanings[m].nothing }

// Fewer tells that less of it is better.
func (m Metric) Fewer() bool { return meanings[m].fewer }

// NoGoal says why there can be no goal on the number; empty where there can.
func (m Metric) NoGoal() string { return meanings[m].noGoal }
