#!/usr/bin/env bash
# Sees to it that there is a Chromium with Chinese and Japanese letters for the browser tests. Called by `make test`.
set -euo pipefail

has_browser() {
    [ -n "${HOMEWARD_CHROMIUM:-}" ] || command -v chromium || command -v chromium-browser || command -v google-chrome
}
has_letters() { ! command -v fc-list || fc-list :lang=zh-cn family | grep -q .; }

if has_browser >/dev/null && has_letters >/dev/null; then
    exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing Chromium for the browser tests"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk fontconfig
    exit 0
fi
echo "The browser tests need Chromium and letters for Chinese and Japanese:" >&2
echo "    sudo apt-get install chromium fonts-noto-cjk       (Debian, Ubuntu; else name one with HOMEWARD_CHROMIUM)" >&2
if [ "${CI:-}" = true ]; then
    exit 1
fi
echo "They are skipped this time if there is no Chromium at all." >&2
