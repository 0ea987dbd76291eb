package demo

import (
	"fmt"
	"testing"
)

func TestProbe(t *testing.T) {
	w := imagine(t, noon)
	states := map[string]int{}
	byStep := map[string]int{}
	n, leads := 0, 0
	for _, p := range w.people {
		for _, l := range p.pursuits {
			has := false
			for _, k := range l.clocks {
				if k.Stage == "STEP" {
					has = true
					states[string(k.State)]++
					done := "open"
					if k.FulfilledAt != nil {
						done = "done"
					}
					byStep[fmt.Sprint(*k.Step, " ", k.State, " ", done)]++
				}
			}
			if has {
				leads++
			}
		}
	}
	n = len(w.rows.attempts)
	fmt.Println(states, byStep, "attempts", n, "leads", leads, "plans", len(w.rows.plans))
}
