package db

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/leadgraph/leadgraph/internal/id"
)

// learn teaches a new connection how lists of ids are sent.
func learn(_ context.Context, c *pgx.Conn) error {
	m := c.TypeMap()
	m.TryWrapEncodePlanFuncs = append([]pgtype.TryWrapEncodePlanFunc{sendIDs}, m.TryWrapEncodePlanFuncs...)
	return nil
}

// sendIDs is how a list of ids is sent: pgx would box each of them, and almost every statement takes some.
func sendIDs(value any) (pgtype.WrappedEncodePlanNextSetter, any, bool) {
	if v, ok := value.([]id.UUID); ok {
		return &idsPlan{}, ids(v), true
	}
	return nil, nil, false
}

type idsPlan struct{ next pgtype.EncodePlan }

// SetNext takes the plan for the list as this package shows it.
func (p *idsPlan) SetNext(next pgtype.EncodePlan) { p.next = next }

// Encode adds a list.
func (p *idsPlan) Encode(value any, buf []byte) ([]byte, error) {
	return p.next.Encode(ids(value.([]id.UUID)), buf) //nolint:forcetypeassert // the plan is made for this type
}

// ids is a list whose elements are shown where they are.
type ids []id.UUID

// Dimensions are those of the array; nil for NULL.
func (u ids) Dimensions() []pgtype.ArrayDimension {
	if u == nil {
		return nil
	}
	return []pgtype.ArrayDimension{{Length: int32(len(u)), LowerBound: 1}}
}

// Index is an element.
func (u ids) Index(i int) any { return &u[i] }

// IndexType is what all elements are.
func (u ids) IndexType() any { return new(id.UUID) }
