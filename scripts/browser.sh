#!/usr/bin/env bash
# Puts Debian's Chromium where the browser tests look for it, if this user may; says so if not, and never fails.
set -euo pipefail

for name in chromium chromium-browser; do
    if command -v "$name" >/dev/null; then exit 0; fi
done

skip() { echo "setup: browser tests will be skipped: $1" >&2; exit 0; }

command -v apt-get >/dev/null || skip "there is no Chromium, and no apt-get to install it with"
[ "$(id -u)" -eq 0 ] || skip "there is no Chromium; as root: apt-get install chromium"

echo "setup: installing Chromium"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
{ apt-get update && apt-get install --yes --no-install-recommends chromium; } >"$log" 2>&1 \
    || skip "apt-get could not install Chromium: $(grep -m 1 '^E:' "$log" || tail -n 1 "$log")"
