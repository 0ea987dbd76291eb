package funnel

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// letters is a number in capitals, for keys.
func letters(n int) string {
	return strings.ToUpper(string(rune('a'+n/26))) + strings.ToUpper(string(rune('a'+n%26)))
}

func TestAWorkspaceKeepsNoMoreThanPeopleCanUse(t *testing.T) {
	t.Parallel()
	w := newDesk(t).town(t)
	t.Run("absences of a member", func(t *testing.T) {
		away := func(day int) error {
			from := noon.AddDate(0, 0, day)
			_, err := w.RecordAbsence(w.by(w.sam), RecordAbsenceInput{StartsAt: from, EndsAt: from.Add(time.Hour)})
			return err
		}
		for day := range maxAbsences {
			require.NoError(t, away(day))
		}
		w.refused(away(maxAbsences), fault.Conflict, "This member has 100 absences to come: cancel some first.")
	})
	t.Run("reasons for one use", func(t *testing.T) {
		add := func(n int) error {
			_, err := w.CreateReason(w.by(w.ada), CreateReasonInput{Use: lifecycle.ToReturn, Key: "R_" + letters(n), Label: fmt.Sprint("Reason ", n)})
			return err
		}
		var err error
		for n := 0; err == nil && n <= maxReasons; n++ {
			err = add(n)
		}
		w.refused(err, fault.Conflict, "There are 100 reasons to RETURN: change one of them instead.")
	})
	t.Run("words of a profile", func(t *testing.T) {
		_, err := w.SetMemberProfile(w.by(w.sam), SetMemberProfileInput{Skills: strings.Fields(strings.Repeat("word ", 301))})
		require.Equal(t, "input.skills", w.refusal(err, fault.BadUserInput, "Give at most 300.").Field)
	})
}
