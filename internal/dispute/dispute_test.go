package dispute

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/agreement"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

var (
	noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	ada  = Party{id.New(), auth.Marketing, auth.Director}
	mara = Party{id.New(), auth.Marketing, auth.Manager}
	mia  = Party{id.New(), auth.Marketing, auth.Worker}
	dora = Party{id.New(), auth.Sales, auth.Director}
	tom  = Party{id.New(), auth.Sales, auth.Manager}
	sam  = Party{id.New(), auth.Sales, auth.Worker}
)

// refused expects a refusal with a code, and a part of its sentence.
func refused(t require.TestingT, err error, code fault.Code, says string) {
	f := fault.As(err)
	require.NotNil(t, f, "%v", err)
	require.Equal(t, code, f.Code, f.Message)
	require.Contains(t, f.Message, says)
}

func TestWhoMayClaimWhat(t *testing.T) {
	t.Parallel()
	won := Deal{lifecycle.DealWon, &noon}
	for name, test := range map[string]struct {
		deal Deal
		by   Party
		at   time.Time
		code fault.Code
		says string
	}{
		"a director claims":                    {won, ada, noon, "", ""},
		"a manager claims":                     {won, tom, noon, "", ""},
		"who runs nothing does not":            {won, mia, noon, fault.Forbidden, "ask one of MARKETING"},
		"nor an analyst":                       {won, Party{id.New(), auth.Sales, auth.Analyst}, noon, fault.Forbidden, "SALES"},
		"of a deal that is open":               {Deal{lifecycle.DealOpen, nil}, ada, noon, fault.Conflict, "This deal is OPEN"},
		"of a deal that was lost":              {Deal{lifecycle.DealLost, &noon}, ada, noon, fault.Conflict, "This deal is LOST"},
		"on the last instant of the window":    {won, ada, noon.Add(ClaimWindow - 1), "", ""},
		"when the window has ended":            {won, ada, noon.Add(ClaimWindow), fault.Conflict, "ended at 2026-05-31T12:00:00Z"},
		"a year later, when everybody is paid": {won, ada, noon.AddDate(1, 0, 0), fault.Conflict, "stays as it is"},
	} {
		err := MayClaim(test.deal, test.by, test.at)
		if test.code == "" {
			require.NoError(t, err, name)
			continue
		}
		refused(t, err, test.code, test.says)
	}
}

func TestAClaimIsForMoreThanADepartmentHas(t *testing.T) {
	t.Parallel()
	for share, says := range map[float64]string{0: "above 0", -0.1: "above 0", 1.0001: "up to 1"} {
		_, err := Open(0.4, share, ada, noon)
		refused(t, err, fault.BadUserInput, says)
	}
	for _, share := range []float64{0.1, 0.4, 0.1 + 0.3} { // the last is 0.4 and a little
		_, err := Open(0.4, share, ada, noon)
		refused(t, err, fault.Conflict, "The frozen run gives MARKETING 40 % of this deal already")
	}
	d, err := Open(0.4, 1, ada, noon)
	require.NoError(t, err)
	require.Equal(t, Dispute{State: Claimed, Claimant: auth.Marketing, Held: 0.4, Claimed: 1, DueAt: new(noon.Add(AnswerWindow))}, d)
}

func TestTouchesThatAreClaimedEarnedSomethingForOthers(t *testing.T) {
	t.Parallel()
	page, mail, call, other := id.New(), id.New(), id.New(), id.New()
	run := []Credit{{page, "", 0.4}, {mail, auth.Marketing, 0.2}, {call, auth.Sales, 0.4}}
	require.InDelta(t, 0.2, Held(run, auth.Marketing), 0)
	require.InDelta(t, 0, Held(nil, auth.Marketing), 0)
	share, err := Named(run, auth.Marketing, []id.UUID{page})
	require.NoError(t, err)
	require.InDelta(t, 0.6, share, 0, "without what binary fractions leave behind")
	share, err = Named(run, auth.Marketing, []id.UUID{call, page})
	require.NoError(t, err)
	require.InDelta(t, 1, share, 0)
	_, err = Named(run, auth.Marketing, []id.UUID{mail, other, page, page})
	var list fault.List
	require.ErrorAs(t, err, &list)
	var at []string
	for _, f := range list {
		at = append(at, f.Field+" "+string(f.Code))
	}
	require.Equal(t, []string{"[0] BAD_USER_INPUT", "[1] NOT_FOUND", "[3] BAD_USER_INPUT"}, at)
}

