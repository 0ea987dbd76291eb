package funnel_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/funnel"
)

func TestKeepingAndClearingAreTwoRequests(t *testing.T) {
	t.Parallel()
	verbs, seen := reflect.TypeFor[*funnel.Funnel](), 0
	for i := range verbs.NumMethod() {
		m := verbs.Method(i).Type
		if m.NumIn() != 3 || !strings.HasSuffix(m.In(2).Name(), "Input") {
			continue
		}
		for _, f := range reflect.VisibleFields(m.In(2)) {
			if strings.HasPrefix(f.Type.Name(), "Omittable[") {
				seen++
				require.Equal(t, ",omitzero", f.Tag.Get("json"), "%s.%s: to an idempotency key, null would be the same as absent", m.In(2).Name(), f.Name)
			}
		}
	}
	require.Positive(t, seen)
}
