package scoring

import "math"

// halved is 2^-x for x >= 0, the share of points that is left after x half-lives, with a relative error below 3e-16.
//
// It is made of additions, multiplications and comparisons that IEEE 754 defines to the bit; float64(...) around each product keeps
// the compiler from fusing it with a sum, which some machines do and others do not. It never grows with x, also not by a bit: each
// step below is monotonic under rounding. Next rests on that.
func halved(x float64) float64 {
	whole := math.Ceil(x)
	if whole > 1021 {
		return 0
	}
	// With up = whole - x, from 0 to 1, the share is the product of 2^-whole and 2^up.
	up := whole - x
	cell := int(up * cells)
	if cell == cells {
		return half(int(whole) - 1)
	}
	// 2^rest by its series; all its terms are positive, so that the sum grows with rest.
	rest, sum := up-float64(cell)/cells, 0.0
	for _, c := range series {
		sum = float64((sum + c) * rest)
	}
	// The end of one cell may not pass the beginning of the next.
	mantissa := min(powers[cell]+float64(powers[cell]*sum), powers[cell+1])
	return float64(mantissa * half(int(whole)))
}

// half is 2^-n, exactly, for n up to 1022.
func half(n int) float64 { return math.Float64frombits(uint64(1023-n) << 52) }

// cells is how many parts of [0, 1] have a power of their own.
const cells = 32

// series are the factors ln(2)^n / n! of the series of 2^r, from n = 7 down to 1. What is left out is below 2e-18.
var series = [...]float64{
	0x1.ffcbfc588b0c7p-17, 0x1.430912f86c787p-13, 0x1.5d87fe78a6731p-10, 0x1.3b2ab6fba4e77p-07, 0x1.c6b08d704a0cp-05, 0x1.ebfbdff82c58fp-03, 0x1.62e42fefa39efp-01,
}

// powers are 2^(n/32), rounded.
var powers = [cells + 1]float64{
	0x1p+00, 0x1.059b0d3158574p+00, 0x1.0b5586cf9890fp+00, 0x1.11301d0125b51p+00, 0x1.172b83c7d517bp+00, 0x1.1d4873168b9aap+00, 0x1.2387a6e756238p+00,
	0x1.29e9df51fdee1p+00, 0x1.306fe0a31b715p+00, 0x1.371a7373aa9cbp+00, 0x1.3dea64c123422p+00, 0x1.44e086061892dp+00, 0x1.4bfdad5362a27p+00,
	0x1.5342b569d4f82p+00, 0x1.5ab07dd485429p+00, 0x1.6247eb03a5585p+00, 0x1.6a09e667f3bcdp+00, 0x1.71f75e8ec5f74p+00, 0x1.7a11473eb0187p+00,
	0x1.82589994cce13p+00, 0x1.8ace5422aa0dbp+00, 0x1.93737b0cdc5e5p+00, 0x1.9c49182a3f09p+00, 0x1.a5503b23e255dp+00, 0x1.ae89f995ad3adp+00,
	0x1.b7f76f2fb5e47p+00, 0x1.c199bdd85529cp+00, 0x1.cb720dcef9069p+00, 0x1.d5818dcfba487p+00, 0x1.dfc97337b9b5fp+00, 0x1.ea4afa2a490dap+00,
	0x1.f50765b6e454p+00, 0x1p+01,
}
