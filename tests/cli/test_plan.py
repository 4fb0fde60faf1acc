"""``litink plan`` and ``litink backfill``: what they say of a book that is there, and of what makes no sense."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine

from litink.objects import Objects
from litink.settings import Settings
from tests.made_books import Maker


@pytest.fixture
def maker(engine: Engine, settings: Settings, tmp_path: Path) -> Maker:
    return Maker(engine, Objects.from_settings(settings), tmp_path)


def litink(settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("LITINK_")}
    own = {"LITINK_HOME": str(settings.home), "LITINK_POSTGRES_PORT": str(settings.postgres_port)}
    command = [sys.executable, "-m", "litink", *arguments]
    return subprocess.run(command, env=bare | own, capture_output=True, text=True, check=False)


def test_a_plan_is_told_to_programs_and_to_people_and_applied_on_request(settings: Settings, maker: Maker) -> None:
    book = maker.finished()
    told = litink(settings, "plan", str(book.id), "--asset", "film", "--json")
    assert told.returncode == 0, told.stderr
    plan = json.loads(told.stdout)
    assert (plan["book_id"], plan["state"], plan["options"]["assets"]) == (str(book.id), "open", ["film"])
    assert {item["state"] for item in plan["items"]} <= {"stale", "missing", "may_follow", "surplus"}

    shown = litink(settings, "plan", str(book.id))
    assert shown.returncode == 0, shown.stderr
    assert book.title in shown.stdout

    applied = json.loads(litink(settings, "plan", str(book.id), "--asset", "film", "--apply", "--json").stdout)
    assert (applied["plan_id"], applied["state"]) == (plan["plan_id"], "applied")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["plan", "A Book That Is Not There"], "litink status"),
        (["backfill"], "Say one thing"),
        (["backfill", "--asset", "film"], "scene_images"),
        (["backfill", "--asset", "audio", "--with", "voice.model"], "NAME=VALUE"),
        (["backfill", "--pause", "yesterday"], "no backfill's id"),
    ],
)
def test_what_makes_no_sense_is_told_in_a_sentence(
    settings: Settings, maker: Maker, arguments: list[str], told: str
) -> None:
    answer = litink(settings, *arguments)
    assert answer.returncode == 2
    assert told in answer.stderr
    assert "Traceback" not in answer.stderr


def test_backfills_say_what_they_would_redo_and_how_far_they_are(settings: Settings, maker: Maker) -> None:
    dry = litink(settings, "backfill", "--asset", "scene_images", "--dry-run", "--json")
    assert dry.returncode == 0, dry.stderr
    assert json.loads(dry.stdout)["asset"] == "scene_images"
    status = litink(settings, "backfill", "--status", "--json")
    assert isinstance(json.loads(status.stdout), list)
