package resource

import "time"

// Lift compares leads that saw a resource with like leads, of the same persona at the same position, that did not: how many of each moved forward within Window,
// counted from the view, or from when the lead came to where it stood. It is what was observed: those who look at content may have been about to move anyway.
type Lift struct {
	Viewers, ViewersMoved int
	Others, OthersMoved   int
	ComputedAt            time.Time
}

const (
	// prior is how many views without effect are added to the observed ones, so that few views say little.
	prior = 20
	// Enough is how many viewers, and how many others, it takes to call a lift observed.
	Enough = 20
)

// Factor is how many times as often viewers moved: 1 where nothing was observed. With base = (OthersMoved+1) / (Others+2), Laplace's rule, it is
// ((ViewersMoved + 20 base) / (Viewers + 20)) / base.
func (l *Lift) Factor() float64 {
	if l == nil {
		return 1
	}
	base := float64(l.OthersMoved+1) / float64(l.Others+2)
	return (float64(l.ViewersMoved) + prior*base) / (float64(l.Viewers) + prior) / base
}

// Days is the window, in days of 24 hours.
func (l *Lift) Days() int { return WindowDays }

// Known tells whether there were enough views, and enough leads without one.
func (l *Lift) Known() bool { return l != nil && l.Viewers >= Enough && l.Others >= Enough }
