package lifecycle

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/enum"
	"github.com/leadgraph/leadgraph/internal/fault"
)

var update = flag.Bool("update", false, "rewrite the listing of the moves in testdata")

// before is every stage and the time before there is a lead.
var before = append([]Stage{""}, Stages...)

func TestTheMovesAreTheListedOnes(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for _, from := range before {
		for _, m := range Allowed(from) {
			fmt.Fprintf(&b, "%s > %s by %s", or(string(from), "-"), m.To, enum.List(m.Who))
			for _, part := range []struct{ word, list string }{
				{"needs", enum.List(m.Needs)}, {"starts", strings.Join(m.Starts, ", ")}, {"stops", strings.Join(m.Stops, ", ")},
			} {
				if part.list != "" {
					b.WriteString("; " + part.word + " " + part.list)
				}
			}
			b.WriteString(". " + m.Effect + "\n")
		}
	}
	const golden = "testdata/moves.txt"
	listing := strings.ReplaceAll(b.String(), ". \n", ".\n")
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(listing), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), listing, "where the change is meant: go test ./internal/lifecycle -update")
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// TestEveryPairOfStagesAndActor holds the table against the specification, written down once more and differently: for each actor the
// pairs that are open to it. All others are refused.
func TestEveryPairOfStagesAndActor(t *testing.T) {
	t.Parallel()
	const (
		system = `NEW>NURTURING NEW>QUALIFIED NURTURING>QUALIFIED RETARGETING>QUALIFIED QUALIFIED>NURTURING QUALIFIED>OFFERED OFFERED>OFFERED ACCEPTED>WORKING
			ACCEPTED>RETURNED WORKING>RETURNED SALES_QUALIFIED>RETURNED LOST>RETARGETING LOST>DISQUALIFIED`
		marketing = `NEW>NURTURING QUALIFIED>OFFERED OFFERED>QUALIFIED RETURNED>NURTURING`
		sales     = `NEW>ACCEPTED OFFERED>NURTURING WORKING>SALES_QUALIFIED SALES_QUALIFIED>OPPORTUNITY OPPORTUNITY>WON OPPORTUNITY>LOST
			ACCEPTED>RETURNED WORKING>RETURNED SALES_QUALIFIED>RETURNED`
		disqualify = `NEW>DISQUALIFIED NURTURING>DISQUALIFIED QUALIFIED>DISQUALIFIED OFFERED>DISQUALIFIED ACCEPTED>DISQUALIFIED WORKING>DISQUALIFIED
			SALES_QUALIFIED>DISQUALIFIED OPPORTUNITY>DISQUALIFIED RETURNED>DISQUALIFIED RETARGETING>DISQUALIFIED`
		restore = `DISQUALIFIED>NEW DISQUALIFIED>NURTURING DISQUALIFIED>QUALIFIED DISQUALIFIED>OFFERED DISQUALIFIED>ACCEPTED DISQUALIFIED>WORKING
			DISQUALIFIED>SALES_QUALIFIED DISQUALIFIED>OPPORTUNITY DISQUALIFIED>RETURNED DISQUALIFIED>RETARGETING`
		erase = `NEW>ERASED NURTURING>ERASED QUALIFIED>ERASED OFFERED>ERASED ACCEPTED>ERASED WORKING>ERASED SALES_QUALIFIED>ERASED OPPORTUNITY>ERASED
			WON>ERASED LOST>ERASED RETURNED>ERASED RETARGETING>ERASED DISQUALIFIED>ERASED`
		create, accept, either = " >NEW ", " OFFERED>ACCEPTED ", " " + disqualify + " " + restore
	)
	open := map[Actor]string{
		System: system + create, Marketing: marketing + create + either, Sales: sales + create + either, AssignedRep: sales + create + accept + either,
		QueueMember: sales + create + accept + either, Privacy: erase, AnyWriter: create,
	}
	require.Len(t, open, len(Actors))
	anyone := strings.Fields(strings.Join([]string{system, marketing, sales, create, accept, either, erase}, " "))
	for _, by := range Actors {
		pairs := strings.Fields(open[by])
		for _, from := range before {
			for _, to := range Stages {
				err, pair := Check(from, to, by), string(from+">"+to)
				switch {
				case slices.Contains(pairs, pair):
					require.NoError(t, err, "%s by %s", pair, by)
				case slices.Contains(anyone, pair):
					require.True(t, fault.Is(err, fault.Forbidden), "%s by %s: %v", pair, by, err)
				default:
					require.True(t, fault.Is(err, fault.Conflict), "%s by %s: %v", pair, by, err)
				}
			}
		}
	}
}

