"""``litink sweep``: what would go is told first, then it goes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from uuid import uuid4

import pytest

from litink.objects import Objects
from litink.settings import Settings


def litink(settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("LITINK_")}
    own = {"LITINK_HOME": str(settings.home), "LITINK_POSTGRES_PORT": str(settings.postgres_port)}
    command = [sys.executable, "-m", "litink", *arguments]
    return subprocess.run(command, env=bare | own, capture_output=True, text=True, check=False)


@pytest.mark.usefixtures("engine")
def test_a_sweep_is_told_and_done(settings: Settings) -> None:
    objects = Objects.from_settings(settings)
    sha = objects.put(uuid4().bytes)
    os.utime(settings.objects_dir / sha[:2] / sha, (0, 0))
    told = litink(settings, "sweep", "--dry-run", "--json")
    assert told.returncode == 0, told.stderr
    counted = json.loads(told.stdout)
    assert counted["dry_run"]
    assert counted["unrecorded"]["count"] >= 1
    assert counted["bytes"] >= 16
    assert objects.has(sha)
    done = litink(settings, "sweep")
    assert done.returncode == 0, done.stderr
    assert "bytes that were never recorded" in done.stdout
    assert not objects.has(sha)
