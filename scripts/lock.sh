#!/usr/bin/env bash
# Makes both locks anew from pyproject.toml with uv: requirements.lock is what the product needs,
# requirements-test.lock only what the tests need beyond it. Versions already locked are kept; --upgrade moves on.
set -euo pipefail
cd "$(dirname "$0")/.."

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

uv=$(command -v uv) || {
    .venv/bin/python -m venv "$scratch/uv"
    "$scratch/uv/bin/pip" install --quiet --disable-pip-version-check "uv>=0.9"
    uv=$scratch/uv/bin/uv
}

compile() { # OUTPUT ARGUMENT...: hashes, no addresses, no comments
    "$uv" pip compile pyproject.toml --quiet --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-header --no-annotate --output-file "$@"
}

# Both are made before either replaces the old one.
cp requirements.lock "$scratch/product.lock"
compile "$scratch/product.lock" --extra build "$@"
cat "$scratch/product.lock" requirements-test.lock >"$scratch/all.lock"
compile "$scratch/all.lock" --extra build --extra test --constraint "$scratch/product.lock" "$@"

# An entry is a line that starts with NAME==VERSION and the indented hashes below it.
awk 'NR == FNR { if (/^[^ #]/) have[$1]; next }
     /^[^ #]/ { wanted = !($1 in have) }
     wanted' "$scratch/product.lock" "$scratch/all.lock" >"$scratch/test.lock"

mv "$scratch/product.lock" requirements.lock
mv "$scratch/test.lock" requirements-test.lock
chmod 644 requirements.lock requirements-test.lock