// claimed is a dispute that waits for its answer.
func claimed(t require.TestingT) Dispute {
	d, err := Open(0.2, 0.8, ada, noon)
	require.NoError(t, err)
	return d
}

func TestTheOtherDepartmentAnswers(t *testing.T) {
	t.Parallel()
	for _, by := range []Party{ada, mara, sam} {
		_, err := claimed(t).Answer(nil, by, noon)
		refused(t, err, fault.Forbidden, "a manager or director of SALES")
	}
	for _, counter := range []float64{-0.1, 0.8, 0.9} {
		_, err := claimed(t).Answer(&counter, tom, noon)
		refused(t, err, fault.BadUserInput, "less than the 80 % that it claims")
	}
	d, err := claimed(t).Answer(nil, tom, noon.Add(time.Hour))
	require.NoError(t, err)
	require.True(t, d.Agreed())
	require.Equal(t, []any{Answered, 0.8, noon.Add(time.Hour + RuleWindow)}, []any{d.State, *d.Counter, *d.DueAt})
	d, err = claimed(t).Answer(new(0.1), dora, noon)
	require.NoError(t, err, "less than the run gives is an answer as well")
	require.False(t, d.Agreed())
	_, err = d.Answer(nil, tom, noon)
	refused(t, err, fault.Conflict, "This dispute is ANSWERED, so it cannot take ANSWER. Possible are: PROPOSE, SIGN, WITHDRAW.")
}

func TestSilenceNeitherGrantsAClaimNorEndsIt(t *testing.T) {
	t.Parallel()
	d := claimed(t)
	due := *d.DueAt
	require.Equal(t, d, d.Tick(due.Add(-1)), "not an instant early")
	d = d.Tick(due)
	require.Equal(t, []any{Unanswered, due.Add(RuleWindow)}, []any{d.State, *d.DueAt})
	require.NoError(t, d.MayPropose(dora), "the directors rule all the same")
	late, err := d.Answer(new(0.5), tom, due.Add(time.Hour))
	require.NoError(t, err, "and an answer is still heard")
	require.Equal(t, []any{Answered, due.Add(RuleWindow)}, []any{late.State, *late.DueAt}, "which gives no more time")
	gone := d.Tick(due.Add(RuleWindow))
	require.Equal(t, Dispute{State: Lapsed, Claimant: auth.Marketing, Held: 0.2, Claimed: 0.8, EndedAt: new(due.Add(RuleWindow))}, gone)
	require.Equal(t, gone, claimed(t).Tick(due.AddDate(1, 0, 0)), "who looks late sees the same")
	require.Equal(t, gone, gone.Tick(due.AddDate(2, 0, 0)))
}

func TestDirectorsOfBothDepartmentsSign(t *testing.T) {
	t.Parallel()
	refused(t, claimed(t).MayPropose(dora), fault.Conflict, "it cannot take PROPOSE")
	d, err := claimed(t).Answer(new(0.5), tom, noon)
	require.NoError(t, err)
	refused(t, d.MayPropose(tom), fault.Forbidden, "Only directors propose")
	require.NoError(t, d.MayPropose(ada))
	mine := agreement.Signature{Member: ada.Member, Department: auth.Marketing}
	moved := Party{ada.Member, auth.Sales, auth.Director} // the same person, who changed sides meanwhile
	for name, test := range map[string]struct {
		hash  string
		under []agreement.Signature
		by    Party
		code  fault.Code
	}{
		"a manager":                        {"a", nil, tom, fault.Forbidden},
		"another content":                  {"b", nil, ada, fault.Conflict},
		"who has signed":                   {"a", []agreement.Signature{mine}, ada, fault.Conflict},
		"who has signed for the others":    {"a", []agreement.Signature{mine}, moved, fault.Conflict},
		"another director of a department": {"a", []agreement.Signature{mine}, Party{id.New(), auth.Marketing, auth.Director}, fault.Conflict},
	} {
		same, err := d.Sign("a", test.hash, test.under, test.by, noon)
		refused(t, err, test.code, "")
		require.Equal(t, d, same, name)
	}
	one, err := d.Sign("a", "a", nil, ada, noon)
	require.NoError(t, err)
	require.Equal(t, Answered, one.State)
	both, err := one.Sign("a", "a", []agreement.Signature{mine}, dora, noon.Add(time.Hour))
	require.NoError(t, err)
	require.Equal(t, []any{Settled, (*time.Time)(nil), noon.Add(time.Hour)}, []any{both.State, both.DueAt, *both.EndedAt})
}

