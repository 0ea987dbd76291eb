package lifecycle

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBandsAndGradesStandBestFirst(t *testing.T) {
	t.Parallel()
	require.Equal(t, []Band{"HOT", "WARM", "COOL"}, Bands, "paths and grade matrices go by this order")
	require.Equal(t, []FitGrade{"A", "B", "C", "D"}, FitGrades)
}

func TestBandsAndGradesAreReadAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	for _, b := range Bands {
		var s strings.Builder
		b.MarshalGQL(&s)
		var back Band
		require.NoError(t, back.UnmarshalGQL(strings.Trim(s.String(), `"`)))
		require.Equal(t, b, back)
		require.Error(t, back.UnmarshalGQL(strings.ToLower(string(b))), "another spelling would land in the database")
	}
	for _, g := range FitGrades {
		var s strings.Builder
		g.MarshalGQL(&s)
		var back FitGrade
		require.NoError(t, back.UnmarshalGQL(strings.Trim(s.String(), `"`)))
		require.Equal(t, g, back)
	}
	require.Error(t, new(FitGrade).UnmarshalGQL("E"))
	require.Error(t, new(FitGrade).UnmarshalGQL(1))
	require.Error(t, new(Band).UnmarshalGQL(nil))
}
