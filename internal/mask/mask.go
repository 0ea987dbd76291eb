// Package mask keeps personal data and secrets out of logs: text types that mask themselves, an allow-list for attributes, and
// texts of errors without what they quote.
package mask

import (
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"slices"

	"github.com/jackc/pgx/v5/pgconn"
)

// Hidden stands in a log for what must not be there.
const Hidden = "[hidden]"

// Personal is a text about a person. Wherever it is printed, logged or encoded by accident it shows as Hidden; convert it to
// string to use it.
type Personal string

// LogValue hides the text from slog.
func (Personal) LogValue() slog.Value { return slog.StringValue(Hidden) }

// String hides the text from fmt.
func (Personal) String() string { return Hidden }

// GoString hides the text from %#v.
func (Personal) GoString() string { return Hidden }

// MarshalText hides the text from encoders, such as slog's of a struct.
func (Personal) MarshalText() ([]byte, error) { return []byte(Hidden), nil }

// Secret is a password, token or key. It hides as Personal does.
type Secret string

// LogValue hides the secret from slog.
func (Secret) LogValue() slog.Value { return slog.StringValue(Hidden) }

// String hides the secret from fmt.
func (Secret) String() string { return Hidden }

// GoString hides the secret from %#v.
func (Secret) GoString() string { return Hidden }

// MarshalText hides the secret from encoders, such as slog's of a struct.
func (Secret) MarshalText() ([]byte, error) { return []byte(Hidden), nil }

// Allow returns a ReplaceAttr for slog.HandlerOptions under which only attributes with these keys show their values. slog's own
// keys are always allowed; groups are judged by their members.
func Allow(keys ...string) func(groups []string, a slog.Attr) slog.Attr {
	allowed := append([]string{slog.TimeKey, slog.LevelKey, slog.MessageKey, slog.SourceKey}, keys...)
	return func(_ []string, a slog.Attr) slog.Attr {
		if a.Value.Kind() == slog.KindGroup || slices.Contains(allowed, a.Key) {
			return a
		}
		return slog.String(a.Key, Hidden)
	}
}

// suspicious is what in a text may be personal or secret: quoted values, addresses, tokens and keys, telephone numbers.
var suspicious = regexp.MustCompile(`(?i)(?:password|passwd|secret|token|key)=\S+|"[^"]*"|'[^']*'|\([^()]*\)=\([^()]*\)|\S+@\S+|\beyJ[\w.-]+|\blg_\w+|\+?\d[\d ()/.-]{6,}\d`)

// Text returns a text with everything hidden that may be personal or secret. It hides too much rather than too little.
func Text(s string) string { return suspicious.ReplaceAllString(s, Hidden) }

// Error returns an error's text for a log. Of Postgres's errors it is the SQLSTATE and the names of the constraint, table and
// column: their messages quote values.
func Error(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return fmt.Sprintf("postgres: SQLSTATE %s, table %q, column %q, constraint %q, routine %q", pg.Code, pg.TableName, pg.ColumnName, pg.ConstraintName, pg.Routine)
	}
	return Text(err.Error())
}

// Panic returns a panic's reason for a log.
func Panic(reason any) string {
	if err, ok := reason.(error); ok {
		return Error(err)
	}
	return Text(fmt.Sprint(reason))
}
