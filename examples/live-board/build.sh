#!/bin/sh
# Builds the board into dist/, which is committed, and the types of what it asks for from the schema: run it after changes of src/ or of the schema.
# It needs Node 20 or later and npm's registry; the Go build needs neither.
set -eu
cd "$(dirname "$0")"
npm ci --ignore-scripts --no-audit --no-fund
npm run build
