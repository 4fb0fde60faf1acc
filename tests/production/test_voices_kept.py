"""A voice that was heard stays with its character when the cast around it changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from litink.objects import Objects
from litink.production.engines import LOCAL_NARRATOR as NARRATOR
from litink.production.sound import voices_for, voices_heard
from litink.providers.base import Voice
from litink.story.model import Cast, Character, Gender, Quotation
from tests.made_books import Maker

VOICES = [
    Voice(NARRATOR, "Heart", "female", "adult", "us"),
    *(Voice(f"v:{n}", f"F{n}", "female", "adult", "us") for n in range(3)),
    *(Voice(f"v:m{n}", f"M{n}", "male", "adult", "us") for n in range(3)),
]


def cast(*people: tuple[str, Gender]) -> Cast:
    """People who speak, most important first."""
    return Cast(
        characters=tuple(
            Character(id=name, name=name, gender=gender, mention_count=100 - n, quotation_count=10 - n)
            for n, (name, gender) in enumerate(people)
        ),
        quotations=tuple(
            Quotation(chapter="c", start=n, end=n + 1, text="x", speaker=name, method="tag", confidence=1)
            for n, (name, _) in enumerate(people)
        ),
    )


def test_who_goes_changes_nobody_elses_voice() -> None:
    first = voices_for(cast(("ann", "female"), ("bea", "female"), ("cleo", "female")), VOICES, {})
    assert len(set(first.values())) == 3
    left = cast(("bea", "female"), ("cleo", "female"))
    assert voices_for(left, VOICES, first) == {"bea": first["bea"], "cleo": first["cleo"]}
    assert voices_for(left, VOICES, {}) != {"bea": first["bea"], "cleo": first["cleo"]}


def test_a_voice_that_turns_out_to_be_wrong_does_not_stay() -> None:
    assert voices_for(cast(("ann", "male")), VOICES, {"ann": "v:1"})["ann"].startswith("v:m")
    assert voices_for(cast(("ann", "unknown")), VOICES, {"ann": "v:1"}) == {"ann": "v:1"}


@pytest.mark.parametrize("heard", [NARRATOR, "v:gone"])
def test_the_narrators_voice_and_one_that_is_no_more_are_nobodys(heard: str) -> None:
    assert voices_for(cast(("ann", "female")), VOICES, {"ann": heard}) == {"ann": "v:0"}


def test_what_was_heard_is_known_from_the_lines(engine: Engine, objects: Objects, tmp_path: Path) -> None:
    book = Maker(engine, objects, tmp_path).finished()
    with engine.connect() as connection:
        assert voices_heard(connection, book.id) == {"mara-quill": NARRATOR, "old-tobit": NARRATOR}
