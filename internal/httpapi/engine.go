package httpapi

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/fault"
)

// engine takes requests of any transport from their text to their answer.
type engine struct {
	config    Config
	schema    *ast.Schema
	rules     []validator.Rule
	documents *documents
}

func newEngine(config Config) *engine {
	config = config.orDefault()
	return &engine{
		config: config, schema: config.Schema.Schema(), rules: ruleSet(config.Suggestions), documents: newDocuments(config.CacheBytes),
	}
}

// call is one request on its way through the engine.
type call struct {
	engine   *engine
	viewer   *auth.Viewer
	doc      *document  // nil until it is open
	op       *operation // nil until it is open
	cached   bool
	context  graphql.OperationContext
	cost     *costReport
	shown    atomic.Int32 // errors of the executor so far
	room     []byte       // for the data; may be nil
	refusals gqlerror.List
}

// name is the operation's name for logs: a GraphQL name, so plain letters, and not too many.
func (c *call) name() string {
	if c.op == nil {
		return ""
	}
	return c.op.def.Name[:min(len(c.op.def.Name), 64)]
}

// kind is query, mutation or subscription; empty before it is known.
func (c *call) kind() ast.Operation {
	if c.op == nil {
		return ""
	}
	return c.op.def.Operation
}

// open finds the request's document and operation. It returns false with c.refusals set where there is none to run.
func (e *engine) open(c *call, q request) bool {
	doc, cached, problems := e.document(q.query, c.viewer.Signed())
	if problems != nil {
		return c.refuse(problems...)
	}
	c.doc, c.cached = doc, cached
	if c.op = doc.find(q.operation); c.op == nil {
		return c.refuse(&problem{fault: unknownOperation(doc, q.operation)})
	}
	return true
}

// prepare does the rest of what comes before execution. It returns false with c.refusals set where the request is refused; nothing
// has then touched the graph.
func (e *engine) prepare(c *call, q request, header http.Header) bool {
	if refused := c.op.rights.refused(c.viewer, e.config.Introspection); refused != nil {
		return c.refuse(refused)
	}
	if refused := c.idempotency(header); refused != nil {
		return c.refuse(&problem{fault: refused})
	}
	variables, problems := e.variables(c.op, q.variables)
	if problems != nil {
		return c.refuse(problems...)
	}
	if !e.take(c, variables) {
		return false
	}
	c.ready(variables, q.operation, header)
	return true
}

// ready makes the executor's context.
func (c *call) ready(variables map[string]any, operation string, header http.Header) {
	c.context = graphql.OperationContext{
		RawQuery: c.doc.text, Variables: variables, OperationName: operation, Doc: c.doc.ast, Headers: header, Operation: c.op.def,
		RecoverFunc: c.recovered, ResolverMiddleware: plainField, RootResolverMiddleware: plainRoot,
	}
}

// plainField and plainRoot stand where gqlgen would call interceptors: this pipeline has none.
func plainField(ctx context.Context, next graphql.Resolver) (any, error) { return next(ctx) }

func plainRoot(ctx context.Context, next graphql.RootResolver) graphql.Marshaler { return next(ctx) }

// refuse turns problems into the answer's errors.
func (c *call) refuse(problems ...*problem) bool {
	for _, p := range problems {
		var at []gqlerror.Location
		if p.pos != nil && p.pos.Line > 0 {
			at = []gqlerror.Location{{Line: p.pos.Line, Column: p.pos.Column}}
		}
		c.refusals = append(c.refusals, c.shape(p.fault, nil, at))
	}
	return false
}

// unknownOperation says which operation a request must name.
func unknownOperation(doc *document, name string) *fault.Error {
	if name == "" {
		return fault.Input("operationName", "The document has %d operations: name the one to run in operationName.", len(doc.operations))
	}
	return fault.Input("operationName", "The document has no operation of the name in operationName.")
}

// maxIdempotencyKey is the length of an Idempotency-Key header.
const maxIdempotencyKey = 255

// idempotency takes the Idempotency-Key header over into the viewer. It means one effect, so it cannot stand for two.
func (c *call) idempotency(header http.Header) *fault.Error {
	keys := header["Idempotency-Key"]
	if len(keys) == 0 || c.op.def.Operation != ast.Mutation {
		return nil
	}
	const name = "Idempotency-Key"
	if len(keys) > 1 || keys[0] == "" || len(keys[0]) > maxIdempotencyKey || !printable(keys[0]) {
		return fault.Input(name, "The header Idempotency-Key must be one text of 1 to %d printable characters, such as a UUID.", maxIdempotencyKey)
	}
	if len(c.op.roots) > 1 {
		return fault.Input(name, "The header Idempotency-Key stands for one mutation, and the operation has %d: "+
			"give each its own idempotencyKey in its input.", len(c.op.roots))
	}
	c.viewer.IdempotencyKey = keys[0]
	return nil
}

