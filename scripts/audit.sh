#!/bin/sh
# Runs the public audits of GraphQL over HTTP against a running server; fails below 61 of 61.
# usage: scripts/audit.sh [URL]
set -eu
cd "$(dirname "$0")/audit"
[ -d node_modules ] || npm ci --silent --no-audit --no-fund
exec node audit.mjs "${1:-http://localhost:8080/graphql}"
