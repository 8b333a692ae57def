#!/usr/bin/env bash
# Builds .venv with everything in requirements.lock, and Homeward itself. Called by `make setup`.
# PYTHON=python3.12 chooses another Python. Package indexes are taken from pip's and uv's own settings.
set -euo pipefail
cd "$(dirname "$0")/.."

may_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

find_python() {
    local name
    for name in ${PYTHON:-python3.11 python3.12 python3.13 python3.14 python3}; do
        # A shim of pyenv may stand in the way and not lead anywhere, so ask it.
        if "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null; then
            echo "$name"
            return
        fi
    done
    echo "Homeward needs Python 3.11 to 3.14, and found none of: ${PYTHON:-python3.11 … python3.14}." >&2
    echo "Install one (Debian, Ubuntu: apt-get install python3 python3-venv), or name it: make setup PYTHON=…" >&2
    return 1
}

make_environment() {
    local python version
    python=$(find_python)
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        version=$("$python" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')
        if may_install; then
            apt-get update -qq && apt-get install -y -qq "$version-venv"
        else
            echo "$python cannot make virtual environments: install the package $version-venv first." >&2
            return 1
        fi
    fi
    echo "Making .venv with $("$python" --version)"
    "$python" -m venv --clear .venv
}

if ! .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    make_environment
fi

# uv installs the rest in seconds; pip brings it, in the version and with the hashes of the lock.
if ! .venv/bin/uv --version >/dev/null 2>&1; then
    wanted=$(mktemp)
    trap 'rm -f "$wanted"' EXIT
    awk '/^[^ ]/ { uv = /^uv==/ } uv' requirements.lock >"$wanted"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$wanted"
fi

indexes=$(.venv/bin/python tools/indexes.py)
eval "$indexes"
export VIRTUAL_ENV="$PWD/.venv"
.venv/bin/uv pip install --quiet --require-hashes -r requirements.lock
.venv/bin/uv pip install --quiet --no-deps --editable .
echo "All is installed in .venv"
