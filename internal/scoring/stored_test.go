package scoring

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/contact"
)

func TestFactorsAreTheSameAfterTheyWereStored(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		p, f := compiled(r, anyModel(r)), anyLead(r)
		f.SetText(condition.ContactTitle, rapid.String().Draw(r, "title"))
		var x Explanation
		p.Explain(f, &x)
		var stored []Stored
		require.NoError(r, json.Unmarshal(x.AppendStored(nil), &stored))
		require.Equal(r, told(r, x.Factors), told(r, p.Restore(stored, f.At())))
	})
}

func TestFactorsOfBeforeAreRead(t *testing.T) {
	t.Parallel()
	p, touch := compiled(t, plain(func(*Model) {})), ago(10, contact.KindFormSubmitted)
	f := lead(touch)
	f.SetText(condition.ContactCountry, "DE")
	var x Explanation
	p.Explain(f, &x)
	var stored []Stored
	require.NoError(t, json.Unmarshal([]byte(told(t, x.Factors)), &stored))
	require.Equal(t, told(t, x.Factors), told(t, p.Restore(stored, noon)))
	require.JSONEq(t, fmt.Sprintf(`[{"rule": "germany", "reasons": [{"path": "attribute", "value": "DE"}]}, {"rule": "form", "raw": 4, "count": 1, "touches": [[%q, %d]]}]`,
		touch.ID, noon.Add(-10*24*time.Hour).UnixMicro()), string(x.AppendStored(nil)))
}

// told is factors as JSON tells them.
func told(t require.TestingT, factors []Factor) string {
	body, err := json.Marshal(append([]Factor{}, factors...))
	require.NoError(t, err)
	return string(body)
}
