package sheet

import (
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestNumbers(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"0": "0", "12": "12", "-3.50": "-3.50", "+7": "7", ".5": ".5", "1.234": "1.234", "1e6": "1e6", "-2.5E-3": "-2.5e-3",
		"1,234.5": "1234.5", "1,234,567": "1234567", "1,234,567.89": "1234567.89", "1.234.567": "1234567", "1.234.567,89": "1234567.89", "1.234,5": "1234.5",
		"1,5": "1.5", "0,123": "0.123", "1234,567": "1234.567", "1 234": "1234", "1 234,5": "1234.5", "1\u00A0234\u00A0567": "1234567", "1\u202F234,5": "1234.5",
		"1'234.50": "1234.50", "12,34,567": "1234567", "1,23,456.7": "123456.7",
	} {
		got, bad := parseDecimal(text)
		require.Nil(t, bad, text)
		require.Equal(t, want, got, text)
		_, ok := new(big.Rat).SetString(got)
		require.True(t, ok, text)
	}
	for _, text := range []string{"1,234", "-12,345", "999,000"} {
		_, bad := parseDecimal(text)
		require.Equal(t, ambiguous, bad, text)
	}
	for _, text := range []string{
		"", "-", "abc", "1a", "1.", "1,", ",5", "..5", "1..2", "1,2,3", "1,23,45", "1.2.3", "12.34.567,8.9", "1,234.567.8", "NaN", "inf", "0x10", "1_000", "--1", "1e", "1e999999999",
		"1,000e3", "$5", "10%", "5 km", "٣", strings.Repeat("9", 65), "51-200", "1 2", "'123", "1,234 567.8",
	} {
		_, bad := parseDecimal(text)
		require.Equal(t, notNumber, bad, text)
	}
}

func TestScaledNumbers(t *testing.T) {
	t.Parallel()
	t.Run("an amount in millions becomes major units without a crumb", func(t *testing.T) {
		t.Parallel()
		got, bad := parseAmount("1100.04", big.NewRat(1000000, 1))
		require.Nil(t, bad)
		require.Equal(t, 1100040000.0, got)
	})
	t.Run("a count of people takes the comma of thousands, and no half people", func(t *testing.T) {
		t.Parallel()
		for text, want := range map[string]any{"1,234": 1234, "2822.0": 2822, "12 000": 12000, "1.234": ambiguous, "1.5": notWhole, "-1": notWhole, "2147483648": notWhole, "51-200": notWhole} {
			got, bad := parseWhole(text, nil)
			if bad != nil {
				require.Equal(t, want, bad, text)
				continue
			}
			require.Equal(t, want, got, text)
		}
	})
	t.Run("a number that a custom attribute would round is refused", func(t *testing.T) {
		t.Parallel()
		_, bad := parseFloat("9007199254740993", nil)
		require.Equal(t, tooPrecise, bad)
		got, bad := parseFloat("9007199254740992", nil)
		require.Nil(t, bad)
		require.Equal(t, 9007199254740992.0, got)
		_, bad = parseFloat("9e300", nil)
		require.Equal(t, notNumber, bad)
	})
	t.Run("an amount below nothing or beyond all money is refused", func(t *testing.T) {
		t.Parallel()
		for _, text := range []string{"-0.01", "90000000000001"} {
			_, bad := parseAmount(text, nil)
			require.Equal(t, notAmount, bad, text)
		}
	})
}

func TestTimes(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"2026-03-02T09:30:00Z": at, "2026-03-02T10:30:00+01:00": at, "2026-03-02 09:30:00Z": at, "2026-03-02 09:30:00 +00:00": at,
		"2026-03-02": at.Truncate(24 * time.Hour), "2026-03-02T09:30:00.1234567Z": at.Add(123456 * time.Microsecond),
	} {
		got, bad := parseTime(text)
		require.Nil(t, bad, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{"2026-03-02T09:30:00", "2026-03-02 09:30", "2026-03-02T09:30:00.5"} {
		_, bad := parseTime(text)
		require.Equal(t, timeNoZone, bad, text)
	}
	_, bad := parseTime("10/20/2016")
	require.Equal(t, noOrder, bad)
	for _, text := range []string{"", "2026-02-30", "2026-13-01", "0000-01-01", "20260302", "1700000000", "yesterday", "2026-03-02T25:00:00Z", "9999-12-31T23:59:59-01:00"} {
		_, bad := parseTime(text)
		require.Equal(t, notTime, bad, text)
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{"Yes": true, "y": true, "TRUE": true, "1": true, "on": true, "No": false, "f": false, "0": false} {
		got, bad := parseBoolean(text)
		require.Nil(t, bad)
		require.Equal(t, want, got, text)
	}
	_, bad := parseBoolean("maybe")
	require.Equal(t, notBoolean, bad)
	for text, want := range map[string]bool{"Yes": true, "GRANTED": true, "Opted in": true, "no": false, "withdrawn": false, "Unsubscribed": false} {
		got, bad := parseConsent(text)
		require.Nil(t, bad)
		require.Equal(t, want, got, text)
	}
	_, bad = parseConsent("ask")
	require.Equal(t, notConsent, bad)
}
