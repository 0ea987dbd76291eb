package db

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// The answers that are kept beside idempotency keys are rows as JSON.
func TestNoRowTakesASecretIntoItsJSON(t *testing.T) {
	t.Parallel()
	secret := "c2VjcmV0"
	for _, row := range []any{&Member{PasswordHash: &secret}, &APIKey{Hash: []byte("secret")}} {
		b, err := json.Marshal(row)
		require.NoError(t, err)
		require.NotContains(t, string(b), secret)
	}
}
