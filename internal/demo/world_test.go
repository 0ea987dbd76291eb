package demo

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/agreement"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
	"github.com/leadgraph/leadgraph/internal/matching"
)

// noon is the now of most tests.
var noon = time.Date(2026, 9, 15, 12, 0, 0, 0, time.UTC)

func imagine(t *testing.T, now time.Time) *world {
	t.Helper()
	h, err := readHouse()
	require.NoError(t, err)
	w, err := newWorld(h, now, "no hash")
	require.NoError(t, err)
	return w
}

func TestStories(t *testing.T) {
	t.Parallel()
	for name, now := range map[string]time.Time{"on a Tuesday": noon, "weeks later": noon.Add(397 * time.Hour), "in the night of a Sunday": time.Date(2026, 3, 29, 1, 40, 0, 0, time.UTC),
		"at the turn of the year": time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := imagine(t, now)
			for _, p := range w.people {
				for i, l := range p.pursuits {
					r := l.row
					require.False(t, r.StageSince.Before(r.CreatedAt), "a lead is captured before its stage changes")
					require.False(t, slices.ContainsFunc([]time.Time{r.StageSince, r.LastActivityAt, r.UpdatedAt}, w.now.Before), "nothing is in the future")
					require.True(t, i == len(p.pursuits)-1 || !r.Stage.Open() && r.StageSince.Before(p.pursuits[i+1].row.CreatedAt), "a pursuit ends before the next")
					followStory(t, w, l)
				}
			}
		})
	}
}

