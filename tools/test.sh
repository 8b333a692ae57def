#!/usr/bin/env bash
# Runs the whole suite in two halves at once, each on a database of its own: browser tests, and all others. Called by
# `make test`; what the browser tests said follows when the others are done.
set -euo pipefail
cd "$(dirname "$0")/.."
python=.venv/bin/python
said=$(mktemp)
trap 'rm -f "$said"' EXIT

HOMEWARD_TEST_DB=test_homeward_browser "$python" -m pytest -m browser >"$said" 2>&1 &
browser=$!
trap 'kill "$browser" 2>/dev/null; rm -f "$said"' INT TERM
failed=0
"$python" -m pytest -m "not browser" || failed=1
wait "$browser" || failed=1
cat "$said"
exit "$failed"
