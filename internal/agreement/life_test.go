package agreement

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
)

func TestTheLifeOfAVersion(t *testing.T) {
	t.Parallel()
	life := map[State]map[Act]State{
		Draft:      {Edit: Draft, Submit: InReview, Withdraw: Withdrawn},
		InReview:   {Edit: Draft, RequestChanges: Draft, Sign: InReview, Withdraw: Withdrawn},
		Approved:   {Edit: Draft, Publish: Published},
		Published:  {},
		Superseded: {},
		Withdrawn:  {},
	}
	for _, s := range States {
		possible, known := life[s]
		require.True(t, known, "%s is new: say here what can be done with it", s)
		for _, a := range []Act{Edit, Submit, RequestChanges, Sign, Publish, Withdraw} {
			next, err := Next(s, a)
			if to, ok := possible[a]; ok {
				require.NoError(t, err, "%s a %s", a, s)
				require.Equal(t, to, next, "%s a %s", a, s)
				continue
			}
			f := fault.As(err)
			require.NotNil(t, f, "%s a %s", a, s)
			require.Equal(t, fault.Conflict, f.Code)
			require.Equal(t, s, next, "what is refused changes nothing")
			require.Equal(t, s, f.Extra["state"])
			allowed, isList := f.Extra["allowed"].([]Act)
			require.True(t, isList && allowed != nil, "a list, and not null: %v", f.Extra["allowed"])
			require.Len(t, allowed, len(possible))
			for _, a := range allowed {
				require.Contains(t, possible, a, "%s a %s", a, s)
			}
		}
	}
}

func TestARefusalSaysWhatToDoInstead(t *testing.T) {
	t.Parallel()
	for s, says := range map[State]string{
		Draft:      "This version is DRAFT, so it cannot take PUBLISH. Possible are: EDIT, SUBMIT, WITHDRAW.",
		Superseded: "This version is SUPERSEDED, so it cannot take PUBLISH. What it says is fixed: revertAgreement makes a new draft of it.",
		Withdrawn:  "This version is WITHDRAWN, so it cannot take PUBLISH. Nobody wants it any more: draftAgreement makes a new draft.",
	} {
		_, err := Next(s, Publish)
		require.EqualError(t, err, says)
	}
}

func TestBothDepartmentsSign(t *testing.T) {
	t.Parallel()
	mia, sam := Signature{id.New(), auth.Marketing}, Signature{id.New(), auth.Sales}
	moved := Signature{mia.Member, auth.Sales} // the same person, who changed sides meanwhile
	for name, test := range map[string]struct {
		state State
		hash  string
		in    []Signature
		by    Signature
		role  auth.Role
		want  State
		code  fault.Code
	}{
		"the first signature leaves it in review":       {InReview, "a", nil, mia, auth.Director, InReview, ""},
		"the other department's approves it":            {InReview, "a", []Signature{mia}, sam, auth.Director, Approved, ""},
		"whichever comes first":                         {InReview, "a", []Signature{sam}, mia, auth.Director, Approved, ""},
		"nobody signs twice":                            {InReview, "a", []Signature{mia}, mia, auth.Director, InReview, fault.Conflict},
		"not even for another department":               {InReview, "a", []Signature{mia}, moved, auth.Director, InReview, fault.Conflict},
		"one director of a department is enough":        {InReview, "a", []Signature{mia}, Signature{id.New(), auth.Marketing}, auth.Director, InReview, fault.Conflict},
		"managers do not sign":                          {InReview, "a", nil, mia, auth.Manager, InReview, fault.Forbidden},
		"what has changed is not what was read":         {InReview, "b", nil, mia, auth.Director, InReview, fault.Conflict},
		"a draft is not signed":                         {Draft, "a", nil, mia, auth.Director, Draft, fault.Conflict},
		"what is approved needs no further signature":   {Approved, "a", []Signature{mia, sam}, Signature{id.New(), auth.Sales}, auth.Director, Approved, fault.Conflict},
		"what is in force is not signed again":          {Published, "a", nil, mia, auth.Director, Published, fault.Conflict},
		"nobody signs what was withdrawn in the middle": {Withdrawn, "a", []Signature{mia}, sam, auth.Director, Withdrawn, fault.Conflict},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := slices.Clone(test.in)
			got, err := SignedBy(test.state, "a", test.hash, test.in, test.by, test.role)
			require.Equal(t, test.want, got)
			require.Equal(t, before, test.in)
			if test.code == "" {
				require.NoError(t, err)
				return
			}
			require.Equal(t, test.code, fault.As(err).Code)
			if test.hash != "a" {
				require.Equal(t, "a", fault.As(err).Extra["currentHash"])
			}
		})
	}
}
