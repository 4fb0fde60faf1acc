"""Every file knows where it comes from: text, recipe, makers, inputs, calls, edits, and all that it rests on."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from litink.db.schema import payments
from litink.errors import PermanentFailure
from litink.library.editing import StoryEditor
from litink.production.export import export_book
from litink.production.names import line_key
from litink.production.provenance import BookProvenance
from litink.production.studio import Studio
from litink.story.edits.kinds import EDIT
from tests.production.plan.conftest import Story

pytestmark = [pytest.mark.engines, pytest.mark.timeout(600)]


def book_of(story: Story) -> BookProvenance:
    return BookProvenance(story.studio.production(story.id))


def test_a_spoken_line_names_its_words_its_voice_and_its_price(kept: Story) -> None:
    production = kept.studio.production(kept.id)
    chapter, script = next(iter(production.scripts.items()))
    line = next(line for scene in script.scenes for line in scene.lines if line.speaker)
    found = book_of(kept).of("audio", line_key(chapter, line.id))
    (span,) = found.source.spans
    text = next(section.text for section in production.chapters if section.key == chapter)
    assert text[span.start : span.end] == line.text
    assert found.made_by
    assert "ElevenLabs" in found.made_by
    assert not found.fallback
    (call,) = found.calls
    assert (call.provider, call.outcome, call.paid) == ("elevenlabs", "done", True)
    assert found.cost_usd == call.cost_usd > 0
    with production.engine.connect() as connection:
        sent = select(payments.c.fingerprint).where(payments.c.cache_key == found.cache_key)
        assert call.request_sha256 in connection.execute(sent).scalars().all()
    assert {(one.asset, one.key) for one in found.made_from} == {
        ("chapters", "book"),
        ("characters", "cast"),
        ("scripts", chapter),
    }
    assert all(one.version == 1 for one in found.made_from)


def test_a_picture_rests_on_portraits_scenes_and_the_book(kept: Story) -> None:
    production, book = kept.studio.production(kept.id), book_of(kept)
    shot = next(s for scenes in production.scenes.values() for scene in scenes for s in scene.shots if s.figures)
    chain = {(one.asset, one.key) for one in book.chain("scene_images", shot.id)}
    drawn = production.done("character_images")
    assert {("character_images", f.character) for f in shot.figures if f.character in drawn} <= chain
    assert {("characters", "cast"), ("chapters", "book"), ("chapters", "reading")} <= chain
    assert not any(asset in ("audio", "clips", "film") for asset, _ in chain)


def test_the_version_that_it_was_made_from_is_told_after_a_newer_one_came(story: Story) -> None:
    production = story.studio.production(story.id)
    chapter, script = next(iter(production.scripts.items()))
    first, other = [line for scene in script.scenes for line in scene.lines][:2]
    change = {"edit": "line", "chapter": chapter, "line": first.id, "set": {"text": "Quite other words."}}
    editor = StoryEditor(story.studio.engine, story.studio.objects, lambda _: {})
    editor.add(story.record, [EDIT.validate_python(change)], story.owner, None)
    book = book_of(story)
    script_now = book.of("scripts", chapter)
    assert script_now.version == 2
    assert script_now.generated_sha256 != script_now.sha256
    assert [edit.number for edit in script_now.edits] == [1]
    made_before = book.of("audio", line_key(chapter, other.id))
    assert {one.version for one in made_before.made_from if one.asset == "scripts"} == {1}


def test_what_is_not_there_has_no_provenance(kept: Story) -> None:
    with pytest.raises(PermanentFailure, match="not been made"):
        book_of(kept).of("film", "film.mp4")


def test_the_manifest_tells_where_every_exported_file_comes_from(studio: Studio, tmp_path: Path) -> None:
    story, folder = Story(studio, tmp_path), tmp_path / "out"
    story.work(film=True)
    export_book(studio.production(story.id), folder)
    spent = story.spent()
    manifest = json.loads((folder / "manifest.json").read_text())
    named = {file["name"] for file in manifest["files"]}
    own = {"book.json", "costs.json", "manifest.json"}
    assert named | own == {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    for file in manifest["files"]:
        assert hashlib.sha256((folder / file["name"]).read_bytes()).hexdigest() == file["sha256"]
        assert file["provenance"]["made_from"]
    items = manifest["items"]
    assert "chapters/reading" in items
    assert items["chapters/book"]["made_from"] == ["chapters/reading"]
    film = next(file for file in manifest["files"] if file["name"] == "film.mp4")
    clips = [f"{one['asset']}/{one['key']}" for one in film["provenance"]["made_from"] if one["asset"] == "clips"]
    assert clips
    assert all(items[clip]["made_from"] for clip in clips)
    shots = [file for file in manifest["files"] if file["name"].startswith("storyboard/")]
    cost = sum(Decimal(str(file["provenance"]["cost_usd"])) for file in shots)
    assert cost == spent["scene_images"]
