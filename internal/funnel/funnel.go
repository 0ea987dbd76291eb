// Package funnel holds the verbs: what anybody can do to the pipeline, one method each. A verb locks what it judges, obeys a rule,
// writes and records its events, all in one transaction or not at all. The API, the jobs and the imports call the same verbs.
package funnel

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/riverqueue/river"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/agreement"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/page"
	"github.com/leadgraph/leadgraph/internal/sla"
)

// Config is what the verbs need besides their inputs.
type Config struct {
	DB        *db.DB
	Now       func() time.Time // the server's clock
	Issuer    *auth.Issuer     // of access tokens
	Passwords *auth.Passwords
	Brake     *auth.Brake // of sign-ins
	Sealer    *page.Sealer
	TicketKey []byte                // signs the addresses of uploads and downloads
	LinkKeys  [][]byte              // sign the links of shared resources: the first new ones, all of them are read
	BaseURL   string                // where callers reach this server, without a slash at the end
	Jobs      *river.Client[pgx.Tx] // where background work is put
	LiveKeys  bool                  // API keys begin with lg_live_ instead of lg_test_
	Hint      func(id.UUID)         // hears of each workspace in which something was written
}

// Funnel is the verbs.
type Funnel struct {
	Config
	rules    *lru.Cache[id.UUID, any]           // published versions and calendars, compiled: what they say never changes
	always   *sla.Timetable                     // by which all time counts
	observed *lru.Cache[id.UUID, time.Time]     // of workspaces: when this server last asked for lifts to be counted
	policies *lru.Cache[id.UUID, contactPolicy] // of workspaces: the contact policy that was in force when somebody last asked
}

// maxRules is how many compiled rules a server keeps; those of a busy workspace are a handful.
const maxRules = 4000

// New makes the verbs.
func New(c Config) *Funnel {
	if c.Hint == nil {
		c.Hint = func(id.UUID) {}
	}
	rules, _ := lru.New[id.UUID, any](maxRules) // the size is positive
	policies, _ := lru.New[id.UUID, contactPolicy](maxRules)
	observed, _ := lru.New[id.UUID, time.Time](maxRules)
	return &Funnel{Config: c, rules: rules, always: sla.Always(), policies: policies, observed: observed}
}

// Mark is a change's place in the event log, part of every payload.
type Mark struct {
	Cursor *string // nil when nothing changed
}

func (m *Mark) mark(cursor string) { m.Cursor = &cursor }

// payload is what a verb answers.
type payload interface{ mark(cursor string) }

// tx is one verb's transaction: the statements, the actor and the moment.
type tx struct {
	*db.Tx
	f      *Funnel
	who    *auth.Viewer
	now    time.Time
	events []logged
	trial  bool                       // it is only tried: nobody is offered anything
	kept   bool                       // it wrote calendars, which others cannot read yet
	force  map[agreement.Kind]id.UUID // see inForce
	reg    *condition.Registry        // see registry

	workers map[id.UUID]worker // see meet
}

func (f *Funnel) begun(d *db.Tx, who *auth.Viewer) *tx {
	return &tx{Tx: d, f: f, who: who, now: f.Now().UTC().Truncate(time.Microsecond), workers: map[id.UUID]worker{}}
}

// logged is an event waiting to be written.
type logged struct {
	kind                            event.Kind
	lead, contact, account, subject id.UUID
	data                            event.Data
}

// settle moves the moment to after the locks: who waited for another transaction judges what that one wrote, and must not seem to have done so before it.
func (t *tx) settle() {
	if now := t.f.Now().UTC().Truncate(time.Microsecond); now.After(t.now) {
		t.now = now
	}
}

// emit records a change; it is written with the others at the end of the verb.
func (t *tx) emit(e logged) { t.events = append(t.events, e) }

