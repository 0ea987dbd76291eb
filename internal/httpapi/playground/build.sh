#!/bin/sh
# Builds the playground's page from web/ into dist/, which is committed: run it after every change under web/.
# It needs Node 20 or later and npm's registry; the Go build needs neither.
set -eu
cd "$(dirname "$0")/web"
npm ci --ignore-scripts --no-audit --no-fund
npm run build
# The server sends these as they are; -n keeps names and times out, so the same source gives the same bytes.
gzip -9 -n ../dist/assets/* ../dist/licenses.txt
