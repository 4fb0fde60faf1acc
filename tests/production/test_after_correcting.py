"""What is made again after a correction, counted: the real families and engines on a story of four short chapters.

Results are shared by all books of the database, so no two tests correct the story in the same way.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, insert

from litink.books.corrections import Correction, Join, Move, Rename, SetKind, Split
from litink.books.model import SectionKind
from litink.db.schema import corrections
from litink.errors import PermanentFailure
from litink.generation.generate import Generator
from litink.generation.model import Made, Outcome, Owned, Purpose, Task
from litink.library import reading, repository
from litink.library.corrections import Editor, Structure
from litink.library.options import MakeOptions
from litink.library.shelf import Shelf
from litink.production import stages
from litink.production.film import FILM
from litink.production.graph import FAMILIES
from litink.production.studio import Studio
from litink.production.text import cast_of
from litink.settings import Settings
from litink.story.model import Cast, Character, Quotation
from tests.books.sections import book as book_of

pytestmark = pytest.mark.engines

STORY = """\
Chapter One

Rain fell on the forest at night. Martha held up her lantern.

“Who is there?” asked Martha.

Chapter Two

In the morning the kitchen was warm, and the kettle sang on the stove.

“Only a fox,” said Martha.

The fox looked in at the window of the kitchen and went away again.

“It will come back,” said Martha, and she put out a bowl of milk.

Chapter Three

The harbour lay under fog. No boat had gone out since Sunday.

“We wait,” said Martha. “The fog will lift.”

Chapter Four

At noon the church was empty. Martha lit a candle by the altar.

