package gate

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/funnel"
	"github.com/leadgraph/leadgraph/internal/page"
	"github.com/leadgraph/leadgraph/internal/pg"
	"github.com/leadgraph/leadgraph/internal/pg/pgtest"
)

// door is a gate with a clock that the test moves, and a founder who has signed up.
type door struct {
	*Gate
	t       *testing.T
	ahead   atomic.Int64 // of the machine's clock
	conn    *pgx.Conn    // the owner's
	founder *funnel.SignUpPayload
}

func newDoor(t *testing.T) *door {
	t.Helper()
	url := pgtest.Database(t, db.Migrate, db.Fingerprint())
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	o := &door{t: t, conn: conn}
	clock := func() time.Time { return time.Now().Add(time.Duration(o.ahead.Load())) }
	secret := []byte("a secret for tests that is long enough")
	sealer := page.NewSealer(auth.Derive(secret, "cursors"))
	d, err := db.Open(t.Context(), db.Config{URL: pg.AppURL(url), Conns: 2, Sealer: sealer})
	require.NoError(t, err)
	t.Cleanup(d.Close)
	issuer, err := auth.NewIssuer(auth.IssuerConfig{Secret: secret, Issuer: "leadgraph", Audience: "leadgraph"})
	require.NoError(t, err)
	f := funnel.New(funnel.Config{DB: d, Now: clock, Issuer: issuer, Passwords: auth.NewPasswords(1), Brake: auth.NewBrake(clock), Sealer: sealer})
	o.Gate = New(d, f, issuer, nil, clock)
	o.founder, err = f.SignUp(t.Context(), funnel.SignUpInput{WorkspaceName: "Brightwater", Slug: "brightwater", Name: "Ada Park", Email: "ada@brightwater.example",
		Password: "a long passphrase 42", Department: auth.Marketing})
	require.NoError(t, err)
	return o
}

// as is the context of a caller with a token.
func (o *door) as(token string) context.Context {
	o.t.Helper()
	v, err := o.Viewer(o.t.Context(), token)
	require.NoError(o.t, err)
	return auth.With(o.t.Context(), v)
}

// key makes an API key.
func (o *door) key() *funnel.CreateAPIKeyPayload {
	o.t.Helper()
	made, err := o.funnel.CreateAPIKey(o.as(o.founder.AccessToken), funnel.CreateAPIKeyInput{Name: "Partner", Scopes: []string{"leads:read"}})
	require.NoError(o.t, err)
	return made
}

// believed is how long after a change a token still opens, by the gate's clock; it must be no longer than what is promised.
func (o *door) believed(token string) {
	o.t.Helper()
	o.ahead.Add(int64(trust))
	_, err := o.Viewer(o.t.Context(), token)
	require.True(o.t, fault.Is(err, fault.Unauthenticated), "%v", err)
}

func TestWhatWasRevokedOpensNoLongerThanFiveSeconds(t *testing.T) {
	t.Parallel()
	require.LessOrEqual(t, trust, 5*time.Second)
	t.Run("a key", func(t *testing.T) {
		t.Parallel()
		o := newDoor(t)
		made := o.key()
		_ = o.as(*made.Secret)
		_, err := o.funnel.RevokeAPIKey(o.as(o.founder.AccessToken), funnel.RevokeAPIKeyInput{APIKeyID: made.APIKey.GlobalID()})
		require.NoError(t, err)
		o.believed(*made.Secret)
	})
	t.Run("a session that its member ended", func(t *testing.T) {
		t.Parallel()
		o := newDoor(t)
		_, err := o.funnel.SignOut(o.as(o.founder.AccessToken), funnel.SignOutInput{})
		require.NoError(t, err)
		o.believed(o.founder.AccessToken)
	})
	t.Run("the sessions of a member whose post changed", func(t *testing.T) {
		t.Parallel()
		o := newDoor(t)
		ctx := o.as(o.founder.AccessToken)
		password, email := "another passphrase 42", "bo@brightwater.example"
		m, err := o.funnel.CreateMember(ctx, funnel.CreateMemberInput{Name: "Bo Lind", Email: email, Password: &password, Department: auth.Sales, Role: auth.Manager})
		require.NoError(t, err)
		in, err := o.funnel.SignIn(t.Context(), funnel.SignInInput{Email: email, Password: password})
		require.NoError(t, err)
		_ = o.as(in.AccessToken)
		role := auth.Analyst
		_, err = o.funnel.UpdateMember(ctx, funnel.UpdateMemberInput{MemberID: m.Member.GlobalID(), Role: &role})
		require.NoError(t, err)
		o.believed(in.AccessToken)
	})
	t.Run("a key that came to its end", func(t *testing.T) {
		t.Parallel()
		o := newDoor(t)
		made := o.key()
		_ = o.as(*made.Secret)
		o.ahead.Add(int64(366 * 24 * time.Hour))
		o.believed(*made.Secret)
	})
}

func TestOnlyGoodCredentialsReachTheDatabase(t *testing.T) {
	t.Parallel()
	o := newDoor(t)
	secret := *o.key().Secret
	for i := range secret {
		changed := []byte(secret)
		if changed[i]++; changed[i] == secret[i] || i < len("lg_") {
			continue
		}
		_, err := o.Viewer(t.Context(), string(changed))
		require.True(t, fault.Is(err, fault.Unauthenticated), "%s", changed)
	}
	for _, header := range [][]string{{""}, {"Bearer"}, {"Bearer "}, {"Basic YTpi"}, {"Bearer a b"}, {"bearer " + secret, "Bearer " + secret}, {"Bearer lg_live_"}, {"Bearer eyJhbGciOiJub25lIn0.e30."}} {
		r := httptest.NewRequest(http.MethodPost, "/graphql", nil)
		r.Header["Authorization"] = header
		_, err := o.Authenticate(t.Context(), r)
		require.True(t, fault.Is(err, fault.Unauthenticated), "%q: %v", header, err)
	}
	v, err := o.Authenticate(t.Context(), httptest.NewRequest(http.MethodPost, "/graphql", nil))
	require.NoError(t, err)
	require.False(t, v.Signed(), "nobody is refused, and nobody is let in")
}

func TestTheUseOfAKeyIsNotedOnceAMinute(t *testing.T) {
	t.Parallel()
	o := newDoor(t)
	secret := *o.key().Secret
	used := func() (at time.Time) {
		require.NoError(t, o.conn.QueryRow(t.Context(), "select coalesce(max(last_used_at), 'epoch') from api_keys").Scan(&at))
		return at
	}
	require.True(t, used().Equal(time.Unix(0, 0)))
	_ = o.as(secret)
	noted := used()
	require.NotEqual(t, time.Unix(0, 0), noted)
	_, err := o.conn.Exec(t.Context(), "update api_keys set last_used_at = null")
	require.NoError(t, err)
	o.ahead.Add(int64(59 * time.Second))
	_ = o.as(secret)
	require.True(t, used().Equal(time.Unix(0, 0)), "not again within the minute")
	o.ahead.Add(int64(2 * time.Second))
	_ = o.as(secret)
	require.False(t, used().Equal(time.Unix(0, 0)))
}
