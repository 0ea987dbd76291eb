package attribution

import (
	"cmp"
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/id"
)

// Attributor credits journeys under one policy. It keeps its buffers from journey to journey, so one goroutine at a time may use it.
type Attributor struct {
	policy  Policy
	learned map[Model]*Learned

	groups  []string             // every channel group met so far
	group   map[string]int32     // the place of a group among them
	effects map[Model][]float64  // by group: its share under a model that learned
	classes map[class]verdict    // what the rules say of touches of a class
	counted map[repeat]time.Time // when a repeated touch last counted

	over     bool // the journey that was walked last has more than MaxTouches
	steps    []step
	weights  []float64
	inGroup  []float64 // by group: how many touches of the journey
	division division
}

// step is a touch that counts, with the place of its channel group.
type step struct {
	touch *Touch
	group int32
}

// class is all that the rules of a policy look at of a touch.
type class struct {
	kind         contact.TouchKind
	channel      contact.Channel
	direction    contact.Direction
	department   auth.Department
	position     contact.FunnelPosition
	campaignKind contact.CampaignKind
}

// verdict is what the rules say of a class: its group, or that it does not count.
type verdict struct {
	group   int32
	ignored bool
}

// repeat is what makes a touch a repetition: the same person in the same channel group.
type repeat struct {
	contact id.UUID
	group   int32
}

// maxClasses bounds what is remembered of classes; those of the words that leadgraph knows are fewer in any workspace.
const maxClasses = 20_000

// New makes an attributor for a policy that passed Check. MARKOV and SHAPLEY answer with what is given as learned, and
// INSUFFICIENT_DATA without.
func New(p *Policy, learned ...*Learned) *Attributor {
	a := &Attributor{
		policy: *p, learned: map[Model]*Learned{}, group: map[string]int32{}, effects: map[Model][]float64{}, classes: map[class]verdict{}, counted: map[repeat]time.Time{},
	}
	for _, l := range learned {
		a.learned[l.Model] = l
		if l.Outcome != Answered {
			continue
		}
		for _, g := range l.Groups {
			a.intern(g.Group)
		}
		shares := make([]float64, len(a.groups))
		for _, g := range l.Groups {
			shares[a.group[g.Group]] = g.Share
		}
		a.effects[l.Model] = shares
	}
	return a
}

// walk finds the touches of a journey that count, first touch first; at one instant the lower id is first. They stay until the next call.
func (a *Attributor) walk(j *Journey) error {
	a.steps = a.steps[:0]
	if err := j.Check(); err != nil {
		return err
	}
	if a.over = len(j.Touches) > MaxTouches; a.over {
		return nil
	}
	from := j.ClosedAt.Add(-time.Duration(min(max(a.policy.LookBackDays, 0), maxDays)) * day)
	for i := range j.Touches {
		t := &j.Touches[i]
		if t.At.After(j.ClosedAt) || t.At.Before(from) {
			continue
		}
		if v := a.judge(t); !v.ignored {
			a.steps = append(a.steps, step{touch: t, group: v.group})
		}
	}
	if earlier := func(x, y step) int {
		return cmp.Or(x.touch.At.Compare(y.touch.At), slices.Compare(x.touch.ID[:], y.touch.ID[:]))
	}; !slices.IsSortedFunc(a.steps, earlier) {
		slices.SortFunc(a.steps, earlier)
	}
	a.dropRepeats()
	return nil
}

// day is 24 hours, whatever the clocks do.
const day = 24 * time.Hour

// judge applies the rules to a touch. Touches of one class share a verdict, so that ten rules cost no more than one.
func (a *Attributor) judge(t *Touch) verdict {
	c := class{t.Kind, t.Channel, t.Direction, t.Department, t.Position, t.CampaignKind}
	if v, known := a.classes[c]; known {
		return v
	}
	v := verdict{ignored: slices.ContainsFunc(a.policy.Ignored, func(r IgnoreRule) bool { return r.Touches.fits(&c) })}
	if !v.ignored {
		group := string(t.Channel)
		if i := slices.IndexFunc(a.policy.Groups, func(r GroupRule) bool { return r.Touches.fits(&c) }); i >= 0 {
			group = a.policy.Groups[i].Group
		}
		v.group = a.intern(group)
	}
	if len(a.classes) == maxClasses {
		clear(a.classes)
	}
	a.classes[c] = v
	return v
}

// intern finds the place of a group.
func (a *Attributor) intern(group string) int32 {
	at, known := a.group[group]
	if !known {
		at = int32(len(a.groups)) // a policy and the channels of a workspace do not make billions of groups
		a.group[group] = at
		a.groups = append(a.groups, group)
		a.inGroup = append(a.inGroup, 0)
	}
	return at
}

// dropRepeats leaves out the touches that only repeat another.
func (a *Attributor) dropRepeats() {
	r := a.policy.Repeats
	if r.Count == EveryTouch || r.Count == FirstWithin && r.Minutes == nil {
		return
	}
	clear(a.counted)
	kept := a.steps[:0]
	for _, s := range a.steps {
		key := repeat{s.touch.Contact, s.group}
		before, again := a.counted[key]
		if again && (r.Count == FirstOnly || s.touch.At.Sub(before) < time.Duration(*r.Minutes)*time.Minute) {
			continue
		}
		a.counted[key] = s.touch.At
		kept = append(kept, s)
	}
	a.steps = kept
}