“For the fox,” said Martha.
"""
PARAGRAPH_OF_THE_SPLIT = 2


class Book:
    """A story on the shelf, and what is done to it."""

    def __init__(self, studio: Studio, folder: Path, options: MakeOptions | None = None, *, story: str = STORY) -> None:
        path = folder / "story.txt"
        path.write_text(story, encoding="utf-8")
        with studio.engine.begin() as connection:
            owner = repository.local_user(connection)
        shelf = Shelf(studio.engine, studio.objects)
        self.record = shelf.add(path, filename=path.name, owner_id=owner, options=options or MakeOptions())
        self.id: UUID = self.record.id
        self.studio, self.editor = studio, Editor(studio.engine, studio.objects)

    def sections(self) -> list[str]:
        return [section.key for section in self.editor.structure(self.record).book.sections]

    def correct(self, *wanted: Correction) -> Structure:
        return self.editor.correct(self.record, wanted, self.record.owner_id, None)

    def make(self) -> dict[str, Outcome]:
        return {name: self.studio.materialise(self.id, name)[1] for name in FAMILIES}

    def calls(self) -> dict[str, int]:
        """Make everything, and how many calls that took, asset by asset; nothing where none."""
        made = self.make()
        assert not any(outcome.failures for outcome in made.values())
        return {name: outcome.calls for name, outcome in made.items() if outcome.calls}

    def items(self, asset: str) -> dict[str, str | None]:
        production = self.studio.production(self.id)
        return {item.key: item.blob_sha for item in production.items(asset)}

    def chapters_of_the_film(self) -> list[str]:
        item = self.studio.production(self.id).done("film")[FILM]
        return [chapter["title"] for chapter in item.meta["chapters"]]


@pytest.fixture(scope="module")
def studio(settings: Settings, engine: Engine) -> Iterator[Studio]:
    with Studio.opened(settings) as studio:
        yield studio


@pytest.fixture
def book(studio: Studio, tmp_path: Path) -> Book:
    book = Book(studio, tmp_path)
    book.make()
    assert book.calls() == {}
    return book


SOUND = {"audiobook": 1, "read_along": 1}
WHOLE_BOOK = {"characters": 1, "cross_references": 1, "plot_overview": 1, "film": 4, **SOUND}  # calls


class TestWhatIsMadeAgain:
    """Whatever is not listed took no call: it was kept, or known from before."""

    def test_renamed_only_what_shows_the_title(self, book: Book) -> None:
        two = book.sections()[1]
        pictures = book.items("scene_images")
        book.correct(Rename(section=two, title="The Kitchen"))
        assert book.calls() == {
            "scripts": 1,  # which carries the title
            "scene_images": 1,  # its card
            "clips": 1,
            "film": 1,  # joined anew; the captions stay
            "audiobook": 1,
            "read_along": 1,
        }
        changed = {key for key, sha in book.items("scene_images").items() if sha != pictures[key]}
        assert changed == {f"card-{two}"}
        assert book.chapters_of_the_film() == ["Chapter One", "The Kitchen", "Chapter Three", "Chapter Four"]
        book.editor.undo(book.record, None)
        assert book.calls() == {}  # all of it is known
        assert book.chapters_of_the_film()[1] == "Chapter Two"

    def test_moved_the_film_is_joined_in_another_order_and_the_book_is_understood_anew(self, book: Book) -> None:
        one, two, three, four = book.sections()
        clips = book.items("clips")
        book.correct(Move(section=four, before=one))
        # Cast, references and plot are of the whole book in its order; nothing that is made of a chapter is touched.
        assert book.calls() == WHOLE_BOOK
        assert book.items("clips") == clips
        assert list(book.items("scripts")) == [four, one, two, three]
        assert book.chapters_of_the_film() == ["Chapter Four", "Chapter One", "Chapter Two", "Chapter Three"]

    def test_taken_for_back_matter_its_items_go_and_the_others_stay(self, book: Book) -> None:
        three = book.sections()[2]
        before = {asset: book.items(asset) for asset in FAMILIES}
        book.correct(SetKind(section=three, kind=SectionKind.BACK_MATTER))
        assert book.calls() == WHOLE_BOOK
        for asset in ("passages", "scripts", "scenes", "scene_images", "audio", "clips"):
            left = {key: sha for key, sha in before[asset].items() if three not in key}
            assert left != before[asset]
            assert book.items(asset) == left
        assert book.chapters_of_the_film() == ["Chapter One", "Chapter Two", "Chapter Four"]
        book.editor.undo(book.record, None)
        assert book.calls() == {}
        assert {asset: book.items(asset) for asset in FAMILIES} == before

    def test_split_only_the_two_new_chapters(self, book: Book) -> None:
        two = book.editor.structure(book.record).book.sections[1]
        cut = two.blocks[PARAGRAPH_OF_THE_SPLIT].start
        book.correct(Split(section=two.key, offset=cut, title="The Fox"))
        made = book.calls()
        assert {name: made[name] for name in ("passages", "scripts", "scenes")} == {
            "passages": 2,
            "scripts": 2,
            "scenes": 2,
        }
        assert "audio" not in made  # the same lines in the same voices
        parts = book.sections()[1:3]
        production = book.studio.production(book.id)
        shots = {shot.id for part in parts for scene in production.scenes[part] for shot in scene.shots}
        assert made["scene_images"] <= len(shots) + 1  # the first part's card is known
        assert made["clips"] <= sum(len(production.scenes[part]) for part in parts) + 1
        assert book.chapters_of_the_film()[1:3] == ["Chapter Two", "The Fox"]
        assert [len(production.scripts[key].cuts) for key in parts] == [0, 0]

    def test_joined_only_the_chapter_that_came_of_it(self, book: Book) -> None:
        book.correct(Join(section=book.sections()[1]))
        made = book.calls()
        assert {name: made[name] for name in ("passages", "scripts", "scenes")} == {
            "passages": 1,
            "scripts": 1,
            "scenes": 1,
        }
        assert made["audio"] == 1  # the heading that now stands inside
        assert book.chapters_of_the_film() == ["Chapter One", "Chapter Two", "Chapter Four"]


def test_only_the_chapters_asked_for_are_made_by_their_new_numbers(studio: Studio, tmp_path: Path) -> None:
    book = Book(studio, tmp_path, MakeOptions(chapters="1"))
    book.make()
    one, two, *_ = book.sections()
    book.correct(Move(section=two, before=one))
    book.make()
    assert book.chapters_of_the_film() == ["Chapter Two"]
    assert list(book.items("scripts")) == [two]


class TestReadAgain:
    """A book that an older reader read: without the last paragraph of the second chapter, under another title."""

    @pytest.fixture
    def aged(self, studio: Studio, tmp_path: Path) -> Book:
        book = Book(studio, tmp_path)
        now = book.editor.structure(book.record).book
        two = now.sections[1]
        last = two.blocks[-1]
        was = two.model_copy(
            update={"text": two.text[: last.start - 2], "blocks": two.blocks[:-1], "key": "c0ld", "title": "Two"}
        )
        old = now.model_copy(update={"sections": (now.sections[0], was, *now.sections[2:])})
        first = reading.reading_task(book.record.source_sha, book.record.filename, None, lambda: old)
        first = dataclasses.replace(first, recipe={"reader": 0})
        second = reading.book_task(first, (), lambda: old)
        with studio.engine.begin() as connection:
            owned = Owned(book.record.owner_id, book.id, book.record.tier)
            made = [(first, reading.as_read(old)), (second, reading.as_corrected(old, (), 0))]
            reading.put(connection, owned, studio.objects, made)
        return book

    def test_keys_and_corrections_hold_and_what_fits_no_more_is_told(self, aged: Book) -> None:
        one, two, three, four = aged.sections()
        assert two == "c0ld"
        old = aged.editor.structure(aged.record).book.sections[1]
        aged.correct(
            Rename(section=two, title="The Kitchen"),
            Split(section=two, offset=old.blocks[2].start, title="The Fox"),
            Rename(section=one, title="The Forest"),
        )
        with aged.studio.engine.begin() as connection:
            repository.reopen(connection, aged.id)
        outcome = aged.studio.materialise(aged.id, "chapters")[1]
        assert outcome.calls == 2  # read, and corrected
        now = aged.editor.structure(aged.record)
        assert [s.title for s in now.book.sections] == [
            "The Forest",
            "The Kitchen",
            "The Fox",
            "Chapter Three",
            "Chapter Four",
        ]
        assert now.book.sections[2].text.endswith("a bowl of milk.")  # which the older reader did not read
        assert [s.key for s in now.book.sections[3:]] == [three, four]
        assert now.conflicts == {}
        with aged.studio.engine.connect() as connection:
            assert [s.title for s in repository.sections_of(connection, aged.id)] == [
                s.title for s in now.book.sections
            ]
            record = repository.get_book(connection, aged.id)
        assert record is not None
        assert record.word_count == now.book.word_count
        assert aged.studio.materialise(aged.id, "chapters")[1].calls == 0  # and stays so

    def test_a_correction_that_fits_no_more_is_kept_and_told(self, aged: Book) -> None:
        one, two, *_ = aged.sections()
        aged.correct(Rename(section=one, title="The Forest"))
        lost = Split(section=two, offset=4, title="x", begins="Words that were read wrongly")
        with aged.studio.engine.begin() as connection:
            connection.execute(
                insert(corrections).values(
                    owner_id=aged.record.owner_id,
                    book_id=aged.id,
                    number=2,
                    correction=lost.model_dump(mode="json"),
                    summary="“Two” split",
                    state="in_force",
                    author="local",
                )
            )
        aged.studio.materialise(aged.id, "chapters")
        now = aged.editor.structure(aged.record)
        assert now.conflicts == {2: "A section can only be split where one of its paragraphs begins."}
        assert [c.state for c in now.corrections] == ["in_force", "in_force"]
        assert now.book.sections[0].title == "The Forest"
        assert aged.editor.undo(aged.record, None).conflicts == {}


def test_how_sure_the_book_is_of_a_speaker_makes_no_script_stale() -> None:
    """The certainty of one quotation rests on all others, so that any correction anywhere shifts it a little."""
    section = book_of(("One", "“Wait,” said Ann.")).sections[0]

    def cast(confidence: float) -> Cast:
        said = Quotation(
            chapter=section.key, start=0, end=7, text="“Wait,”", speaker="ann", method="tag", confidence=confidence
        )
        return Cast(characters=(Character(id="ann", name="Ann"),), quotations=(said,))

    assert cast_of(section, cast(0.81)) == cast_of(section, cast(0.82))


class TestTheSameWordsTwice:
    """Results are shared by what they are made of: chapters of the same words are still chapters of their own."""

    TEXT = ("chapters", "characters", "plot_overview", "scripts", "scenes")

    def test_in_one_book(self, studio: Studio, tmp_path: Path) -> None:
        refrain = "The bell rang over the empty quay. Nobody came, and the gulls sat on the rail."
        story = "\n\n".join(f"Chapter {n}\n\n{refrain}" for n in ("One", "Two"))
        book = Book(studio, tmp_path, story=story)
        book.correct(*(Rename(section=key, title="The Bell") for key in book.sections()))
        for asset in self.TEXT:
            studio.materialise(book.id, asset)
        production = studio.production(book.id)
        assert {key: script.chapter for key, script in production.scripts.items()} == {k: k for k in book.sections()}
        pictures = [task.key for task in FAMILIES["scene_images"].tasks(production)]
        assert len(set(pictures)) == len(pictures)

    def test_in_another_book_under_another_key(self, studio: Studio, tmp_path: Path) -> None:
        plain = Book(studio, tmp_path)
        joined = Book(studio, tmp_path)
        one, two, *_ = joined.sections()
        joined.correct(Join(section=one))
        part = joined.editor.structure(joined.record).book.sections[0]
        cut = next(block.start for block in part.blocks if part.block_text(block) == "Chapter Two")
        joined.correct(Split(section=part.key, offset=cut, title="Chapter Two"))
        for book in (plain, joined):
            for asset in self.TEXT:
                studio.materialise(book.id, asset)
        texts = [[chapter.text for chapter in studio.production(book.id).chapters] for book in (plain, joined)]
        assert texts[0] == texts[1]
        production = studio.production(joined.id)
        assert {quotation.chapter for quotation in production.cast.quotations} <= set(joined.sections())
        assert {key: script.chapter for key, script in production.scripts.items()} == {k: k for k in joined.sections()}
        assert two not in joined.sections()


class TestWhileTheBookIsWorkedOn:
    def test_a_run_of_an_older_revision_ends_and_closes_nothing_but_itself(self, book: Book, engine: Engine) -> None:
        with engine.begin() as connection:
            record = repository.reopen(connection, book.id)
            assert record is not None
            due = next(item for item in stages.due(connection) if item.book_id == book.id)
            assert stages.launched(connection, due)
        book.correct(Rename(section=book.sections()[0], title="The Forest"))
        with pytest.raises(PermanentFailure) as ended:
            book.studio.materialise(book.id, "scripts", "old-run", revision=record.revision)
        assert ended.value.code == "book-changed"
        with engine.begin() as connection:
            assert stages.state_of(connection, book.id, "text", record.revision, 1) == "failed"
            now = repository.get_book(connection, book.id)
            assert now is not None
            assert (now.state, now.problem, now.revision) == ("queued", None, record.revision + 1)
            assert {a.state for a in repository.assets_of(connection, book.id).values()} == {"done"}
            again = [i.stage for i in stages.due(connection) if i.book_id == book.id]
        assert again == ["text"]

    def test_a_correction_in_the_middle_of_an_asset_leaves_the_books_items_right(self, book: Book) -> None:
        """Somebody corrects the book while its first script is written: the run stops there, the next one goes on."""
        three = book.sections()[2]
        production = book.studio.production(book.id)
        tasks = FAMILIES["scripts"].tasks(production)
        begun: list[str] = []

        def meddling(task: Task) -> Task:
            def make(purpose: Purpose) -> Made:
                begun.append(task.key)
                if len(begun) == 1:
                    book.correct(Join(section=three))
                return task.make(purpose)

            return dataclasses.replace(task, make=make, recipe={**task.recipe, "salt": uuid4().hex})

        generator = Generator(book.studio.engine, book.studio.objects, 1)
        with pytest.raises(PermanentFailure) as ended:
            generator.run(
                production.owned, "scripts", [meddling(task) for task in tasks], revision=production.record.revision
            )
        assert ended.value.code == "book-changed"
        assert len(begun) == 2  # what was under way is finished, the rest is not begun
        book.make()
        assert list(book.items("scripts")) == book.sections()
        assert book.chapters_of_the_film() == ["Chapter One", "Chapter Two", "Chapter Three"]
        assert book.calls() == {}
