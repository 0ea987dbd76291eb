package funnel

import (
	"fmt"
	"math/big"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/fault"
)

// maxAmount is what amounts of deals stay below, so that sums of them are exact in JSON: 2^53 is more than 9 times as much.
const maxAmount = 1_000_000_000_000_000

// amount refuses what no deal can be worth.
func (c *checks) amount(field string, minor int64) {
	if minor < 1 || minor > maxAmount {
		c.add(fault.Input(field, "Give an amount from 1 to %d minor units: a deal is worth something.", maxAmount))
	}
}

// exponents are the decimals of the currencies that do not have two, by ISO 4217.
var exponents = map[string]int{
	"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0, "UGX": 0, "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
	"BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3, "CLF": 4, "UYW": 4,
}

// exponent is how many decimals amounts of a currency have.
func exponent(currency string) int {
	if n, ok := exponents[currency]; ok {
		return n
	}
	return 2
}

// minorOf is an amount in major units as minor ones; false where the currency has fewer decimals.
func minorOf(major *big.Rat, currency string) (int64, bool) {
	n := new(big.Rat).Mul(major, new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(exponent(currency))), nil)))
	return n.Num().Int64(), n.IsInt() && n.Num().IsInt64()
}

// amount is a deal's amount as events tell it.
func amount(d *db.Deal) string {
	n := exponent(d.Currency)
	minor := new(big.Rat).SetFrac(big.NewInt(d.AmountMinor), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil))
	return fmt.Sprintf("%s %s", minor.FloatString(n), d.Currency)
}
