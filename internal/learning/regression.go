package learning

import (
	"errors"
	"math"

	"gonum.org/v1/gonum/mat"
)

// fitted are the weights of a regression.
type fitted struct {
	weights   []float64 // for each column; the first is the intercept
	objective float64   // sum of log-losses and, over 2C, of the squared slopes
	gradient  float64   // its steepest part
}

// The ends of the search.
const (
	flat     = 1e-10 // a gradient that is as good as 0
	maxSteps = 100
)

// regression is a fit at work.
type regression struct {
	d         *design
	rows      []int32
	labels    []bool
	penalty   float64 // 1/C
	weights   []float64
	objective float64
	gradient  []float64
	hessian   []float64 // its upper triangle
	at        []int32   // the row at hand: its columns
	x         []float64 // and their values
}

// fit finds the weights that make the sum of log-losses plus 1/(2C) times the squared slopes least, the intercept being free, by
// Newton's method with a line search: the problem is strictly convex, so that it has one answer.
func (d *design) fit(rows []int32, labels []bool, c float64) (fitted, error) {
	n := len(d.columns)
	f := regression{
		d: d, rows: rows, labels: labels, penalty: 1 / c, weights: make([]float64, n), gradient: make([]float64, n), hessian: make([]float64, n*n),
		at: make([]int32, 0, d.slots+1), x: make([]float64, 0, d.slots+1),
	}
	before := math.Inf(1) // the gradient a step ago
	for range maxSteps {
		f.derive()
		steepest := 0.0
		for _, g := range f.gradient {
			steepest = max(steepest, math.Abs(g))
		}
		// Below a millionth, a step that does not even halve the gradient has met the rounding of the sum over all rows.
		if steepest < flat || steepest < 1e-6 && steepest > before/2 {
			return fitted{weights: f.weights, objective: f.objective, gradient: steepest}, nil
		}
		before = steepest
		if err := f.step(); err != nil {
			return fitted{}, err
		}
	}
	return fitted{}, errors.New("the regression does not converge")
}

// row reads a row's columns that are not 0.
func (f *regression) row(r int32) {
	f.at, f.x = append(f.at[:0], 0), append(f.x[:0], 1)
	d := f.d
	for slot, column := range d.at[int(r)*d.slots : (int(r)+1)*d.slots] {
		switch {
		case column == 0:
		case slot < d.dense:
			f.at, f.x = append(f.at, column), append(f.x, d.x[int(r)*d.dense+slot])
		default:
			f.at, f.x = append(f.at, column), append(f.x, 1)
		}
	}
}

// derive computes objective, gradient and Hessian at the weights.
func (f *regression) derive() {
	n := len(f.weights)
	clear(f.gradient)
	clear(f.hessian)
	f.objective = 0
	for _, r := range f.rows {
		f.row(r)
		z := dot(f.weights, f.at, f.x)
		p, y := logistic(z), 0.0
		if f.labels[r] {
			y = 1
		}
		f.objective += loss(z, y)
		w := p * (1 - p)
		for a, column := range f.at {
			f.gradient[column] += (p - y) * f.x[a]
			wx := w * f.x[a]
			line := f.hessian[int(column)*n : (int(column)+1)*n]
			for b := a; b < len(f.at); b++ {
				line[f.at[b]] += wx * f.x[b]
			}
		}
	}
	for i := 1; i < n; i++ {
		f.objective += f.penalty / 2 * f.weights[i] * f.weights[i]
		f.gradient[i] += f.penalty * f.weights[i]
		f.hessian[i*n+i] += f.penalty
	}
}

// step goes Newton's way as far as the objective falls.
func (f *regression) step() error {
	n := len(f.weights)
	var chol mat.Cholesky
	if !chol.Factorize(mat.NewSymDense(n, f.hessian)) {
		return errors.New("the regression has no single answer")
	}
	var way mat.VecDense
	if err := chol.SolveVecTo(&way, mat.NewVecDense(n, f.gradient)); err != nil {
		var ill mat.Condition // the answer is there, only less exact: the line search and the next step mend it
		if !errors.As(err, &ill) {
			return err
		}
	}
	fall := mat.Dot(&way, mat.NewVecDense(n, f.gradient))
	from := f.weights
	for size := 1.0; ; size /= 2 {
		f.weights = make([]float64, n)
		for i := range from {
			f.weights[i] = from[i] - size*way.AtVec(i)
		}
		// Near the end the fall is less than what rounding does to the objective: then Newton's step is right as it is.
		if fall < 1e-9*f.objective || size < 1e-6 || f.value() <= f.objective-1e-4*size*fall {
			return nil
		}
	}
}

// value is the objective at the weights.
func (f *regression) value() float64 {
	sum := 0.0
	for _, r := range f.rows {
		f.row(r)
		y := 0.0
		if f.labels[r] {
			y = 1
		}
		sum += loss(dot(f.weights, f.at, f.x), y)
	}
	for _, w := range f.weights[1:] {
		sum += f.penalty / 2 * w * w
	}
	return sum
}

// scores are the weighted sums of some rows.
func (d *design) scores(weights []float64, rows []int32) []float64 {
	f := regression{d: d}
	z := make([]float64, len(rows))
	for i, r := range rows {
		f.row(r)
		z[i] = dot(weights, f.at, f.x)
	}
	return z
}

// dot is the weighted sum of a row.
func dot(weights []float64, at []int32, x []float64) float64 {
	z := 0.0
	for i, column := range at {
		z += weights[column] * x[i]
	}
	return z
}

// logistic is the probability that a sum stands for.
func logistic(z float64) float64 { return 1 / (1 + math.Exp(-z)) }

// loss is the log-loss of a sum: ln(1 + e^z) - yz, without overflow.
func loss(z, y float64) float64 { return max(z, 0) + math.Log1p(math.Exp(-math.Abs(z))) - y*z }