// write runs a verb in a transaction, as the viewer. With an idempotency key the first answer is kept beside its effect: a repeat gets
// it back and does nothing; the same key with another request is refused. What the verb is sure to read may be asked for in open.
func write[P payload](ctx context.Context, f *Funnel, key *string, request any, verb func(*tx) (P, error), open ...func(*db.Opening)) (P, error) {
	var none P
	who := auth.From(ctx)
	if !who.Signed() {
		return none, fault.New(fault.Unauthenticated, "Sign in, or send an API key.")
	}
	if key == nil && who.IdempotencyKey != "" {
		key = &who.IdempotencyKey
	}
	if err := checkKey(key); err != nil {
		return none, err
	}
	var out P
	err := f.transact(ctx, who.Workspace, func(d *db.Tx) error {
		t := f.begun(d, who)
		if key != nil {
			known, err := t.claim(ctx, *key, fmt.Sprintf("%T", out), request, &out)
			if known || err != nil {
				return err
			}
		}
		p, err := verb(t)
		if err != nil {
			return err
		}
		flush := t.flush
		if key == nil { // nothing comes behind the events
			flush = t.commit
		}
		if cursor, err := flush(ctx); err != nil {
			return err
		} else if cursor != "" {
			p.mark(cursor)
		}
		out = p
		if key != nil {
			return t.keep(ctx, *key, p)
		}
		return nil
	}, open...)
	if err != nil {
		return none, refusal(err)
	}
	return out, nil
}

// transact runs a transaction in a workspace, and tells behind it that there may be something new.
func (f *Funnel) transact(ctx context.Context, workspace id.UUID, do func(*db.Tx) error, open ...func(*db.Opening)) error {
	err := f.DB.Write(ctx, workspace, do, open...)
	if err == nil {
		f.Hint(workspace)
	}
	return err
}

func checkKey(key *string) error {
	if key == nil {
		return nil
	}
	if len(*key) < 1 || len(*key) > 255 {
		return fault.Input("input.idempotencyKey", "An idempotency key is 1 to 255 characters.")
	}
	for _, c := range []byte(*key) {
		if c < 0x20 || c > 0x7e {
			return fault.Input("input.idempotencyKey", "An idempotency key is made of printable ASCII.")
		}
	}
	return nil
}

// claim takes the key for this request, or reads the answer of the one that had it. It waits for a request that is still running.
// A field that is absent is left out of the request, for it is not the same as null: hence omitzero in the inputs.
func (t *tx) claim(ctx context.Context, key, verb string, request, answer any) (known bool, err error) {
	body, err := json.Marshal(request)
	if err != nil {
		return false, fmt.Errorf("write the request down: %w", err)
	}
	hash := sha256.Sum256(append([]byte(verb+"\n"), body...))
	if hash[0] < 4 { // every 64th request or so
		if err := t.ForgetIdempotency(ctx, db.ForgetIdempotencyParams{WorkspaceID: t.Workspace, Actor: t.who.Actor()}); err != nil {
			return false, fmt.Errorf("forget old answers: %w", err)
		}
	}
	n, err := t.ClaimIdempotency(ctx, db.ClaimIdempotencyParams{WorkspaceID: t.Workspace, Actor: t.who.Actor(), Key: key, RequestHash: hash[:]})
	if err != nil || n == 1 {
		return false, err
	}
	row, err := t.Idempotency(ctx, db.IdempotencyParams{WorkspaceID: t.Workspace, Actor: t.who.Actor(), Key: key})
	if err != nil {
		return false, fmt.Errorf("read the first answer: %w", err)
	}
	if !bytes.Equal(row.RequestHash, hash[:]) {
		return false, &fault.Error{Code: fault.IdempotencyMismatch, Field: "input.idempotencyKey",
			Message: "This idempotency key was used before with another request. Use a new key for a new request."}
	}
	return true, json.Unmarshal(row.Answer, answer)
}

func (t *tx) keep(ctx context.Context, key string, answer any) error {
	body, err := json.Marshal(answer)
	if err != nil {
		return fmt.Errorf("keep the answer: %w", err)
	}
	return t.AnswerIdempotency(ctx, db.AnswerIdempotencyParams{WorkspaceID: t.Workspace, Actor: t.who.Actor(), Key: key, Answer: body})
}

