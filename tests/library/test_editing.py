"""Editing a finished book: what stands at once, what is refused, versions and branches, and two people at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, delete, update

from litink.db.schema import items
from litink.errors import LitinkError, Refused, TransientFailure
from litink.generation import contents, records
from litink.library import repository
from litink.library.branches import Branches
from litink.library.editing import Edited, StoryEditor
from litink.library.repository import BookRecord
from litink.library.shelf import Shelf
from litink.objects import Objects
from litink.story.edits.kinds import EDIT
from litink.story.model import Cast, Script
from tests.made_books import Maker

VOICES = {"v:one": "One", "v:two": "Two"}


class Desk:
    """Somebody who edits a book."""

    def __init__(self, engine: Engine, objects: Objects, book: BookRecord) -> None:
        self.engine, self.objects, self.book = engine, objects, book
        self.editor = StoryEditor(engine, objects, lambda _: VOICES)
        self.branches = Branches(engine, objects)
        self.chapter = self.keys("scripts")[0]

    def keys(self, asset: str) -> list[str]:
        with self.engine.connect() as connection:
            return [item.key for item in records.items_of(connection, self.book.id, asset)]

    def stands(self) -> Edited:
        return self.editor.edited(self.book)

    def add(self, *wanted: dict[str, Any], seen: str | None = None, keep: bool = True) -> Edited:
        parsed = [EDIT.validate_python(edit) for edit in wanted]
        return self.editor.add(self.book, parsed, self.book.owner_id, {seen} if seen else None, keep=keep)

    def undo(self) -> Edited:
        return self.editor.undo(self.book, self.book.owner_id, None)

    def redo(self) -> Edited:
        return self.editor.redo(self.book, self.book.owner_id, None)

    def item(self, asset: str, key: str) -> records.ItemRecord:
        with self.engine.connect() as connection:
            found = records.item_of(connection, self.book.id, asset, key)
        assert found is not None
        return found

    def script(self) -> Script:
        return Script.model_validate_json(self.objects.get(self.item("scripts", self.chapter).blob_sha or ""))

    def first(self) -> str:
        return self.script().scenes[0].lines[0].text

    def words(self, text: str) -> dict[str, Any]:
        """The edit that words the first line so."""
        return {"edit": "line", "chapter": self.chapter, "line": "l1", "set": {"text": text}}

    def revision(self) -> int:
        with self.engine.connect() as connection:
            record = repository.get_book(connection, self.book.id)
        assert record is not None
        return record.revision


@pytest.fixture
def desk(engine: Engine, objects: Objects, tmp_path: Path) -> Desk:
    return Desk(engine, objects, Maker(engine, objects, tmp_path).finished())


GENERATED = "The lamp on the Point went out at nine."


def test_an_edit_stands_at_once_and_the_book_is_worked_on_as_a_new_revision(desk: Desk) -> None:
    before = desk.item("scripts", desk.chapter)
    after = desk.add(desk.words("The lamp died."))
    assert desk.first() == "The lamp died."
    now = desk.item("scripts", desk.chapter)
    assert (now.generated, now.version, now.state, now.cost_usd) == (before.blob_sha, 2, "done", before.cost_usd)
    assert desk.revision() == 2
    (made,) = after.edits
    assert (made.number, made.author, made.state, after.conflicts) == (1, "local", "in_force", {})
    assert made.summary.endswith("reads “The lamp died.”")
    assert desk.stands() == after


def test_undo_and_redo_go_back_and_forth_and_a_new_edit_ends_the_way_forth(desk: Desk) -> None:
    desk.add(desk.words("A."), desk.words("B."))
    desk.undo()
    assert desk.first() == "A."
    desk.undo()
    assert desk.first().startswith(GENERATED)
    assert desk.item("scripts", desk.chapter).generated_sha is None
    desk.redo()
    assert desk.first() == "A."
    after = desk.add(desk.words("C."))
    assert [made.state for made in after.edits] == ["in_force", "dropped", "in_force"]
    with pytest.raises(LitinkError) as nothing:
        desk.redo()
    assert nothing.value.code == "nothing-to-redo"
    desk.undo()
    desk.undo()
    with pytest.raises(LitinkError) as nothing:
        desk.undo()
    assert nothing.value.code == "nothing-to-undo"


def test_all_edits_of_a_list_are_made_or_none_and_later_ones_see_the_earlier(desk: Desk) -> None:
    with pytest.raises(Refused):
        desk.add(desk.words("A."), {"edit": "line_removed", "chapter": desk.chapter, "line": "l99"})
    assert (desk.stands().edits, desk.revision()) == ((), 1)
    assert desk.first().startswith(GENERATED)
    desk.add(desk.words("A."), {**desk.words("B."), "was": "A."})
    assert desk.first() == "B."


def test_an_edit_without_effect_is_not_entered(desk: Desk) -> None:
    same = desk.words(desk.first())
    again = {"edit": "character", "character": "mara-quill", "set": {"name": "Mara Quill"}}
    nothing = {"edit": "picture", "asset": "character_images", "key": "mara-quill"}
    assert desk.add(same, again, nothing, {"edit": "voice", "character": None, "voice": None}).edits == ()
    assert desk.revision() == 1


def test_a_trial_tells_what_would_come_of_it_and_keeps_nothing(desk: Desk) -> None:
    files = {path for path in Path(str(desk.objects._folder)).rglob("*") if path.is_file()}
    trial = desk.add(desk.words("A."), keep=False)
    assert [made.summary for made in trial.edits] != []
    assert desk.first().startswith(GENERATED)
    assert (desk.stands().edits, desk.revision()) == ((), 1)
    assert {path for path in Path(str(desk.objects._folder)).rglob("*") if path.is_file()} == files
    assert desk.add(desk.words("A.")).version == trial.version


def at_once(desk: Desk, *acts: Callable[[Desk], object]) -> None:
    """Each act at the same moment, by somebody with a connection of their own."""
    start = threading.Barrier(len(acts))
    engines = [create_engine(desk.engine.url) for _ in acts]

    def run(own: Engine, act: Callable[[Desk], object]) -> None:
        one = Desk(own, desk.objects, desk.book)
        start.wait()
        act(one)

    threads = [threading.Thread(target=run, args=pair) for pair in zip(engines, acts, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for own in engines:
        own.dispose()


class TestTwoPeople:
    def test_whoever_looks_at_an_older_state_is_told_what_changed(self, desk: Desk) -> None:
        seen = desk.stands().version
        desk.add(desk.words("A."), seen=seen)
        with pytest.raises(LitinkError, match=r"reads “A\.”") as changed:
            desk.add({"edit": "plot", "set": {"tone": "loud"}}, seen=seen)
        assert changed.value.code == "edited-meanwhile"
        for act in (desk.editor.undo, desk.editor.redo):
            with pytest.raises(LitinkError) as changed:
                act(desk.book, desk.book.owner_id, {seen})
            assert changed.value.code == "edited-meanwhile"

    def test_of_two_at_the_same_moment_one_is_made_and_the_other_told(self, desk: Desk) -> None:
        """Each on a connection of their own to the same line: none is lost without a word."""
        seen = desk.stands().version
        told: list[str] = []

        def act(one: Desk, text: str) -> None:
            try:
                one.add(one.words(text), seen=seen)
                told.append(text)
            except LitinkError as error:
                told.append(error.code)

        at_once(desk, *(partial(act, text=f"{n}.") for n in range(2)))
        told.sort()
        assert told[1] == "edited-meanwhile"
        assert desk.first() == told[0]
        assert len(desk.stands().edits) == 1

    def test_edits_of_two_who_do_not_mind_each_other_both_stand(self, desk: Desk) -> None:
        second = {"edit": "line", "chapter": desk.chapter, "line": "l2", "set": {"text": "B."}}
        at_once(desk, lambda one: one.add(one.words("A.")), lambda one: one.add(second))
        assert [line.text for line in desk.script().scenes[0].lines][:2] == ["A.", "B."]
        assert [made.number for made in desk.stands().edits] == [1, 2]


class TestConflicts:
    def test_an_edit_of_what_is_gone_is_kept_told_and_can_be_given_up(self, desk: Desk) -> None:
        first = desk.add(desk.words("A."), {"edit": "plot", "set": {"tone": "loud"}})
        with desk.engine.begin() as connection:  # the chapter is none of those that are made any more
            connection.execute(delete(items).where(items.c.book_id == desk.book.id, items.c.asset == "scripts"))
        stands = desk.stands()
        assert list(stands.conflicts) == [1]
        assert "not in the book" in stands.conflicts[1]
        assert stands.version != first.version
        with pytest.raises(LitinkError) as held:
            desk.editor.give_up(desk.book, 2, desk.book.owner_id, None)
        assert held.value.code == "edit-in-force"
        after = desk.editor.give_up(desk.book, 1, desk.book.owner_id, None)
        assert (after.conflicts, [made.state for made in after.edits]) == ({}, ["dropped", "in_force"])

    def test_a_voice_that_is_offered_no_more_and_a_picture_that_is_gone(self, desk: Desk) -> None:
        shot = next(key for key in desk.keys("scene_images") if key.endswith("-s1-1"))
        desk.add(
            {"edit": "voice", "character": "mara-quill", "voice": "v:one"},
            {"edit": "picture", "asset": "scene_images", "key": shot, "take": 2},
        )
        assert desk.stands().conflicts == {}
        poorer = StoryEditor(desk.engine, desk.objects, lambda _: {"v:two": "Two"})
        assert "not offered" in poorer.edited(desk.book).conflicts[1]
        with desk.engine.begin() as connection:
            connection.execute(delete(items).where(items.c.book_id == desk.book.id, items.c.key == shot))
        assert list(desk.stands().conflicts) == [2]


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"edit": "voice", "character": "mara-quill", "voice": "v:nobody"}, "edit-no-voice"),
        ({"edit": "voice", "character": "nobody", "voice": "v:one"}, "edit-no-target"),
        ({"edit": "picture", "asset": "scene_images", "key": "title", "take": 1}, "edit-no-target"),
        ({"edit": "picture", "asset": "character_images", "key": "nobody", "take": 1}, "edit-no-target"),
        ({"edit": "line", "chapter": "c0", "line": "l1", "set": {"text": "A."}}, "edit-no-target"),
        ({"edit": "version", "asset": "plot_overview", "key": "plot", "version": 9}, "edit-no-target"),
    ],
)
def test_what_makes_no_sense_is_refused(desk: Desk, wanted: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        desk.add(wanted)
    assert refused.value.code == code
    assert desk.stands().edits == ()


def test_a_line_can_only_be_given_to_somebody_of_the_cast(desk: Desk) -> None:
    give = {"edit": "line", "chapter": desk.chapter, "line": "l1"}
    with pytest.raises(Refused, match="nobody"):
        desk.add({**give, "set": {"speaker": "nobody"}})
    desk.add({**give, "set": {"speaker": "old-tobit"}})
    assert desk.script().scenes[0].lines[0].speaker == "old-tobit"


def test_what_is_being_made_is_edited_in_a_moment(desk: Desk) -> None:
    with desk.engine.begin() as connection:
        connection.execute(
            update(items).where(items.c.book_id == desk.book.id, items.c.asset == "scripts").values(state="running")
        )
    with pytest.raises(TransientFailure) as busy:
        desk.add(desk.words("A."))
    assert busy.value.code == "asset-in-work"


class TestVersions:
    def test_every_content_has_a_number_an_author_and_its_edit(self, desk: Desk) -> None:
        desk.add(desk.words("A."))
        desk.undo()
        found = desk.branches.versions(desk.book, "scripts", desk.chapter)
        assert [(v.number, v.author, v.edit, v.name) for v in found] == [
            (3, "local", 1, None),
            (2, "local", 1, None),
            (1, "generated", None, None),
        ]
        assert found[0].blob_sha == found[2].blob_sha

    def test_two_are_compared_by_lines(self, desk: Desk) -> None:
        desk.add(desk.words("A."))
        (*_, text) = desk.branches.compare(desk.book, "scripts", desk.chapter, 1, 2)
        assert text.path[-3:-1] == ("lines", "l1")
        changes = {d.path[-1]: d.after for d in desk.branches.compare(desk.book, "scripts", desk.chapter, 1, 2)}
        assert changes == {"text": "A.", "by_person": True}
        with pytest.raises(LitinkError) as none:
            desk.branches.compare(desk.book, "scripts", desk.chapter, 1, 9)
        assert none.value.code == "no-such-version"

    def test_an_old_one_is_put_in_force_and_edited_further(self, desk: Desk) -> None:
        desk.add(desk.words("A."))
        desk.add(desk.words("B."))
        restore = {"edit": "version", "asset": "scripts", "key": desk.chapter, "version": 2}
        desk.add(restore)
        assert desk.first() == "A."
        desk.add({"edit": "line", "chapter": desk.chapter, "line": "l2", "set": {"text": "C."}})
        assert [line.text for line in desk.script().scenes[0].lines][:2] == ["A.", "C."]
        desk.undo()
        desk.undo()
        assert desk.first() == "B."

    def test_a_branch_has_its_own_versions_and_the_other_one_is_gone_back_to(self, desk: Desk) -> None:
        desk.add(desk.words("A."))
        begun = desk.branches.begin(desk.book, "scripts", desk.chapter, "Shorter", desk.book.owner_id)
        assert [(v.number, v.name, v.author) for v in begun][:2] == [(3, "Shorter", "local"), (2, None, "local")]
        desk.add(desk.words("Short."))
        versions = desk.branches.versions(desk.book, "scripts", desk.chapter)
        assert [(v.number, v.name) for v in versions] == [(4, "Shorter"), (3, "Shorter"), (2, None), (1, None)]
        with pytest.raises(Refused) as taken:
            desk.branches.begin(desk.book, "scripts", desk.chapter, "shorter", desk.book.owner_id)
        assert taken.value.code == "branch-exists"

        desk.add({"edit": "version", "asset": "scripts", "key": desk.chapter, "version": 2})
        assert desk.first() == "A."
        assert desk.branches.versions(desk.book, "scripts", desk.chapter)[0].name is None
        back = desk.add({"edit": "version", "asset": "scripts", "key": desk.chapter, "version": 4})
        assert "“Shorter”" in back.edits[-1].summary
        assert desk.first() == "Short."
        assert desk.branches.versions(desk.book, "scripts", desk.chapter)[0].name == "Shorter"
        desk.undo()
        assert desk.first() == "A."
        assert desk.branches.versions(desk.book, "scripts", desk.chapter)[0].name is None

    def test_what_cannot_be_edited_has_none(self, desk: Desk) -> None:
        for asset, key in (("film", "film.mp4"), ("scripts", "c0")):
            with pytest.raises(LitinkError) as none:
                desk.branches.versions(desk.book, asset, key)
            assert none.value.code == "not-made-yet"


def test_edits_and_their_bytes_go_with_the_book(desk: Desk) -> None:
    desk.add(desk.words("A line that no other book has."))
    sha = desk.item("scripts", desk.chapter).blob_sha or ""
    with desk.engine.connect() as connection:
        assert contents.versions_of(connection, desk.book.id, "scripts", desk.chapter)
    Shelf(desk.engine, desk.objects).remove(desk.book)
    assert not desk.objects.has(sha)
    with pytest.raises(LitinkError) as gone:
        desk.undo()
    assert gone.value.code == "no-such-book"


def test_a_renamed_character_is_read_under_the_new_name(desk: Desk) -> None:
    desk.add({"edit": "character", "character": "mara-quill", "set": {"name": "Mara Quinn", "age": "adult"}})
    cast = Cast.model_validate_json(desk.objects.get(desk.item("characters", "cast").blob_sha or ""))
    assert (cast.characters[0].name, cast.characters[0].aliases) == ("Mara Quinn", ("Mara Quill", "Mara"))
    assert desk.item("characters", "cast").meta["characters"] == 2
