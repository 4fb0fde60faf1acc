"""Settings that cannot be: the command line says which and what to do, and never what was given."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def test_a_setting_that_cannot_be_is_named_in_one_line(tmp_path: Path) -> None:
    wrong = {"LITINK_API_PORT": "eighty", "LITINK_OPENROUTER_API_KEY": "two words", "LITINK_HOME": str(tmp_path)}
    litink = Path(sys.executable).with_name("litink")
    done = subprocess.run([litink, "doctor"], env={**os.environ, **wrong}, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "LITINK_API_PORT: " in done.stderr
    assert "LITINK_OPENROUTER_API_KEY: must be one word" in done.stderr
    assert "two words" not in done.stderr
    assert "eighty" not in done.stderr