func printable(s string) bool {
	for _, c := range []byte(s) {
		if c < 0x20 || c > 0x7e {
			return false
		}
	}
	return true
}

// take says what the operation may cost and takes it from the caller's allowance.
func (e *engine) take(c *call, variables map[string]any) bool {
	requested, refused := c.op.requested(variables, &e.config.Limits)
	if refused != nil {
		if requested > 0 {
			c.cost = &costReport{requested: requested}
		}
		return c.refuse(refused)
	}
	c.cost = &costReport{requested: requested}
	if e.config.Limit == nil {
		return true
	}
	left, retryAfter, ok := e.config.Limit(c.viewer, requested, e.config.Now())
	c.cost.throttle = &left
	switch {
	case ok:
	case retryAfter == 0:
		return c.refuse(&problem{fault: fault.New(fault.CostLimit,
			"The operation could cost %d points, and your allowance never holds more than %d: ask for less at a time.",
			requested, left.MaximumAvailable)})
	default:
		return c.refuse(&problem{fault: &fault.Error{Code: fault.RateLimited, Retryable: true, RetryAfter: retryAfter,
			Message: "Your allowance is used up for the moment. Wait for retryAfterMs, or ask for less: " +
				"extensions.cost tells what this operation costs and what is left."}})
	}
	return true
}

// execute runs a prepared query or mutation within the deadline.
func (e *engine) execute(ctx context.Context, c *call) (data []byte, errors gqlerror.List) {
	objects := -1
	data, errors = e.run(ctx, c, func(ctx context.Context) (answer *graphql.Response, _ int) {
		if e.config.Exec == nil {
			return e.config.Schema.Exec(ctx)(ctx), -1
		}
		answer, objects = e.config.Exec(ctx, &c.op.plans, c.room)
		return answer, objects
	})
	c.cost.actual = c.op.actual(c.cost.requested, objects, data)
	if unspent := c.cost.requested - c.cost.actual; unspent > 0 && c.cost.throttle != nil && e.config.Refund != nil {
		left := e.config.Refund(c.viewer, unspent, e.config.Now())
		c.cost.throttle = &left
	}
	return data, errors
}

// run runs what answers, within the deadline.
func (e *engine) run(ctx context.Context, c *call, do func(context.Context) (*graphql.Response, int)) (data []byte, errors gqlerror.List) {
	ctx, cancel := context.WithTimeout(ctx, e.config.Timeout)
	defer cancel()
	ctx = graphql.WithOperationContext(auth.With(ctx, c.viewer), &c.context)
	ctx = graphql.WithResponseContext(ctx, c.present, c.recovered)
	if answer, _ := do(ctx); answer != nil {
		data, errors = answer.Data, answer.Errors
	}
	for i, err := range errors { // raised past the presenter
		errors[i] = c.shape(c.faultOf(ctx, err, err.Path, ""), err.Path, err.Locations)
	}
	return data, append(errors, graphql.GetErrors(ctx)...)
}

// subscribe opens a prepared subscription; next is nil, and the reasons are answered, where that cannot be.
func (e *engine) subscribe(ctx context.Context, c *call) (next func(context.Context) (any, bool), run func(context.Context, any) (*graphql.Response, int), refused gqlerror.List) {
	ctx = graphql.WithResponseContext(graphql.WithOperationContext(ctx, &c.context), c.present, c.recovered)
	next, run = e.config.Subscribe(ctx, &c.op.plans)
	return next, run, graphql.GetErrors(ctx)
}

const (
	eventTries = 60 // of an event that cannot be answered because the database is away
	eventPause = time.Second
)

// event executes one event of a subscription and encodes the answer. What is away is waited for: an event that is answered without data
// would be lost to the caller.
func (e *engine) event(ctx context.Context, c *call, run func(context.Context, any) (*graphql.Response, int), event any) []byte {
	for try := 1; ; try++ {
		one := &call{engine: e, viewer: c.viewer, doc: c.doc, op: c.op}
		one.ready(c.context.Variables, c.context.OperationName, c.context.Headers)
		a := answer{executed: true}
		a.data, a.errors = e.run(ctx, one, func(ctx context.Context) (*graphql.Response, int) { return run(ctx, event) })
		if len(a.errors) == 0 || !faultIn(a.errors[0]).Retryable || try == eventTries || ctx.Err() != nil {
			return a.append(make([]byte, 0, len(a.data)+32), &e.config.Limits)
		}
		pause(ctx, eventPause)
	}
}
