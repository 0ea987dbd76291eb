package funnel

import (
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/leadgraph/leadgraph/db"
)

func TestAmountsHaveTheDecimalsOfTheirCurrency(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		major, currency, told string
		minor                 int64
		ok                    bool
	}{
		{"10.5", "EUR", "10.50 EUR", 1050, true}, {"10.505", "EUR", "", 0, false}, {"2400000", "JPY", "2400000 JPY", 2_400_000, true}, {"1.5", "JPY", "", 0, false},
		{"1.234", "KWD", "1.234 KWD", 1234, true}, {"1.2345", "KWD", "", 0, false}, {"0", "USD", "0.00 USD", 0, true}, {"1e30", "USD", "", 0, false},
	} {
		major, _ := new(big.Rat).SetString(c.major)
		minor, ok := minorOf(major, c.currency)
		require.Equal(t, c.ok, ok, c.major+c.currency)
		if ok {
			require.Equal(t, c.minor, minor)
			require.Equal(t, c.told, amount(&db.Deal{AmountMinor: minor, Currency: c.currency}))
		}
	}
	t.Run("what is told of an amount is the amount", rapid.MakeCheck(func(r *rapid.T) {
		minor, currency := rapid.Int64Range(0, maxAmount).Draw(r, "minor"), rapid.SampledFrom([]string{"EUR", "JPY", "KWD", "CLF"}).Draw(r, "currency")
		told := amount(&db.Deal{AmountMinor: minor, Currency: currency})
		major, _ := new(big.Rat).SetString(told[:len(told)-4])
		if again, ok := minorOf(major, currency); !ok || again != minor {
			r.Fatalf("%d %s is told as %s", minor, currency, told)
		}
	}))
}
