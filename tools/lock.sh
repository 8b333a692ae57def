#!/usr/bin/env bash
# Writes requirements.lock anew from pyproject.toml, for every system and Python, with hashes.
# Called by `make lock`; it keeps the versions that it has where they fit, unless UPGRADE=1.
set -euo pipefail
cd "$(dirname "$0")/.."
# An extra index of this machine may hold fewer files of a version than the main one, and the lock would have only those.
indexes=$(.venv/bin/python tools/indexes.py | grep -v -e ' UV_INDEX' -e ' UV_FIND_LINKS' || true)
eval "$indexes"
.venv/bin/uv pip compile pyproject.toml --group dev --all-extras --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-emit-find-links --no-header --quiet ${UPGRADE:+--upgrade} --output-file requirements.lock
if grep -nE '://|^--|@ file' requirements.lock; then
    echo "requirements.lock names a place that only this machine may know" >&2
    exit 1
fi