func TestTheClaimantLetsItsClaimGo(t *testing.T) {
	t.Parallel()
	for _, by := range []Party{mia, tom, dora} {
		_, err := claimed(t).Withdraw(by, noon)
		refused(t, err, fault.Forbidden, "of MARKETING can withdraw")
	}
	d, err := claimed(t).Withdraw(mara, noon)
	require.NoError(t, err, "not only who claimed")
	require.Equal(t, Withdrawn, d.State)
	_, err = d.Withdraw(mara, noon)
	refused(t, err, fault.Conflict, "It has ended.")
	require.Equal(t, []Act{}, fault.As(err).Extra["allowed"], "a list, and not null")
}

func TestARulingDividesAWhole(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		r  Ruling
		at []string
	}{
		"half each":      {Ruling{Marketing: 0.5, Sales: 0.5}, nil},
		"thirds":         {Ruling{Marketing: 1.0 / 3, Sales: 2.0 / 3, Tags: []string{"a", "b-2_c"}}, nil},
		"all and none":   {Ruling{Marketing: 0, Sales: 1}, nil},
		"too much":       {Ruling{Marketing: 0.6, Sales: 0.5}, []string{"salesShare"}},
		"too little":     {Ruling{Marketing: 0.4, Sales: 0.5}, []string{"salesShare"}},
		"less than none": {Ruling{Marketing: 1.5, Sales: -0.5}, []string{"marketingShare", "salesShare"}},
		"words":          {Ruling{Sales: 1, Tags: []string{"", "A", "a", "a"}}, []string{"tags[0]", "tags[1]", "tags[3]"}},
		"many words":     {Ruling{Sales: 1, Tags: make([]string, 11)}, []string{"tags"}},
	} {
		var at []string
		if list, ok := test.r.Check().(fault.List); ok {
			for _, f := range list {
				at = append(at, f.Field)
			}
		}
		require.Equal(t, test.at, at, name)
	}
}

func TestASignatureIsUnderOneRulingOnly(t *testing.T) {
	t.Parallel()
	r := Ruling{Dispute: id.New(), Number: 1, Marketing: 0.5, Sales: 0.5, Summary: "So."}
	same := r
	same.Tags = []string{}
	require.Equal(t, r.Hash(), same.Hash())
	for name, change := range map[string]func(*Ruling){
		"dispute": func(r *Ruling) { r.Dispute = id.New() }, "number": func(r *Ruling) { r.Number++ }, "summary": func(r *Ruling) { r.Summary += " " },
		"shares": func(r *Ruling) { r.Marketing, r.Sales = r.Marketing+1e-9, r.Sales-1e-9 }, "tags": func(r *Ruling) { r.Tags = []string{"a"} },
	} {
		other := r
		change(&other)
		require.NotEqual(t, r.Hash(), other.Hash(), name)
	}
}

func TestPrecedentsShareCircumstances(t *testing.T) {
	t.Parallel()
	web, fair := id.New(), id.New()
	of := func(groups []string, kinds []contact.CampaignKind, sources ...id.UUID) (c Circumstances) {
		for _, g := range groups {
			c.Add(g, "", id.UUID{})
		}
		for _, k := range kinds {
			c.Add("", k, id.UUID{})
		}
		for _, s := range sources {
			c.Add("", "", s)
		}
		return c
	}
	mine := of([]string{"WEB", "EMAIL", "WEB"}, []contact.CampaignKind{contact.CampaignNurture}, web)
	require.Equal(t, []string{"EMAIL", "WEB"}, mine.ChannelGroups, "sorted, each once")
	deal := id.New()
	all := []Precedent{
		{id.New(), id.New(), noon, of([]string{"PHONE"}, nil, fair)},
		{id.New(), id.New(), noon, of([]string{"WEB"}, nil)},
		{id.New(), id.New(), noon.Add(time.Hour), of([]string{"EMAIL"}, nil)},
		{id.New(), id.New(), noon, of([]string{"PHONE"}, []contact.CampaignKind{contact.CampaignNurture}, web)},
		{id.New(), deal, noon, mine},
	}
	var found []id.UUID
	for _, m := range Find(deal, &mine, all, 20) {
		found = append(found, m.Dispute)
	}
	require.Equal(t, []id.UUID{all[3].Dispute, all[2].Dispute, all[1].Dispute}, found, "most in common first, then the latest; not the deal itself, nor what has nothing in common")
	require.Equal(t, []id.UUID{web}, Find(deal, &mine, all, 1)[0].Shared.Sources)
	require.Len(t, Find(deal, &mine, all, 1), 1)
	require.Empty(t, Find(deal, &Circumstances{}, all, 20))
	require.True(t, slices.IsSorted(mine.CampaignKinds))
}