func followStory(t *testing.T, w *world, l *pursuit) {
	t.Helper()
	latest := l.row.CreatedAt
	for i, touch := range l.touches {
		require.False(t, touch.OccurredAt.After(w.now), "nothing is in the future")
		require.False(t, i > 0 && touch.OccurredAt.Before(l.touches[i-1].OccurredAt), "a story runs forward")
		require.Equal(t, touch.Department != nil && *touch.Department == auth.Sales, touch.MemberID != nil && touch.Direction == contact.DirectionOutbound, "sales acts by name")
		require.NotContains(t, text(touch.Subject), "{")
		latest = latestOf(latest, touch.OccurredAt)
	}
	require.Equal(t, latest, l.row.LastActivityAt)
	for i, m := range l.moves {
		require.False(t, m.at.Before(l.row.CreatedAt) || i > 0 && m.at.Before(l.moves[i-1].at), "moves follow each other")
	}
	if n := len(l.moves); n > 0 {
		require.Equal(t, l.row.Stage, l.moves[n-1].to)
	} else {
		require.Equal(t, lifecycle.New, l.row.Stage)
	}
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func latestOf(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func TestWorld(t *testing.T) {
	t.Parallel()
	w := imagine(t, noon)
	t.Run("the counts of the fates are the people", func(t *testing.T) {
		t.Parallel()
		n := 0
		for _, f := range fates {
			n += f.count
			require.Contains(t, lifecycle.Stages, f.stage)
		}
		require.Equal(t, peopleCount, n)
	})
	t.Run("addresses are well formed and reach nobody", func(t *testing.T) {
		t.Parallel()
		for _, i := range w.rows.identities {
			if i.Kind != contact.IdentityEmail {
				continue
			}
			a, err := matching.Email(i.Value)
			require.NoError(t, err)
			require.Equal(t, i.Key, a.Key)
			require.True(t, strings.HasSuffix(a.Domain, ".example") && !a.FreeMail, a.Domain)
		}
	})
	t.Run("numbers can be dialled", func(t *testing.T) {
		t.Parallel()
		for _, i := range w.rows.identities {
			if i.Kind == contact.IdentityPhone {
				n, err := matching.Phone(i.Value, "")
				require.NoError(t, err, i.Value)
				require.Equal(t, i.Key, n.Key)
			}
		}
	})
	t.Run("a person's facts are as a capture would leave them", func(t *testing.T) {
		t.Parallel()
		for _, c := range w.rows.contacts {
			for rule, value := range map[*string]func(string) (string, error){c.Country: matching.Country, c.Language: matching.Language, c.FullName: matching.Name} {
				if rule == nil {
					continue
				}
				v, err := value(*rule)
				require.NoError(t, err)
				require.Equal(t, *rule, v)
			}
		}
		for _, a := range w.rows.accounts {
			d, err := matching.Domain(*a.Domain)
			require.NoError(t, err)
			require.Equal(t, *a.Domain, d)
			require.NotEmpty(t, a.NameKey)
		}
	})
	t.Run("ids tell when their rows were made", func(t *testing.T) {
		t.Parallel()
		for _, l := range w.rows.leads {
			require.True(t, l.CreatedAt.UnixMilli() == born(l.ID) || l.ID == w.house.Showcase)
		}
		for _, c := range w.rows.contacts {
			require.Equal(t, c.CreatedAt.UnixMilli(), born(c.ID))
		}
		for _, x := range w.rows.touches {
			require.Equal(t, x.OccurredAt.UnixMilli(), born(x.ID))
		}
	})
	t.Run("everybody's password is one that may be chosen", func(t *testing.T) {
		t.Parallel()
		for _, m := range w.house.Members {
			require.NoError(t, auth.CheckPassword("password", w.house.Password, m.Email))
		}
	})
	t.Run("nobody whom we do not want gets far", func(t *testing.T) {
		t.Parallel()
		negative := map[id.UUID]bool{}
		for _, p := range w.personas {
			negative[p.ID] = p.Negative
		}
		for _, l := range w.rows.leads {
			if l.PersonaID != nil && negative[*l.PersonaID] {
				require.Contains(t, []lifecycle.Stage{lifecycle.New, lifecycle.Disqualified}, l.Stage)
			}
		}
	})
	t.Run("after an unsubscription comes no mailing", func(t *testing.T) {
		t.Parallel()
		for _, p := range w.people {
			if p.gone {
				last := p.pursuits[len(p.pursuits)-1].touches
				require.Equal(t, contact.KindUnsubscribed, last[len(last)-1].Kind)
			}
		}
	})
	t.Run("of an erased person only counts are left", func(t *testing.T) {
		t.Parallel()
		kept := map[id.UUID]bool{}
		for _, p := range w.people {
			l := p.pursuits[len(p.pursuits)-1]
			if l.row.Stage != lifecycle.Erased {
				continue
			}
			r := p.row
			kept[r.ID] = true
			require.Equal(t, db.Contact{WorkspaceID: r.WorkspaceID, ID: r.ID, AccountID: r.AccountID, Attributes: db.None, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt, Version: 2}, *r)
			for _, x := range l.touches {
				require.Nil(t, x.Subject)
			}
		}
		require.Len(t, kept, 40)
		require.False(t, slices.ContainsFunc(w.rows.identities, func(i *db.ContactIdentity) bool { return kept[i.ContactID] }))
		require.False(t, slices.ContainsFunc(w.rows.consents, func(c *db.Consent) bool { return kept[c.ContactID] }))
	})
}

// born is the instant in an id, in milliseconds.
func born(u id.UUID) int64 {
	ms := int64(0)
	for _, b := range u[:6] {
		ms = ms<<8 | int64(b)
	}
	return ms
}

func TestExamplesNameWhatIsThere(t *testing.T) {
	t.Parallel()
	w := imagine(t, noon.Add(1234*time.Hour))
	var sign struct {
		Input struct{ AgreementID, Hash string }
	}
	var review struct{ InForce, InReview string }
	var score struct{ LeadID string }
	for file, into := range map[string]any{"82-sign": &sign, "81-review": &review, "83-score": &score} {
		b, err := os.ReadFile("../httpapi/playground/examples/" + file + ".json")
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(b, into))
	}
	var states []agreement.State
	for _, a := range w.rows.agreements {
		switch (id.Global{Kind: id.Agreement, UUID: a.ID}).String() {
		case sign.Input.AgreementID:
			require.Equal(t, sign.Input.Hash, a.Hash)
			require.Equal(t, agreement.InReview, a.State)
			states = append(states, a.State)
		case review.InForce, review.InReview:
			require.Equal(t, agreement.ScoringModel, a.Kind)
			states = append(states, a.State)
		}
	}
	require.Equal(t, []agreement.State{agreement.Published, agreement.InReview, agreement.InReview}, states)
	i := slices.IndexFunc(w.rows.leads, func(l *db.Lead) bool { return id.Global{Kind: id.Lead, UUID: l.ID}.String() == score.LeadID })
	require.GreaterOrEqual(t, i, 0)
	require.Equal(t, lifecycle.Warm, *w.rows.leads[i].Band, "so that there is something on the way to hot")
}
