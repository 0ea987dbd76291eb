package main

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
)

// settings are what `serve` reads from the environment. A value may also come from a file: NAME_FILE names it.
type settings struct {
	DatabaseURL    string        `env:"DATABASE_URL"`
	Secret         string        `env:"LEADGRAPH_SECRET"`
	PreviousSecret string        `env:"LEADGRAPH_SECRET_PREVIOUS"`
	Addr           string        `env:"LEADGRAPH_ADDR" envDefault:":8080"`
	URL            string        `env:"LEADGRAPH_URL"`
	Origins        []string      `env:"LEADGRAPH_ORIGINS"`
	Conns          int32         `env:"LEADGRAPH_DB_CONNS"`
	Pooler         bool          `env:"LEADGRAPH_DB_POOLER"`
	Jobs           bool          `env:"LEADGRAPH_JOBS" envDefault:"true"`
	RateCost       int           `env:"LEADGRAPH_RATE_COST" envDefault:"20000"`
	RateRestore    int           `env:"LEADGRAPH_RATE_RESTORE" envDefault:"1000"`
	Subscriptions  int           `env:"LEADGRAPH_SUBSCRIPTIONS" envDefault:"1000"`
	Drain          time.Duration `env:"LEADGRAPH_DRAIN" envDefault:"20s"`
	LogLevel       string        `env:"LEADGRAPH_LOG_LEVEL" envDefault:"info"`
	OIDCKeys       string        `env:"LEADGRAPH_OIDC_JWKS_URL"`
	OIDCIssuer     string        `env:"LEADGRAPH_OIDC_ISSUER"`
	OIDCAudience   string        `env:"LEADGRAPH_OIDC_AUDIENCE"`
	OTLP           string        `env:"OTEL_EXPORTER_OTLP_ENDPOINT"`
	NATSURL        string        `env:"NATS_URL"`
	NATSServe      string        // the address to serve NATS at: `serve --nats`

	dev  *devMode // nil in production
	pace pace
}

// pace is how long things may take, and last, that no operator need set: what is usual where zero. Tests, which run beside others, give more.
type pace struct {
	operation, connection time.Duration // to end it, and to wait for one
	token                 time.Duration // that it is good for
}

// readSettings reads the environment and says all that is wrong with it.
func readSettings() (settings, error) {
	var s settings
	environ := env.ToMap(os.Environ())
	for name, file := range environ {
		base, ok := strings.CutSuffix(name, "_FILE")
		if !ok || environ[base] != "" || !strings.HasPrefix(base, "LEADGRAPH_") && base != "DATABASE_URL" && base != "NATS_URL" {
			continue
		}
		b, err := os.ReadFile(file)
		if err != nil {
			return s, fmt.Errorf("read %s: %w", name, err)
		}
		environ[base] = strings.TrimSpace(string(b))
	}
	if err := env.ParseWithOptions(&s, env.Options{Environment: environ}); err != nil {
		return s, fmt.Errorf("read the environment: %w", err)
	}
	return s, nil
}

// check says all that keeps the settings from serving.
func (s *settings) check() error {
	var all []error
	if s.DatabaseURL == "" {
		all = append(all, errors.New("DATABASE_URL is missing: the address of a PostgreSQL database, such as postgres://user:password@host/leadgraph"))
	}
	if len(s.Secret) < 32 {
		all = append(all, errors.New("LEADGRAPH_SECRET is missing or shorter than 32 characters: `openssl rand -base64 32` makes one"))
	}
	if (s.OIDCKeys == "") != (s.OIDCIssuer == "") || (s.OIDCKeys == "") != (s.OIDCAudience == "") {
		all = append(all, errors.New("LEADGRAPH_OIDC_JWKS_URL, _ISSUER and _AUDIENCE go together"))
	}
	if s.Subscriptions < 1 {
		all = append(all, errors.New("LEADGRAPH_SUBSCRIPTIONS is a number above 0: the connections and subscriptions that one caller may have on one server"))
	}
	if s.RateCost < 1 || s.RateRestore < 1 {
		all = append(all, errors.New("LEADGRAPH_RATE_COST and LEADGRAPH_RATE_RESTORE are points above 0"))
	}
	return errors.Join(all...)
}

// keepSecret reads the secret of a dev folder, or makes it: tokens and cursors outlive a restart.
func keepSecret(dir string) (string, error) {
	file := filepath.Join(dir, "secret")
	b, err := os.ReadFile(file)
	if err == nil && len(b) >= 32 {
		return string(b), nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("read the secret: %w", err)
	}
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails
	secret := base64.RawURLEncoding.EncodeToString(raw)
	return secret, os.WriteFile(file, []byte(secret), 0o600)
}
