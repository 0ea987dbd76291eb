package auth

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/leadgraph/leadgraph/internal/fault"
)

func TestTickets(t *testing.T) {
	t.Parallel()
	now := newClock().now()
	key := Derive(secretOf('a'), "uploads")
	t.Run("a ticket opens with its payload until it expires", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(t *rapid.T) {
			payload := rapid.String().Draw(t, "payload")
			ticket := SignTicket(key, payload, now.Add(time.Minute))
			require.Regexp(t, "^[A-Za-z0-9_-]+$", ticket)
			got, err := OpenTicket(key, ticket, now.Add(time.Minute-time.Second))
			require.NoError(t, err)
			require.Equal(t, payload, got)
			_, err = OpenTicket(key, ticket, now.Add(time.Minute))
			require.ErrorIs(t, err, ErrTicketExpired)
			_, err = OpenTicket(Derive(secretOf('a'), "cursors"), ticket, now)
			require.ErrorIs(t, err, ErrTicket)
		})
	})
	t.Run("every edit of one character is refused", func(t *testing.T) {
		t.Parallel()
		ticket := SignTicket(key, "upload_1", now.Add(time.Minute))
		for _, edited := range append(editsOf(ticket), "", "A", ticket+ticket, ticket+"=", ticket+"\n", "\n"+ticket) {
			_, err := OpenTicket(key, edited, now)
			require.ErrorIs(t, err, ErrTicket)
			require.True(t, fault.Is(err, fault.Unauthenticated))
		}
	})
}
