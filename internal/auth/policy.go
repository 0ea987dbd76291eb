package auth

import (
	_ "embed"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/leadgraph/leadgraph/internal/fault"
)

const (
	minPassword  = 10
	maxPassword  = 200
	minDifferent = 4 // characters in a password
)

// commonPasswords are in lower case, one a line, between two line ends: written down for leadgraph, what the yearly lists of
// leaked passwords agree on, in their usual languages.
//
//go:embed common_passwords.txt
var commonPasswords string

// CheckPassword refuses a new password that is too short, too long or among the first that an attacker tries. It asks for no
// mixture of characters: that makes people predictable. The field is the input's path.
func CheckPassword(field, password, email string) error {
	lower := strings.ToLower(norm.NFC.String(password))
	owner := strings.ToLower(strings.TrimSpace(email))
	name, _, _ := strings.Cut(owner, "@")
	switch n := utf8.RuneCountInString(norm.NFC.String(password)); {
	case n < minPassword:
		return fault.Input(field, "Choose a password of at least %d characters.", minPassword)
	case n > maxPassword:
		return fault.Input(field, "Choose a password of at most %d characters.", maxPassword)
	case lower == owner || lower == name:
		return fault.Input(field, "Choose a password that is not your e-mail address.")
	case isCommon(lower) || !varied(lower):
		return fault.Input(field, "This password is among the first that attackers try: choose another, for example four words of your own.")
	}
	return nil
}

// isCommon finds the password in the list, as it is or without the digits and marks that people put around a word; where these
// are the greater part, the word no longer gives the password away.
func isCommon(lower string) bool {
	word := strings.TrimFunc(lower, func(r rune) bool { return !unicode.IsLetter(r) })
	return listed(lower) || 2*len(word) >= len(lower) && listed(word)
}

// listed finds a whole line of the list.
func listed(s string) bool {
	return s != "" && !strings.ContainsAny(s, "\r\n") && strings.Contains(commonPasswords, "\n"+s+"\n")
}

// varied tells whether there are enough different characters.
func varied(s string) bool {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen) >= minDifferent
}
