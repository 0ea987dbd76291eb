// Package fault holds the errors that callers of leadgraph are meant to read.
//
// A rule or a verb that refuses returns a *Error: a code of the SDL's ErrorCode, a whole sentence that says what to do, and
// where there is one the path of the input field at fault. Every other error is ours, not the caller's: it is logged and
// answered as INTERNAL.
package fault

import (
	"errors"
	"fmt"
	"time"
)

// Code is one value of the SDL's enum ErrorCode.
type Code string

// The codes, each described in the SDL.
const (
	BadUserInput        Code = "BAD_USER_INPUT"
	Unauthenticated     Code = "UNAUTHENTICATED"
	Forbidden           Code = "FORBIDDEN"
	NotFound            Code = "NOT_FOUND"
	Conflict            Code = "CONFLICT"
	CursorMismatch      Code = "CURSOR_MISMATCH"
	IdempotencyMismatch Code = "IDEMPOTENCY_MISMATCH"
	RateLimited         Code = "RATE_LIMITED"
	ParseFailed         Code = "GRAPHQL_PARSE_FAILED"
	ValidationFailed    Code = "GRAPHQL_VALIDATION_FAILED"
	BodyTooLarge        Code = "BODY_TOO_LARGE"
	TokenLimit          Code = "TOKEN_LIMIT"
	DepthLimit          Code = "DEPTH_LIMIT"
	AliasLimit          Code = "ALIAS_LIMIT"
	FieldLimit          Code = "FIELD_LIMIT"
	FragmentLimit       Code = "FRAGMENT_LIMIT"
	DirectiveLimit      Code = "DIRECTIVE_LIMIT"
	OperationLimit      Code = "OPERATION_LIMIT"
	CostLimit           Code = "COST_LIMIT"
	SubscriptionLimit   Code = "SUBSCRIPTION_LIMIT"
	Unavailable         Code = "UNAVAILABLE"
	StorageFull         Code = "STORAGE_FULL"
	Timeout             Code = "TIMEOUT"
	Internal            Code = "INTERNAL"
)

// Error is a refusal that the caller can act on.
type Error struct {
	Code       Code
	Message    string         // a whole sentence that says what to do
	Field      string         // path of the input at fault, e.g. "input.touches[3].occurredAt"; empty where none is
	Retryable  bool           // the same request may succeed later, unchanged
	RetryAfter time.Duration  // with Retryable: not before then; 0 where unknown
	Extra      map[string]any // further extensions of this code, each documented with it in the SDL
}

// Error is the message alone, so that a fault reads well wherever it is printed.
func (e *Error) Error() string { return e.Message }

// New makes a fault of a code with a formatted sentence.
func New(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Input refuses the input field at the path with a formatted sentence.
func Input(field, format string, args ...any) *Error {
	return &Error{Code: BadUserInput, Field: field, Message: fmt.Sprintf(format, args...)}
}

// Missing says that no object of the caller's workspace has the id given in the field.
func Missing(field, what string) *Error {
	return &Error{Code: NotFound, Field: field, Message: fmt.Sprintf("There is no %s with this id in your workspace.", what)}
}

// With returns the fault with one more extension.
func (e *Error) With(key string, value any) *Error {
	extra := map[string]any{key: value}
	for k, v := range e.Extra {
		extra[k] = v
	}
	c := *e
	c.Extra = extra
	return &c
}

// Under returns the fault with its field placed below a parent path: Under("input") turns "email" into "input.email".
func (e *Error) Under(parent string) *Error {
	c := *e
	switch {
	case e.Field == "":
		c.Field = parent
	case parent != "" && e.Field[0] == '[':
		c.Field = parent + e.Field
	case parent != "":
		c.Field = parent + "." + e.Field
	}
	return &c
}

// As finds the fault in an error's chain; nil where there is none.
func As(err error) *Error {
	var f *Error
	if errors.As(err, &f) {
		return f
	}
	return nil
}

// Is tells whether the error's chain holds a fault of this code.
func Is(err error, code Code) bool {
	f := As(err)
	return f != nil && f.Code == code
}

// List is several faults of one request, answered together so that a caller can mend them in one go.
type List []*Error

// Error is the first message and how many follow.
func (l List) Error() string {
	switch len(l) {
	case 0:
		return "no fault"
	case 1:
		return l[0].Message
	}
	return fmt.Sprintf("%s (and %d more)", l[0].Message, len(l)-1)
}

// Unwrap lets errors.As find the first fault.
func (l List) Unwrap() []error {
	errs := make([]error, len(l))
	for i, e := range l {
		errs[i] = e
	}
	return errs
}

// OrNil returns nil for an empty list: a typed nil in an error interface would not be nil.
func (l List) OrNil() error {
	if len(l) == 0 {
		return nil
	}
	return l
}
