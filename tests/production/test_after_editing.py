"""What is made again after an edit, counted: the real families and engines on a story of three short chapters.

Results are shared by all books of the database, so no two tests edit the story in the same way.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from litink.library import edits
from litink.library.editing import Edited, StoryEditor
from litink.library.pronunciations import dictionary
from litink.production import checks
from litink.production.engines import LOCAL_NARRATOR
from litink.production.film import FILM, VTT
from litink.production.studio import Studio
from litink.settings import Settings
from litink.story.edits.kinds import EDIT
from litink.story.model import Line
from tests.production.test_after_correcting import SOUND, Book

pytestmark = pytest.mark.engines

STORY = """\
Chapter One

Snow fell on the forest at night. Agnes held up her lantern.

“Who goes there?” asked Agnes.

Chapter Two

In the morning the kitchen was warm, and the kettle sang on the stove.

“Only a badger,” said Agnes.

“I do not like badgers,” said Walter, and he shut the door.

Chapter Three

The harbour lay under fog. No boat had gone out since Sunday.

“We wait,” said Walter. “The fog will lift.”
"""


class Edits:
    """A story that is made, and edits of it."""

    def __init__(self, studio: Studio, folder: Path) -> None:
        self.book = Book(studio, folder, story=STORY)
        self.editor = StoryEditor(
            studio.engine, studio.objects, lambda book: {v.id: v.name for v in studio.engines.voices(book.tier)}
        )
        self.book.make()
        self.before = {asset: self.book.items(asset) for asset in ("audio", "clips", "scene_images", "scripts")}

    def add(self, *wanted: dict[str, Any]) -> Edited:
        parsed = [EDIT.validate_python(edit) for edit in wanted]
        return self.editor.add(self.book.record, parsed, self.book.record.owner_id, None)

    def undo(self) -> Edited:
        return self.editor.undo(self.book.record, self.book.record.owner_id, None)

    def line(self, says: str) -> tuple[str, Line]:
        """The line that begins so, and its chapter."""
        scripts = self.book.studio.production(self.book.id).scripts
        return next(
            (key, line)
            for key, script in scripts.items()
            for scene in script.scenes
            for line in scene.lines
            if line.text.startswith(says)
        )

    def changed(self, asset: str) -> set[str]:
        """The items of an asset that have another content than at first."""
        now = self.book.items(asset)
        return {key for key, sha in now.items() if sha != self.before[asset].get(key)}

    def character(self, name: str) -> str:
        cast = self.book.studio.production(self.book.id).cast
        return next(character.id for character in cast.characters if character.name == name)


@pytest.fixture(scope="module")
def studio(settings: Settings, engine: Engine) -> Iterator[Studio]:
    with Studio.opened(settings) as studio:
        yield studio


@pytest.fixture
def story(studio: Studio, tmp_path: Path) -> Edits:
    return Edits(studio, tmp_path)


def test_a_line_worded_anew_is_spoken_and_filmed_alone(story: Edits) -> None:
    chapter, line = story.line("“Only a badger")
    story.add({"edit": "line", "chapter": chapter, "line": line.id, "set": {"text": "“Just an old badger,”"}})
    assert story.line("“Just an old")[1].by_person
    assert story.changed("scripts") == {chapter}  # at once, before anything is made
    assert story.book.calls() == {"audio": 1, "lipsync": 1, "clips": 1, "film": 4, **SOUND}
    assert story.changed("audio") == {f"{chapter}/{line.id}"}
    production = story.book.studio.production(story.book.id)
    assert "old badger" in production.objects.get(production.done("film")[VTT].blob_sha or "").decode()
    assert [check.passed for check in checks.coverage(production)] == [True]
    story.undo()
    assert story.book.calls() == {}  # all of it is known
    assert story.changed("scripts") == story.changed("clips") == set()


def test_a_line_taken_out_and_one_put_in_leave_every_sentence_counted(story: Edits) -> None:
    chapter, gone = story.line("The harbour")
    _, wait = story.line("“We wait")
    story.add(
        {"edit": "line_removed", "chapter": chapter, "line": gone.id},
        {"edit": "line_added", "chapter": chapter, "after": wait.id, "text": "Nobody answered.", "speaker": None},
    )
    made = story.book.calls()
    assert made["audio"] == 1  # the new line; the others are as they were
    assert "scripts" not in made
    production = story.book.studio.production(story.book.id)
    assert [cut.reason for cut in production.scripts[chapter].cuts] == ["Taken out by hand."]
    assert [check.passed for check in checks.coverage(production)] == [True]
    assert f"{chapter}/{gone.id}" not in story.book.items("audio")


def test_another_voice_is_heard_in_the_lines_of_its_character_alone(story: Edits) -> None:
    walter = story.character("Walter")
    lines = {
        f"{key}/{line.id}": scene.id
        for key, script in story.book.studio.production(story.book.id).scripts.items()
        for scene in script.scenes
        for line in scene.lines
        if line.speaker == walter
    }
    assert lines
    used = {
        item.meta["voice"] for item in story.book.studio.production(story.book.id).items("audio") if item.key in lines
    }
    other = next(
        v.id
        for v in story.book.studio.engines.voices(story.book.record.tier)
        if v.gender == "male" and v.id not in used | {LOCAL_NARRATOR}
    )
    story.add({"edit": "voice", "character": walter, "voice": other})
    made = story.book.calls()
    scenes = set(lines.values())
    lips = made.pop("lipsync")  # of whoever is seen near by when they speak
    assert 0 < lips <= len(scenes)
    assert made == {"audio": len(lines), "clips": len(scenes), "film": made["film"], **SOUND}
    assert story.changed("audio") == set(lines)
    assert story.changed("clips") == set(lines.values())
    story.undo()
    assert story.book.calls() == {}  # the voice that the part had is back
    assert story.changed("audio") == set()


def test_a_pronunciation_is_heard_in_the_lines_that_have_the_word_alone(story: Edits) -> None:
    chapter, line = story.line("“I do not like badgers")
    badger = f"{story.line('“Only a badger')[0]}/{story.line('“Only a badger')[1].id}"
    story.add(
        {"edit": "pronunciation", "word": "badgers", "say": "bad jers", "ipa": "ˈbædʒɜːz"},
        {"edit": "pronunciation", "word": "Zanzibar", "say": "Zan zee bar"},
    )
    made = story.book.calls()
    assert made == {"audio": 1, "lipsync": 1, "clips": 1, "film": made["film"], **SOUND}
    assert story.changed("audio") == {f"{chapter}/{line.id}"}  # and not badger's
    assert badger not in story.changed("audio")
    production = story.book.studio.production(story.book.id)
    assert "badgers" in production.objects.get(production.done("film")[VTT].blob_sha or "").decode()
    with production.engine.connect() as connection:
        listed = dictionary(connection, story.book.record, production.objects)
    assert [(entry.word, entry.lines) for entry in listed] == [("badgers", 1), ("Zanzibar", 0)]
    story.add({"edit": "pronunciation", "word": "badgers", "say": None})
    assert story.book.calls() == {}  # as it was spoken before
    assert story.changed("audio") == set()


def test_another_take_changes_one_picture_and_its_clip(story: Edits) -> None:
    scenes = story.book.studio.production(story.book.id).scenes
    scene = next(scene for found in scenes.values() for scene in found if scene.shots[0].figures)
    shot = scene.shots[0].id
    story.add({"edit": "picture", "asset": "scene_images", "key": shot, "take": 1})
    assert story.book.calls() == {"scene_images": 1, "clips": 1, "film": 1}
    assert story.changed("scene_images") == {shot}
    assert story.changed("clips") == {scene.id}


def test_a_renamed_character_touches_the_chapters_that_it_is_in(story: Edits) -> None:
    agnes = story.character("Agnes")
    story.add({"edit": "character", "character": agnes, "set": {"name": "Agatha"}})
    made = story.book.calls()
    assert "characters" not in made  # patched, not made
    assert "audio" not in made
    assert made["scripts"] == made["scenes"] == 2  # the third chapter does without her
    production = story.book.studio.production(story.book.id)
    renamed = production.characters[agnes]
    assert (renamed.name, renamed.aliases) == ("Agatha", ("Agnes",))
    third = production.chapters[2].key
    assert not any(key.startswith(third) for key in story.changed("scene_images") | story.changed("clips"))
    story.undo()
    assert story.book.calls() == {}
    assert story.changed("clips") == set()


def test_a_place_called_otherwise_redoes_nothing(studio: Studio, tmp_path: Path) -> None:
    tavern = "Hugh went into the tavern. The tavern was dark. Hugh came out of the tavern and locked the tavern.\n"
    book = Book(studio, tmp_path, story=f"Chapter One\n\n{tavern}\n“It is late,” said Hugh.\n")
    book.make()
    assert book.calls() == {}
    production = studio.production(book.id)
    [place] = production.cast.entities
    [[scene]] = production.scenes.values()
    assert (place.name, scene.location) == ("the tavern", place.id)
    editor = StoryEditor(studio.engine, studio.objects, lambda tier: {})
    wanted = {"edit": "character", "character": place.id, "set": {"name": "The Ship", "description": ["Dark."]}}
    editor.add(book.record, [EDIT.validate_python(wanted)], book.record.owner_id, None)
    assert [e.name for e in studio.production(book.id).cast.entities] == ["The Ship"]
    assert book.calls() == {}


def test_edits_survive_that_their_script_is_made_anew_and_tell_when_they_do_not_fit(story: Edits) -> None:
    chapter, kept = story.line("“I do not like")
    _, lost = story.line("“Only a badger")
    story.add(
        {"edit": "line", "chapter": chapter, "line": kept.id, "set": {"emotion": "fear", "intensity": 8}},
        {"edit": "line", "chapter": chapter, "line": lost.id, "set": {"delivery": "whispered"}},
    )
    production = story.book.studio.production(story.book.id)
    quotation = next(q for q in production.cast.quotations if q.text.startswith("“Only a badger"))
    split = {"chapter": chapter, "start": quotation.start, "end": quotation.end}
    # The narrator reads it now: it stands in one line with what is told around it.
    after = story.add({"edit": "speaker", "speaker": None, "quotations": [split]})
    assert after.conflicts == {}
    assert story.book.calls()["scripts"] == 1
    emotion = story.line("“I do not like")[1]
    assert (emotion.emotion, emotion.intensity) == ("fear", 8)
    stands = story.editor.edited(story.book.record)
    assert list(stands.conflicts) == [2]
    assert "script" in stands.conflicts[2] or "reads otherwise" in stands.conflicts[2]
    given_up = story.editor.give_up(story.book.record, 2, story.book.record.owner_id, None)
    assert given_up.conflicts == {}
    assert [made.state for made in given_up.edits] == ["in_force", "dropped", "in_force"]


def test_the_film_is_whole_after_all_of_it(story: Edits) -> None:
    """Every kind at once, made to the end."""
    production = story.book.studio.production(story.book.id)
    chapter, line = story.line("“Who goes")
    scene = production.scripts[chapter].scenes[0]
    shot = production.scenes[chapter][0].shots[0]
    voices = production.engines.voices(production.tier)
    story.add(
        {"edit": "character", "character": story.character("Walter"), "set": {"age": "old", "look": {"hat": "bowler"}}},
        {"edit": "plot", "set": {"logline": "A badger comes to the door.", "genre": "fable"}},
        {"edit": "line", "chapter": chapter, "line": line.id, "set": {"speaker": None}},
        {"edit": "script_scene", "chapter": chapter, "scene": scene.id, "set": {"mood": "fearful", "title": "Snow"}},
        {"edit": "scene", "chapter": chapter, "scene": scene.id, "set": {"props": ["lamp"], "weather": "storm"}},
        {"edit": "shot", "chapter": chapter, "shot": shot.id, "set": {"size": "close_up"}},
        {"edit": "voice", "character": None, "voice": voices[1].id},
        {"edit": "picture", "asset": "character_images", "key": story.character("Agnes"), "words": "in a red coat"},
    )
    story.book.calls()
    production = story.book.studio.production(story.book.id)
    assert production.plot.logline.text == "A badger comes to the door."
    assert production.scenes[chapter][0].shots[0].size == "close_up"
    assert {m.meta["voice"] for m in production.items("audio") if m.meta["speaker"] is None} == {voices[1].id}
    assert production.done("film")[FILM].meta["missing"] == []
    assert story.editor.edited(story.book.record).conflicts == {}
    with production.engine.connect() as connection:
        assert len(edits.all_of(connection, story.book.id)) == 8
    assert story.book.calls() == {}
