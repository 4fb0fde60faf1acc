"""What is made again, and what the film does without: the real families and engines on a story of a few lines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine, update

from litink.db.schema import items
from litink.generation.model import Outcome
from litink.library import repository
from litink.library.options import MakeOptions
from litink.library.shelf import Shelf
from litink.production.film import FILM
from litink.production.graph import FAMILIES
from litink.production.studio import Studio
from litink.settings import Settings

pytestmark = pytest.mark.engines

STORY = """\
Chapter One

Rain fell on the forest at night. Martha held up her lantern.

“Who is there?” asked Martha.

Chapter Two

In the morning the kitchen was warm, and the kettle sang on the stove.

“Only a fox,” said Martha.
"""


@pytest.fixture(scope="module")
def studio(settings: Settings, engine: Engine) -> Iterator[Studio]:
    with Studio.opened(settings) as studio:
        yield studio


def shelve(studio: Studio, folder: Path, text: str) -> UUID:
    path = folder / "story.txt"
    path.write_text(text, encoding="utf-8")
    with studio.engine.begin() as connection:
        owner = repository.local_user(connection)
    return Shelf(studio.engine, studio.objects).add(path, filename=path.name, owner_id=owner, options=MakeOptions()).id


def make(studio: Studio, book: UUID) -> dict[str, Outcome]:
    return {name: studio.materialise(book, name)[1] for name in FAMILIES}


@pytest.fixture(scope="module")
def book(studio: Studio, tmp_path_factory: pytest.TempPathFactory) -> UUID:
    book = shelve(studio, tmp_path_factory.mktemp("story"), STORY)
    made = make(studio, book)
    assert not any(outcome.failures for outcome in made.values())
    return book


def calls(made: dict[str, Outcome]) -> dict[str, int]:
    return {name: outcome.calls for name, outcome in made.items() if outcome.calls}


def test_nothing_is_made_when_nothing_changed(studio: Studio, book: UUID) -> None:
    assert calls(make(studio, book)) == {}


def test_one_changed_line_is_spoken_and_filmed_alone(studio: Studio, book: UUID, tmp_path: Path) -> None:
    changed = shelve(studio, tmp_path, STORY.replace("Only a fox", "Only an owl"))
    made = calls(make(studio, changed))
    assert made["audio"] == 1  # the line
    assert made["clips"] == 1  # its scene
    assert made["passages"] == made["scripts"] == 1  # its chapter
    assert made["film"] == 4  # joined anew, with its captions
    assert "character_images" not in made


def fail(studio: Studio, book: UUID, asset: str, key: str) -> None:
    """As if the item could not be made."""
    with studio.engine.begin() as connection:
        connection.execute(
            update(items)
            .where(items.c.book_id == book, items.c.asset == asset, items.c.key == key)
            .values(state="failed", blob_sha=None)
        )


def test_a_failed_picture_voice_and_clip_do_not_fail_the_film(studio: Studio, book: UUID) -> None:
    production = studio.production(book)
    picture = next(key for key in production.done("scene_images") if key.endswith("-1"))
    line, clip = next(iter(production.done("audio"))), list(production.done("clips"))[-1]
    fail(studio, book, "scene_images", picture)
    fail(studio, book, "audio", line)
    studio.materialise(book, "clips")
    fail(studio, book, "clips", clip)
    production, outcome = studio.materialise(book, "film")
    film = production.done("film")[FILM]
    gaps = {(gap["kind"], gap["scene"]) for gap in film.meta["missing"]}
    assert {("clip", clip), ("picture", picture.removesuffix("-1"))} <= gaps
    assert [gap["item"] for gap in film.meta["missing"] if gap["kind"] == "line"] == [line]
    assert not outcome.failures

    again = make(studio, book)  # what was lost is known: it is taken from the cache, nothing is made twice
    assert calls({name: again[name] for name in ("scene_images", "audio", "clips")}) == {}
    assert studio.production(book).done("film")[FILM].meta["missing"] == []
