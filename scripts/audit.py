"""Asks an index of advisories about every package of both locks: fails where one is known to be vulnerable.

Where no index can be reached that is said, and is no failure. Options are pip-audit's own, as ``--ignore-vuln ID``.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCKS = (ROOT / "requirements.lock", ROOT / "requirements-test.lock")
KNOWN = "pip"  # whatever index there is has it
PROBE_SECONDS, SECONDS = 12, 600
USAGE = 2  # the exit code of a command that was not understood


class NoAnswer(Exception):
    """pip-audit told nothing; its last words."""


def main(options: Sequence[str]) -> int:
    try:
        if not _reached(options):
            _say("audit: skipped: no index of advisories can be reached")
            return 0
        found = _asked([part for lock in LOCKS for part in ("-r", str(lock))], options, SECONDS)
    except NoAnswer as error:
        _say(f"audit: failed: {error.args[0]}")
        return 1
    unknown = [package["name"] for package in found if "skip_reason" in package]
    wrong = [
        f"{package['name']} {package['version']}: {one['id']}, mended in {', '.join(one['fix_versions']) or 'none'}"
        for package in found
        for one in package.get("vulns", ())
    ]
    for line in wrong:
        _say(f"audit: {line}")
    told = f", {len(unknown)} unknown to the index: {', '.join(unknown)}" if unknown else ""
    _say(f"audit: {len(found) - len(unknown)} packages looked up, {len(wrong)} advisories{told}")
    return 1 if wrong else 0


def _reached(options: Sequence[str]) -> bool:
    """Whether there is an index that answers, and knows anything: one that says “not found” to all is none.

    Raises NoAnswer where that is not the index's fault.
    """
    if find_spec("pip_audit") is None:
        raise NoAnswer("pip-audit is not installed; `make test` does")
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as one:
        one.write(f"{KNOWN}==25.0\n")
        one.flush()
        try:
            found = _asked(["-r", one.name], options, PROBE_SECONDS)
        except NoAnswer as error:
            if error.args[1:] == (USAGE,):
                raise
            return False
    return not any("skip_reason" in package for package in found)


def _asked(requirements: Sequence[str], options: Sequence[str], seconds: float) -> list[dict[str, Any]]:
    """What pip-audit says of each package. Raises NoAnswer with its last words and exit code."""
    fixed = ("--no-deps", "--disable-pip", "--timeout", "5", "--progress-spinner", "off", "--format", "json")
    command = [sys.executable, "-m", "pip_audit", *requirements, *fixed, *options]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=seconds)
    except subprocess.TimeoutExpired:
        raise NoAnswer(f"nothing came within {seconds:.0f} seconds") from None
    try:
        dependencies: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except json.JSONDecodeError:
        raise NoAnswer(done.stderr.strip().rpartition("\n")[2], done.returncode) from None
    return dependencies


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
