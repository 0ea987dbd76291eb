// Package level runs tasks side by side and gathers what they wait for: when no task is running any more, because each has ended or
// waits, all that they wait for is sent off at once. So the statements of independent relations share one round trip, though each
// is written as if it were alone.
package level

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// patience is how long something waits for the other tasks. It only ends what would never end: a task that waits for another one's
// answer is not known to wait. Where all is busy a task may begin late, and to go without it would make more work.
const patience = 10 * time.Millisecond

// level is the tasks that run side by side.
type level struct {
	mu      sync.Mutex
	running int // tasks that have not ended and wait for nothing
	waiting []*waiter
	timer   *time.Timer
}

type waiter struct {
	task *Task
	item any
	send func([]any)
	sent chan struct{}
}

// Task is one of the tasks of a level.
type Task struct {
	level   *level
	waiting int // guarded by level.mu

	// Open counts answers that the task has not read to their end. While there is one, the task must not wait: those behind
	// it wait for that end.
	Open atomic.Int32
}

type key struct{}

// From is the task that a context belongs to; nil where nothing runs beside it.
func From(ctx context.Context) *Task {
	t, _ := ctx.Value(key{}).(*Task)
	return t
}

// Run runs n tasks and waits for all of them. A task must recover from its own panics.
func Run(ctx context.Context, n int, task func(ctx context.Context, i int)) {
	if n == 1 {
		task(ctx, 0)
		return
	}
	l := &level{running: n}
	var all sync.WaitGroup
	for i := range n - 1 {
		all.Go(func() {
			grow(i)
			l.run(ctx, i, task)
		})
	}
	l.run(ctx, n-1, task) // whoever waits for the others can as well work
	all.Wait()
	if l.timer != nil {
		l.timer.Stop()
	}
}

// run runs one task.
func (l *level) run(ctx context.Context, i int, task func(ctx context.Context, i int)) {
	t := &Task{level: l}
	defer l.ended(t)
	task(context.WithValue(ctx, key{}, t), i)
}

// grow makes room on the stack of a new goroutine. A statement goes deep, and a stack that grows step by step is copied at each step.
//
//go:noinline
func grow(i int) byte {
	var room [12 << 10]byte
	return room[i%len(room)]
}

// Wait blocks until send was called with the item. The items that wait at the same time are sent by one call; all tasks of a level
// must give the same send.
func (t *Task) Wait(item any, send func(items []any)) {
	l := t.level
	w := &waiter{task: t, item: item, send: send, sent: make(chan struct{})}
	l.mu.Lock()
	l.waiting = append(l.waiting, w)
	if t.waiting++; t.waiting == 1 {
		l.running--
	}
	if l.running > 0 {
		if l.timer == nil {
			l.timer = time.AfterFunc(patience, l.expired)
		} else if len(l.waiting) == 1 {
			l.timer.Reset(patience)
		}
	}
	l.flush(l.running == 0)
	<-w.sent
}

// ended takes a task out.
func (l *level) ended(t *Task) {
	l.mu.Lock()
	if t.waiting == 0 {
		l.running--
	}
	l.flush(l.running == 0)
}

func (l *level) expired() {
	l.mu.Lock()
	l.flush(true)
}

// flush sends what waits, if it is time, and unlocks.
func (l *level) flush(now bool) {
	if !now || len(l.waiting) == 0 {
		l.mu.Unlock()
		return
	}
	all := l.waiting
	l.waiting = nil
	l.mu.Unlock()
	defer l.wake(all)
	items := make([]any, len(all))
	for i, w := range all {
		items[i] = w.item
	}
	all[0].send(items)
}

// wake lets the tasks go on.
func (l *level) wake(all []*waiter) {
	l.mu.Lock()
	for _, w := range all {
		if w.task.waiting--; w.task.waiting == 0 {
			l.running++
		}
	}
	l.mu.Unlock()
	for _, w := range all {
		close(w.sent)
	}
}
