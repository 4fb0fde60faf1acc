#!/usr/bin/env bash
# Makes an empty virtual environment in .venv with Python 3.11; what goes into it is the Makefile's business.
# PYTHON=/path/to/python3.11 names the interpreter; without it the usual names are tried.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
    printf 'setup: %s\n' "$@" >&2
    exit 1
}

is_3_11() { "$1" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; }

python=""
for candidate in ${PYTHON:+"$PYTHON"} python3.11 python3 /usr/bin/python3.11; do
    if is_3_11 "$candidate"; then
        python=$candidate
        break
    fi
    [ "$candidate" != "${PYTHON:-}" ] || fail "PYTHON=$PYTHON is not Python 3.11."
done
[ -n "$python" ] || fail "Python 3.11 was not found." \
    "On Debian 12: apt-get install python3 python3-venv. Elsewhere: install Python 3.11 and run make PYTHON=/path/to/python3.11 setup."

"$python" -c 'import ensurepip, venv' 2>/dev/null || fail "$python cannot make virtual environments." \
    "On Debian 12: apt-get install python3-venv."

"$python" -m venv --clear .venv || fail "The virtual environment could not be made in $PWD/.venv: see the lines above."
