"""Scripts that a model stages are told what their chapter comes back to, and made from that and no more of it."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID, uuid4

import pytest

from litink.generation.records import ItemRecord
from litink.library.options import MakeOptions
from litink.production.studio import Studio
from litink.production.text import EARLIER_LENGTH, recalled_by_chapter
from tests.emulated import Emulator
from tests.production.conftest import Open
from tests.production.test_paid_providers import shelve

pytestmark = [pytest.mark.engines, pytest.mark.timeout(600), pytest.mark.usefixtures("healthy")]

TELESCOPE = "Captain Verhoeven kept the brass telescope of his grandfather in a cedar chest beneath the stairs{more}."
BREAD = "The baker of the square put fresh loaves upon the counter and counted his coins{more}."
STORY = """\
Chapter One

{telescope} ({word})

Chapter Two

{bread} ({word})

Chapter Three

Captain Verhoeven opened the cedar chest beneath the stairs and took out the brass telescope of his grandfather. \
({word})
"""
TEXTS = ("chapters", "passages", "characters", "cross_references", "plot_overview", "scripts")


def scripts(
    studio: Studio, folder: Path, word: str, *, telescope: str = "", bread: str = ""
) -> tuple[UUID, list[ItemRecord]]:
    """Of a book of three chapters, the last of which comes back to the first."""
    path = folder / f"{uuid4().hex}.txt"
    told = {"telescope": TELESCOPE.format(more=telescope), "bread": BREAD.format(more=bread)}
    path.write_text(STORY.format(word=word, **told), encoding="utf-8")
    book = shelve(studio, path, MakeOptions())
    for asset in TEXTS:
        studio.materialise(book, asset)
    return book, list(studio.production(book).done("scripts").values())


def test_a_script_is_made_from_the_passages_that_it_comes_back_to_and_no_others(
    opened: Open, providers: Emulator, tmp_path: Path
) -> None:
    word = uuid4().hex
    with opened(embedder="local") as studio:
        book, (first, second, third) = scripts(studio, tmp_path, word)
        production = studio.production(book)
        told = recalled_by_chapter(production)
        assert list(told) == [third.key]
        [passage] = told[third.key]
        assert passage.startswith("Captain Verhoeven kept the brass telescope")
        assert len(passage) <= EARLIER_LENGTH
        assert ["earlier" in item.inputs for item in (first, second, third)] == [False, False, True]

        _, (_, _, same) = scripts(studio, tmp_path, word, bread=" twice")
        assert same.inputs["earlier"] == third.inputs["earlier"]
        _, (_, _, other) = scripts(studio, tmp_path, word, telescope=" of the old house")
        assert other.inputs["chapter"] == third.inputs["chapter"]
        assert other.inputs["earlier"] != third.inputs["earlier"]


def test_the_local_writer_makes_nothing_of_it(opened: Open, tmp_path: Path) -> None:
    with opened(embedder="local", writer="local") as studio:
        _, made = scripts(studio, tmp_path, uuid4().hex)
    assert [sorted(item.inputs) for item in made] == [["chapter", "characters", "directive", "key", "title"]] * 3
