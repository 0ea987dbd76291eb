package mask

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"
)

func TestWhatIsPersonalNeverPrints(t *testing.T) {
	t.Parallel()
	type person struct {
		Name  Personal
		Token Secret
	}
	p := person{"Ada Lovelace", "lg_live_abc"}
	var text, object bytes.Buffer
	options := &slog.HandlerOptions{ReplaceAttr: Allow("person", "name", "token")}
	for _, h := range []slog.Handler{slog.NewTextHandler(&text, options), slog.NewJSONHandler(&object, options)} {
		slog.New(h).Info("x", "person", p, "name", p.Name, "token", p.Token, "pointer", &p)
	}
	for _, out := range []string{text.String(), object.String(), fmt.Sprint(p), fmt.Sprintf("%+v %#v %q %s %x", p, p, p.Name, p.Token, p.Name)} {
		require.NotContains(t, out, "Ada")
		require.NotContains(t, out, "416461") // in hexadecimal
		require.NotContains(t, out, "lg_live")
	}
	require.Equal(t, "Ada Lovelace", string(p.Name), "but it can be used")
}

func TestOnlyAllowedAttributesShow(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{ReplaceAttr: Allow("status")}))
	log.Info("done", "status", 200, "email", "a@b.example", slog.Group("lead", "status", 1, "name", "Ada"))
	require.Contains(t, out.String(), `msg=done status=200 email=[hidden] lead.status=1 lead.name=[hidden]`)
}

func TestTextsOfErrorsLoseWhatTheyQuote(t *testing.T) {
	t.Parallel()
	for in, out := range map[string]string{
		`no lead "Ada"`: "no lead [hidden]", "bounce of a.b@c.example": "bounce of [hidden]", "call +49 (171) 234-5678 now": "call [hidden] now",
		"bad key lg_live_abcDEF123": "bad key [hidden]", "token=abc.def refused": "[hidden] refused", "jwt eyJhbGciOi.eyJ.x": "jwt [hidden]",
		"read 4096 bytes of 8192": "read 4096 bytes of 8192", "Key (email)=(a) exists": "Key [hidden] exists",
	} {
		require.Equal(t, out, Text(in))
	}
	pg := fmt.Errorf("insert lead: %w", &pgconn.PgError{Code: "23505", Message: "canary", Detail: "canary", TableName: "leads", ConstraintName: "leads_key"})
	require.Equal(t, `postgres: SQLSTATE 23505, table "leads", column "", constraint "leads_key", routine ""`, Error(pg))
	require.Equal(t, "[hidden] is out", Panic(errors.New("a@b.example is out")))
	require.Equal(t, "[hidden]", Panic("a@b.example"))
}
