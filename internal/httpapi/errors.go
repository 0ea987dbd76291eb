package httpapi

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/mask"
)

// present is the one place where errors of the executor become what callers read. Faults show as they are; what gqlgen says of an
// argument that it could not read is the caller's to mend; anything else is logged and answered without a word of it.
// After the last error that an answer may hold it returns nil, which drops the error.
func (c *call) present(ctx context.Context, err error) *gqlerror.Error {
	if int(c.shown.Add(1)) > c.engine.config.Limits.Errors {
		return nil
	}
	path, locations, argument := whereabouts(ctx, err)
	var list fault.List
	if errors.As(err, &list) && len(list) > 1 {
		last := len(list) - 1
		for _, f := range list[:last] { // these take this same way, each by itself
			if argument != "" {
				f = f.Under(argument)
			}
			graphql.AddError(ctx, &gqlerror.Error{Err: f, Message: f.Message, Path: path, Locations: locations})
		}
		err = list[last]
	}
	return c.shape(c.faultOf(ctx, err, path, argument), path, locations)
}

// whereabouts reads where an error happened. gqlgen puts the argument's own path behind the field's when it cannot read the argument.
func whereabouts(ctx context.Context, err error) (path ast.Path, locations []gqlerror.Location, argument string) {
	path = graphql.GetPath(ctx)
	var g *gqlerror.Error
	if errors.As(err, &g) {
		if g.Path != nil {
			path = g.Path
		}
		locations = g.Locations
	}
	field := graphql.GetFieldContext(ctx)
	if field == nil {
		return path, locations, ""
	}
	if pos := field.Field.Field; locations == nil && pos != nil && pos.Position != nil {
		locations = []gqlerror.Location{{Line: pos.Position.Line, Column: pos.Position.Column}}
	}
	if depth := len(field.Path()); len(path) > depth {
		return path[:depth], locations, path[depth:].String()
	}
	return path, locations, ""
}

// faultOf finds the fault in an error, or makes the one that callers see in its place.
func (c *call) faultOf(ctx context.Context, err error, path ast.Path, argument string) *fault.Error {
	var g *gqlerror.Error
	if errors.As(err, &g) && g.Err != nil {
		err = g.Err // without gqlgen's wrapping
	}
	if f := fault.As(err); f != nil {
		if argument != "" && f.Code == fault.BadUserInput {
			return f.Under(argument)
		}
		return f
	}
	if f := outage(ctx, err); f != nil {
		if ctx.Err() == context.Canceled { // the caller hung up: nobody reads this, and nothing failed
			return f
		}
		c.log(ctx, slog.LevelWarn, "the graph could not answer", err, path)
		return f
	}
	if argument != "" {
		return fault.Input(argument, "%s cannot be taken: %s.", argument, strings.TrimSuffix(err.Error(), "."))
	}
	c.log(ctx, slog.LevelError, "internal error", err, path)
	return internal()
}

// internal is all that callers learn of our own failures.
func internal() *fault.Error {
	return fault.New(fault.Internal, "Something went wrong on our side. It is logged under this requestId: quote it when you report the error.")
}

// Outage is what callers may know of an error that is ours: that it passes by itself, or only that it is logged.
func Outage(ctx context.Context, err error) *fault.Error {
	if f := outage(ctx, err); f != nil {
		return f
	}
	return internal()
}

// outage recognises what passes by itself: the deadline, and a Postgres that is away, full or changing over.
func outage(ctx context.Context, err error) *fault.Error {
	unavailable := &fault.Error{Code: fault.Unavailable, Retryable: true, RetryAfter: time.Second,
		Message: "The database is not there for the moment. Send the same request again."}
	timeout := &fault.Error{Code: fault.Timeout, Retryable: true,
		Message: "The operation took too long and was ended. Ask for less at a time, or send it again."}
	var state interface{ SQLState() string }
	var connect *pgconn.ConnectError
	var network net.Error
	switch {
	case ctx.Err() == context.DeadlineExceeded:
		return timeout
	case ctx.Err() == context.Canceled:
		return unavailable
	case errors.As(err, &state):
		switch code := state.SQLState(); {
		case code == "53100":
			return &fault.Error{Code: fault.StorageFull, Retryable: true, RetryAfter: 30 * time.Second,
				Message: "There is no room to write for the moment; reads go on. Send the same request again later."}
		case code == "57014": // statement_timeout
			return timeout
		case strings.HasPrefix(code, "08"), strings.HasPrefix(code, "53"), strings.HasPrefix(code, "57P0"),
			code == "40001", code == "40P01", code == "25006": // lost, full, going down, lost a race for good, became a replica
			return unavailable
		}
	case errors.As(err, &connect), errors.As(err, &network), pgconn.SafeToRetry(err):
		return unavailable
	case errors.Is(err, context.DeadlineExceeded): // of a wait for a connection: the operation itself has time left
		return unavailable
	}
	return nil
}

// log writes a failure that callers must not see. Even there, personal data is masked.
func (c *call) log(ctx context.Context, level slog.Level, what string, err error, path ast.Path) {
	c.engine.config.Logger.LogAttrs(ctx, level, what, slog.String("requestId", c.viewer.RequestID),
		slog.String("operation", c.name()), slog.String("path", path.String()), slog.String("error", mask.Error(err)))
}

// recovered answers a panic of a resolver: its stack goes to the log, INTERNAL to the caller.
func (c *call) recovered(ctx context.Context, reason any) error {
	c.engine.config.Logger.LogAttrs(ctx, slog.LevelError, "panic", slog.String("requestId", c.viewer.RequestID),
		slog.String("operation", c.name()), slog.String("error", mask.Panic(reason)), slog.String("stack", string(debug.Stack())))
	return internal()
}

// shape makes a fault the error of an answer.
func (c *call) shape(f *fault.Error, path ast.Path, locations []gqlerror.Location) *gqlerror.Error {
	return shape(f, path, locations, c.viewer.RequestID)
}

func shape(f *fault.Error, path ast.Path, locations []gqlerror.Location, requestID string) *gqlerror.Error {
	extensions := make(map[string]any, 5+len(f.Extra))
	for k, v := range f.Extra {
		extensions[k] = v
	}
	extensions["code"] = string(f.Code)
	if f.Field != "" {
		extensions["field"] = cut(f.Field)
	}
	if f.Retryable {
		extensions["retryable"] = true
	}
	if f.RetryAfter > 0 {
		extensions["retryAfterMs"] = milliseconds(f.RetryAfter)
	}
	if requestID != "" {
		extensions["requestId"] = requestID
	}
	return &gqlerror.Error{Err: f, Message: cut(f.Message), Path: path, Locations: locations, Extensions: extensions}
}

// cut shortens what may quote a caller's own text at length.
func cut(s string) string {
	const most = 1000
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "..."
}

// milliseconds rounds up: a caller who waits that long must not be early.
func milliseconds(d time.Duration) int64 { return int64((d + time.Millisecond - 1) / time.Millisecond) }

// statusOf is the HTTP status of a request that was refused with this code before anything was executed.
func statusOf(code fault.Code) int {
	switch code {
	case fault.Unauthenticated:
		return http.StatusUnauthorized
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.BodyTooLarge:
		return http.StatusRequestEntityTooLarge
	case fault.RateLimited:
		return http.StatusTooManyRequests
	case fault.Unavailable, fault.StorageFull:
		return http.StatusServiceUnavailable
	case fault.Timeout:
		return http.StatusGatewayTimeout
	case fault.Internal:
		return http.StatusInternalServerError
	}
	return http.StatusBadRequest
}
