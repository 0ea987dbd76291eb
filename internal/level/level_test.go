package level

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRun(t *testing.T) {
	t.Parallel()
	t.Run("what waits at the same time is sent at once, when nobody runs any more", func(t *testing.T) {
		t.Parallel()
		var sent [][]any // no lock: sending is never simultaneous here
		Run(t.Context(), 4, func(ctx context.Context, i int) {
			if i == 3 {
				return // has nothing to wait for
			}
			From(ctx).Wait(i, func(items []any) { sent = append(sent, items) })
			From(ctx).Wait(i, func(items []any) { sent = append(sent, items) })
		})
		require.Len(t, sent, 2)
		require.ElementsMatch(t, []any{0, 1, 2}, sent[0])
		require.ElementsMatch(t, []any{0, 1, 2}, sent[1])
	})
	t.Run("a single task waits for nobody", func(t *testing.T) {
		t.Parallel()
		Run(t.Context(), 1, func(ctx context.Context, _ int) { require.Nil(t, From(ctx)) })
	})
	t.Run("a task that waits for another one's answer does not keep it from being sent", func(t *testing.T) {
		t.Parallel()
		var once sync.Once
		sent := 0
		Run(t.Context(), 3, func(ctx context.Context, _ int) {
			once.Do(func() { From(ctx).Wait(nil, func([]any) { sent++ }) })
		})
		require.Equal(t, 1, sent)
	})
	t.Run("a task may wait in several goroutines", func(t *testing.T) {
		t.Parallel()
		var mu sync.Mutex
		sent := 0
		Run(t.Context(), 3, func(ctx context.Context, _ int) {
			var all sync.WaitGroup
			for range 5 {
				all.Go(func() {
					From(ctx).Wait(nil, func(items []any) { mu.Lock(); defer mu.Unlock(); sent += len(items) })
				})
			}
			all.Wait()
		})
		require.Equal(t, 15, sent)
	})
}
