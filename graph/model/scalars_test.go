package model

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestATimeIsWrittenAsTheStandardLibraryWritesIt(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		nanos := rapid.OneOf(rapid.Int64Range(0, 999_999_999), rapid.SampledFrom([]int64{0, 1, 999, 1000, 100_000_000, 120_000_000})).Draw(t, "nanos")
		at := time.Unix(rapid.Int64Range(-70_000_000_000, 300_000_000_000).Draw(t, "seconds"), nanos).In(time.FixedZone("", rapid.IntRange(-50_000, 50_000).Draw(t, "zone")))
		require.Equal(t, `"`+at.UTC().Format(timeForm)+`"`, string(AppendTime(nil, at)))
	})
}
