package matching

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPhone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		raw, region string
		want        Number
	}{
		"a national number belongs to the default region": {
			"030 123456", "DE", Number{Key: "+4930123456", Region: "DE", Type: LineFixed}},
		"the default region may be in lower case": {
			"030 123456", "de", Number{Key: "+4930123456", Region: "DE", Type: LineFixed}},
		"an international number keeps its own": {
			"+44 (0)20 7946 0018", "DE", Number{Key: "+442079460018", Region: "GB", Type: LineFixed}},
		"an extension is kept apart": {
			"+1 415 555 2671 ext. 42", "", Number{Key: "+14155552671", Region: "US", Type: LineFixedOrMobile, Extension: "42"}},
		"a number of no country has no region": {
			"+800 1234 5678", "", Number{Key: "+80012345678", Type: LineTollFree}},
		"direction marks come along when a number is copied": {
			"\u202a+49 30 123456\u202c", "", Number{Key: "+4930123456", Region: "DE", Type: LineFixed}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := Phone(c.raw, c.region)
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

func TestPhoneRefusals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ raw, region, says string }{
		{"", "DE", "Give a phone number"},
		{"n/a", "DE", "no number"},
		{"030 123456", "", "country code"},
		{"030 123456", "XX", "country code"},
		{"030 123456", "Germany", "country code"},
		{"+999 12345678", "", "country code"},
		{"+1 555 555 5555", "", "does not exist"},
		{"1234567890123456789", "US", "too many"},
		{"+6903", "", "too few"},
		{strings.Repeat("1", 1_000_000), "US", "no number"},
		{"+49\xff30", "", "no number"},
	} {
		_, err := Phone(c.raw, c.region)
		require.ErrorContains(t, err, c.says, c.raw)
		requireFault(t, err)
	}
}
