package auth

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/fault"
)

func TestCheckPassword(t *testing.T) {
	t.Parallel()
	const email = "ada.lovelace@example.com"
	for _, good := range []string{
		"vier Wörter von mir", "korrektes Pferd", "xK4!mmPq0z", strings.Repeat("ab cd", 40), "ąćęłńóśźżą", "漢字漢字仮名交じり文章", "my password is not this",
		"8472918364-monkey-77120", "adalovelace1815", strings.Repeat("o\u0308bcd", 50),
	} {
		require.NoError(t, CheckPassword("input.password", good, email), good)
	}
	for _, bad := range []string{
		"", "short", "123456789", strings.Repeat("x", 10), "1212121212", strings.Repeat("ab cd", 40) + "e", email, "ADA.Lovelace@Example.com", "ada.lovelace",
		"1234567890", "qwertyuiop", "QWERTYuiop", "password123", "Password2026!", "!!welcome1!!", "administrator", "p@ssw0rd12", "iloveyou2025",
		"leadgraph2026", strings.Repeat("o\u0308", 9),
	} {
		err := CheckPassword("input.password", bad, email)
		require.True(t, fault.Is(err, fault.BadUserInput), bad)
		require.Equal(t, "input.password", fault.As(err).Field)
		if bad != "" {
			require.NotContains(t, err.Error(), bad)
		}
	}
	require.NoError(t, CheckPassword("password", "vier Wörter", ""), "no address is no rule")
	for _, line := range strings.Split(strings.TrimSpace(commonPasswords), "\n") {
		require.Equal(t, strings.ToLower(strings.TrimSpace(line)), line)
		require.NotEmpty(t, line)
	}
}
