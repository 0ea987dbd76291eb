package db

import (
	"context"
	"fmt"
)

// wakeChannel is where servers of one database tell each other that there is something new in the event log.
const wakeChannel = "leadgraph_events"

// Wake tells the servers that listen. Never within a transaction that writes: Postgres makes all that notify wait for each other.
func (d *DB) Wake(ctx context.Context, text string) error {
	if _, err := d.pool.Exec(ctx, "select pg_notify($1, $2)", wakeChannel, text); err != nil {
		return fmt.Errorf("wake other servers: %w", err)
	}
	return nil
}

// ListenForWakes hears what servers tell each other, on a connection of its own, until the context or the connection ends.
func (d *DB) ListenForWakes(ctx context.Context, hear func(text string)) error {
	pooled, err := d.conn(ctx)
	if err != nil {
		return err
	}
	c := pooled.Hijack()
	defer func() { _ = c.Close(context.WithoutCancel(ctx)) }() // it listens for nobody any more
	if _, err := c.Exec(ctx, "listen "+wakeChannel); err != nil {
		return fmt.Errorf("listen for other servers: %w", err)
	}
	for {
		n, err := c.WaitForNotification(ctx)
		if err != nil {
			return fmt.Errorf("listen for other servers: %w", err)
		}
		hear(n.Payload)
	}
}
