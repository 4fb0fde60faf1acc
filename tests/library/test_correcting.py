"""Correcting a book on the shelf: what is kept, what is refused, and what two people at once see of each other."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from litink.books.corrections import Join, Move, Rename, SetKind, Split
from litink.books.model import SectionKind
from litink.db.schema import corrections, ledger
from litink.errors import LitinkError, Refused, TransientFailure
from litink.generation import records
from litink.generation.generate import Generator
from litink.generation.model import Owned
from litink.library import reading, repository
from litink.library.corrections import MOST, Editor, Structure
from litink.library.repository import BookRecord
from litink.library.shelf import Shelf
from litink.objects import Objects
from tests.made_books import TEXT, Maker

THREE = (
    TEXT + "\n# Chapter 3. The Name\n\nNobody said the name aloud. The sea said it all winter.\n\nThen it was spring.\n"
)


@pytest.fixture
def maker(engine: Engine, objects: Objects, tmp_path: Path) -> Maker:
    return Maker(engine, objects, tmp_path)


@pytest.fixture
def editor(engine: Engine, objects: Objects) -> Editor:
    return Editor(engine, objects)


@pytest.fixture
def book(maker: Maker) -> BookRecord:
    return maker.add(text=THREE)


@pytest.fixture
def now(engine: Engine) -> Callable[[BookRecord], BookRecord]:
    def read(book: BookRecord) -> BookRecord:
        with engine.connect() as connection:
            record = repository.get_book(connection, book.id)
        assert record is not None
        return record

    return read


def titles(structure: Structure) -> list[str]:
    return [section.title for section in structure.book.sections]


def states(structure: Structure) -> list[str]:
    return [correction.state for correction in structure.corrections]


def keys(structure: Structure) -> list[str]:
    return [section.key for section in structure.book.sections]


def test_a_correction_is_kept_and_the_book_is_worked_on_as_a_new_revision(
    editor: Editor, book: BookRecord, now: Callable[[BookRecord], BookRecord], engine: Engine
) -> None:
    first = editor.structure(book)
    corrected = editor.correct(book, [Rename(section=keys(first)[1], title="The Skiff")], book.owner_id, None)
    assert titles(corrected)[1] == "The Skiff"
    assert editor.structure(book) == corrected
    assert corrected.version != first.version
    assert [(c.number, c.summary, c.author, c.state) for c in corrected.corrections] == [
        (1, "“Chapter 2. The Boat” renamed to “The Skiff”", "local", "in_force")
    ]
    after = now(book)
    assert (after.revision, after.state) == (2, "queued")
    with engine.connect() as connection:
        assert [s.title for s in repository.sections_of(connection, book.id)] == titles(corrected)
        assert repository.events_after(connection, book.id, 0)[-1].data["state"] == "queued"
        spent = select(func.count()).where(ledger.c.book_id == book.id, ledger.c.model == "corrections")
        assert connection.execute(spent).scalar() == 1


def test_a_correction_without_effect_changes_nothing(
    editor: Editor, book: BookRecord, now: Callable[[BookRecord], BookRecord]
) -> None:
    first = editor.structure(book)
    one, _, three = keys(first)
    same = [
        Rename(section=one, title=titles(first)[0]),
        SetKind(section=one, kind=SectionKind.CHAPTER),
        Move(section=three),
        Move(section=one, before=one),
    ]
    assert editor.correct(book, same, book.owner_id, None) == first
    assert now(book).revision == 1


def test_corrections_that_cancel_out_are_entered_and_give_no_work(
    editor: Editor, book: BookRecord, now: Callable[[BookRecord], BookRecord]
) -> None:
    first = editor.structure(book)
    there_and_back = [Rename(section=keys(first)[0], title=title) for title in ("A", titles(first)[0])]
    after = editor.correct(book, there_and_back, book.owner_id, None)
    assert (after.book, states(after)) == (first.book, ["in_force", "in_force"])
    assert after.version != first.version
    assert now(book).revision == 1


def test_undoing_and_redoing_go_back_and_forth_and_a_new_correction_ends_the_way_forth(
    editor: Editor, book: BookRecord
) -> None:
    first = editor.structure(book)
    one, two, _ = keys(first)
    editor.correct(book, [Rename(section=one, title="A"), Rename(section=two, title="B")], book.owner_id, None)
    assert titles(editor.undo(book, None))[:2] == ["A", titles(first)[1]]
    back = editor.undo(book, None)
    assert (back.book, states(back)) == (first.book, ["undone", "undone"])
    assert titles(editor.redo(book, None))[0] == "A"
    after = editor.correct(book, [Rename(section=two, title="C")], book.owner_id, None)
    assert (titles(after)[:2], states(after)) == (["A", "C"], ["in_force", "dropped", "in_force"])
    with pytest.raises(LitinkError) as nothing:
        editor.redo(book, None)
    assert nothing.value.code == "nothing-to-redo"
    editor.undo(book, None)
    editor.undo(book, None)
    with pytest.raises(LitinkError) as nothing:
        editor.undo(book, None)
    assert nothing.value.code == "nothing-to-undo"
    assert titles(editor.redo(book, None))[0] == "A"
    assert titles(editor.redo(book, None))[1] == "C"


def test_all_corrections_of_a_list_are_made_or_none(
    editor: Editor, book: BookRecord, now: Callable[[BookRecord], BookRecord]
) -> None:
    first = editor.structure(book)
    with pytest.raises(Refused):
        editor.correct(book, [Rename(section=keys(first)[0], title="A"), Join(section="c0")], book.owner_id, None)
    assert editor.structure(book) == first
    assert now(book).revision == 1


def test_later_corrections_of_a_list_see_what_the_earlier_ones_did(editor: Editor, book: BookRecord) -> None:
    first = editor.structure(book)
    last = first.book.sections[2]
    split = Split(section=last.key, offset=last.blocks[1].start, title="Spring")
    tail = keys(editor.correct(book, [split], book.owner_id, None, keep=False))[3]
    made = editor.correct(book, [split, Rename(section=tail, title="In Spring")], book.owner_id, None)
    kept = made.corrections[0].correction
    assert isinstance(kept, Split)
    assert kept.begins == "Then it was spring."  # by which the place is found again
    assert titles(made)[2:] == ["Chapter 3. The Name", "In Spring"]
    assert [s.number for s in made.book.sections] == [1, 2, 3, 4]


def test_a_trial_tells_what_would_come_of_it_and_keeps_nothing(
    editor: Editor, book: BookRecord, now: Callable[[BookRecord], BookRecord], engine: Engine, objects: Objects
) -> None:
    first = editor.structure(book)
    before = {path for path in Path(str(objects._folder)).rglob("*") if path.is_file()}
    wanted = [Join(section=keys(first)[0])]
    trial = editor.correct(book, wanted, book.owner_id, {first.version}, keep=False)
    assert len(trial.book.sections) == 2
    assert editor.structure(book) == first
    assert now(book).revision == 1
    assert {path for path in Path(str(objects._folder)).rglob("*") if path.is_file()} == before
    made = editor.correct(book, wanted, book.owner_id, {first.version})
    assert (made.book, made.version) == (trial.book, trial.version)


def test_whoever_looks_at_an_older_state_is_told_what_changed(editor: Editor, book: BookRecord) -> None:
    first = editor.structure(book)
    one, two, _ = keys(first)
    editor.correct(book, [Rename(section=one, title="A")], book.owner_id, {first.version})
    with pytest.raises(LitinkError, match=r"“Chapter 1\. The Lamp” renamed to “A”") as changed:
        editor.correct(book, [Rename(section=two, title="B")], book.owner_id, {first.version})
    assert changed.value.code == "corrected-meanwhile"
    for act in (editor.undo, editor.redo):
        with pytest.raises(LitinkError) as changed:
            act(book, {first.version, "9" * 5000, "x"})
        assert changed.value.code == "corrected-meanwhile"
    assert titles(editor.structure(book))[:2] == ["A", "Chapter 2. The Boat"]


def test_of_two_at_the_same_moment_one_is_made_and_the_other_told(editor: Editor, book: BookRecord) -> None:
    first = editor.structure(book)
    told: list[str] = []
    start = threading.Barrier(2)

    def act(key: str) -> None:
        start.wait()
        try:
            editor.correct(book, [Rename(section=key, title="Mine")], book.owner_id, {first.version})
            told.append("made")
        except LitinkError as error:
            told.append(error.code)

    threads = [threading.Thread(target=act, args=(key,)) for key in keys(first)[:2]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["corrected-meanwhile", "made"]
    assert titles(editor.structure(book)).count("Mine") == 1


class TestChosenChapters:
    def test_the_numbers_asked_for_mean_the_new_numbering(self, editor: Editor, maker: Maker) -> None:
        book = maker.add(text=THREE, chapters="1-2")
        first = editor.structure(book)
        one, two, three = keys(first)
        assert first.chosen == {one, two}
        moved = editor.correct(book, [Move(section=three, before=one)], book.owner_id, None)
        assert moved.chosen == {three, one}

    def test_none_left_is_refused(self, editor: Editor, maker: Maker) -> None:
        book = maker.add(text=THREE, chapters="3")
        first = editor.structure(book)
        with pytest.raises(Refused, match=r"\(3\)") as refused:
            editor.correct(book, [Join(section=keys(first)[1])], book.owner_id, None)
        assert refused.value.code == "correction-leaves-nothing"
        assert editor.structure(book) == first

    def test_a_book_without_chapters_is_refused(self, editor: Editor, book: BookRecord) -> None:
        first = editor.structure(book)
        away = [SetKind(section=key, kind=SectionKind.FRONT_MATTER) for key in keys(first)]
        with pytest.raises(Refused) as refused:
            editor.correct(book, away, book.owner_id, None)
        assert refused.value.code == "correction-leaves-nothing"


class TestTheReadingItself:
    def test_it_is_kept_beside_the_corrected_book(self, editor: Editor, book: BookRecord, engine: Engine) -> None:
        first = editor.structure(book)
        editor.correct(book, [Join(section=keys(first)[0])], book.owner_id, None)
        with engine.connect() as connection:
            items = {item.key: item for item in records.items_of(connection, book.id, reading.CHAPTERS)}
        assert list(items) == [reading.READING_KEY, reading.BOOK_KEY]
        assert items["reading"].blob_sha != items["book"].blob_sha
        assert items["reading"].version == 1
        assert items["book"].version == 2
        back = editor.undo(book, None)
        assert back.book == first.book

    def test_while_the_file_is_being_read_a_correction_waits_its_turn(
        self, book: BookRecord, engine: Engine, objects: Objects
    ) -> None:
        editor = Editor(engine, objects, patience_seconds=1)
        owned = Owned(book.owner_id, book.id, book.tier)
        with (
            Generator(engine, objects, 1).lock(owned, reading.CHAPTERS),
            pytest.raises(TransientFailure, match="try again") as busy,
        ):
            editor.correct(book, [Rename(section="c", title="x")], book.owner_id, None)
        assert busy.value.code == "asset-in-work"

    def test_no_more_corrections_than_a_book_takes(self, editor: Editor, book: BookRecord) -> None:
        one = keys(editor.structure(book))[0]
        editor.correct(book, [Rename(section=one, title=f"A {n}") for n in range(MOST)], book.owner_id, None)
        with pytest.raises(Refused) as refused:
            editor.correct(book, [Rename(section=one, title="B")], book.owner_id, None)
        assert refused.value.code == "too-many-corrections"


def test_corrections_go_with_their_book(editor: Editor, book: BookRecord, engine: Engine, objects: Objects) -> None:
    editor.correct(book, [Join(section=keys(editor.structure(book))[0])], book.owner_id, None)
    Shelf(engine, objects).remove(book)
    with engine.connect() as connection:
        rows = select(func.count()).select_from(corrections).where(corrections.c.book_id == book.id)
        assert connection.execute(rows).scalar() == 0
    with pytest.raises(LitinkError) as gone:
        editor.undo(book, None)
    assert gone.value.code == "no-such-book"