func TestARefusalSaysWhatIsAllowedToWhom(t *testing.T) {
	t.Parallel()
	err := fault.As(Check(Offered, Accepted, Marketing))
	require.Equal(t, "A lead in OFFERED is moved to ACCEPTED by ASSIGNED_REP, QUEUE_MEMBER, not by MARKETING.", err.Message)
	require.Equal(t, Allowed(Offered), err.Extra["allowed"])
	require.Equal(t, "A lead in RETURNED cannot move to WON. It can move to NURTURING (MARKETING), DISQUALIFIED (MARKETING, SALES), ERASED (PRIVACY).",
		fault.As(Check(Returned, Won, Sales)).Message)
	require.Equal(t, "A lead that does not exist yet cannot move to WON. It can move to NEW (ANY_WRITER).", fault.As(Check("", Won, Sales)).Message)
	err = fault.As(Check(Erased, New, Sales))
	require.Equal(t, "A lead in ERASED stays there.", err.Message)
	body, failed := json.Marshal(err.Extra)
	require.NoError(t, failed)
	require.JSONEq(t, `{"allowed": []}`, string(body), "clients get a list, also an empty one")
}

func TestOfOnePairOneMoveIsAnActors(t *testing.T) {
	t.Parallel()
	for _, by := range Actors {
		for _, from := range before {
			seen := map[Stage]bool{}
			for _, m := range Allowed(from) {
				if m.By(by) {
					require.False(t, seen[m.To], "%s > %s by %s: which of two?", from, m.To, by)
					seen[m.To] = true
				}
			}
		}
	}
	m, ok := Find(Accepted, Returned, AssignedRep)
	require.True(t, ok)
	require.Equal(t, []Need{NeedReason, NeedWakeDate, NeedEffort}, m.Needs)
	m, ok = Find(Accepted, Returned, System)
	require.True(t, ok)
	require.Equal(t, []Need{NeedExhausted, NeedEffort}, m.Needs)
	require.Equal(t, Accepted, *m.Leaves())
	require.Nil(t, Allowed("")[0].Leaves())
	_, ok = Find(Won, New, System)
	require.False(t, ok)
}

func TestTheTableIsSound(t *testing.T) {
	t.Parallel()
	clocks := []string{"PASS", "ACCEPT", "ENGAGE", "STEP", "RETURN", "REPLY", "TAKE_BACK"}
	needed, reached := map[Need]bool{}, map[Stage]bool{}
	for _, m := range moves {
		require.NotEmpty(t, m.Who)
		require.Subset(t, Actors, m.Who)
		require.Subset(t, Needs, m.Needs)
		require.Subset(t, clocks, m.Starts)
		require.Subset(t, clocks, m.Stops)
		for _, n := range m.Needs {
			needed[n] = true
		}
		reached[m.To] = true
		for _, c := range running(m.From) { // what runs in a stage does not outlive it
			require.True(t, slices.Contains(m.Stops, c) || slices.Contains(running(m.To), c), "%s > %s forgets the clock %s", m.From, m.To, c)
		}
		for _, c := range running(m.To) { // RETURN begins with what is done, not with a move
			require.True(t, c == "RETURN" || slices.Contains(m.Starts, c) || slices.Contains(running(m.From), c), "%s > %s starts no clock %s", m.From, m.To, c)
		}
	}
	require.Len(t, needed, len(Needs), "a need that no move has")
	require.Len(t, reached, len(Stages), "a stage that no move leads to")
}

func TestAMoveMeetsTheClockThatAskedForIt(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		from, to Stage
		by       Actor
		clock    string
		meets    bool
	}{
		{Qualified, Offered, System, "PASS", true},
		{Qualified, Nurturing, System, "PASS", false},
		{Qualified, Disqualified, Marketing, "PASS", false},
		{Offered, Accepted, AssignedRep, "ACCEPT", true},
		{Offered, Nurturing, Sales, "ACCEPT", true},          // a rejection is an answer
		{Offered, Disqualified, QueueMember, "ACCEPT", true}, // and so is this
		{Offered, Disqualified, Marketing, "ACCEPT", false},  // marketing took it away
		{Offered, Offered, System, "ACCEPT", false},
		{Accepted, Working, System, "ENGAGE", true},
		{Accepted, Returned, Sales, "ENGAGE", true},
		{Accepted, Disqualified, AssignedRep, "ENGAGE", true},
		{Accepted, Disqualified, Marketing, "ENGAGE", false},
		{Accepted, Returned, System, "ENGAGE", false},
		{Working, Returned, System, "RETURN", true},
		{SalesQualified, Opportunity, Sales, "RETURN", false},
		{SalesQualified, Opportunity, Sales, "STEP", false},
		{Returned, Nurturing, Marketing, "TAKE_BACK", true},
		{Returned, Disqualified, Marketing, "TAKE_BACK", false},
	} {
		m, ok := Find(x.from, x.to, x.by)
		require.True(t, ok, x)
		require.Contains(t, m.Stops, x.clock)
		require.Equal(t, x.meets, m.Meets(x.clock, x.by), "%s to %s by %s: %s", x.from, x.to, x.by, x.clock)
	}
}