// flush writes the verb's events and answers the last one's place in the log; empty when there were none.
func (t *tx) flush(ctx context.Context) (string, error) {
	if len(t.events) == 0 {
		return "", nil
	}
	p, err := t.log()
	if err != nil {
		return "", err
	}
	place, err := t.InsertEvents(ctx, p)
	if err != nil {
		return "", fmt.Errorf("write events: %w", err)
	}
	return t.f.Sealer.EventCursor(t.Workspace, place.Xid, place.Seq), nil
}

// commit is flush for the last that a transaction does: it ends with it.
func (t *tx) commit(ctx context.Context) (string, error) {
	if len(t.events) == 0 {
		return "", nil
	}
	p, err := t.log()
	if err != nil {
		return "", err
	}
	place, err := t.CommitEvents(ctx, p)
	if err != nil {
		return "", err
	}
	return t.f.Sealer.EventCursor(t.Workspace, place.Xid, place.Seq), nil
}

// log takes the verb's events as they are written.
func (t *tx) log() (db.InsertEventsParams, error) {
	p := db.InsertEventsParams{WorkspaceID: t.Workspace, At: t.now, ActorKind: string(t.who.Kind)}
	if actor := t.who.Actor(); !actor.IsZero() {
		p.ActorID = &actor
	}
	for _, e := range t.events {
		data, err := json.Marshal(e.data)
		if err != nil {
			return p, fmt.Errorf("write an event: %w", err)
		}
		p.Ids = append(p.Ids, id.New())
		p.Kinds = append(p.Kinds, string(e.kind))
		p.LeadIds = append(p.LeadIds, e.lead)
		p.ContactIds = append(p.ContactIds, e.contact)
		p.AccountIds = append(p.AccountIds, e.account)
		p.SubjectIds = append(p.SubjectIds, e.subject)
		p.Datas = append(p.Datas, data)
	}
	t.events = nil
	return p, nil
}

// refusal turns what a verb could not foresee, a name taken at the same moment, into a fault.
func refusal(err error) error {
	if field, ok := taken[constraint(err)]; ok {
		return &fault.Error{Code: fault.Conflict, Field: field, Message: "This is taken already: choose another, or change what has it."}
	}
	return err
}

// constraint is the unique key that stood against a statement; empty where none did.
func constraint(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "23505" {
		return pg.ConstraintName
	}
	return ""
}

// taken names the input behind each unique key.
var taken = map[string]string{
	"workspaces_slug_key": "input.slug", "members_workspace_id_email_key_key": "input.email", "sources_workspace_id_key_key": "input.key",
	"campaigns_workspace_id_key_key": "input.key", "resources_workspace_id_key_key": "input.key", "personas_workspace_id_name_key": "input.name", "accounts_domain": "input.domain",
	"accounts_name_key": "input.name", "contact_identities_key": "input.email", "rescores_open": "input.agreementId", "reasons_workspace_id_use_key_key": "input.key",
	"messages_touch": "input.touch.externalId",
}

// found turns "no rows" into the fault of an id that the workspace does not have.
func found[T any](row *T, err error, field, what string) (*T, error) {
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, fault.Missing(field, what)
	}
	if err != nil {
		return nil, fmt.Errorf("read the %s: %w", what, err)
	}
	return row, nil
}

// kind checks that an id is of a type, before any statement.
func kind(field string, g id.Global, want id.Kind) (id.UUID, error) {
	if g.Kind != want {
		return id.UUID{}, fault.Input(field, "This is the id of another type: it should begin with %s_.", want)
	}
	return g.UUID, nil
}

// current refuses a change that was made on another version.
func current(expected *int32, version int32) error {
	if expected != nil && *expected != version {
		return (&fault.Error{Code: fault.Conflict, Field: "input.expectedVersion", Message: "Somebody changed it meanwhile. Read it again and repeat the change on the version it has now."}).
			With("currentVersion", version)
	}
	return nil
}

// under places a fault below a field of the input.
func under(err error, field string) error {
	if f := fault.As(err); f != nil {
		return f.Under(field)
	}
	return err
}
