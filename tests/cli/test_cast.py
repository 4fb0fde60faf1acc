"""``litink cast``: who is in a book and who speaks, told to a person or a program, without a server or a database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from litink.books.summary import printed_text
from litink.cli.cast import cast_summary
from litink.story.writer import LocalWriter
from tests.story.conftest import book, chapter, play

STORY = """Anna Reed came into the kitchen and looked at her brother Tom.

“The river has risen,” said Anna. “We cannot stay.”

Tom Reed put down his cup. “And where would we go?” asked Tom.

Then Anna Reed took her coat, and Tom went out with her into the [wet] night.
"""


def litink(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("LITINK_")}
    return subprocess.run(
        [sys.executable, "-m", "litink", *arguments],
        env=bare | {"LITINK_HOME": str(home), "COLUMNS": "120"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def story(tmp_path: Path) -> Path:
    path = tmp_path / "the-mill.txt"
    path.write_text(STORY)
    return path


def test_a_program_gets_characters_and_quotations_in_the_agreed_form(story: Path, tmp_path: Path) -> None:
    told = litink(tmp_path / "home", "cast", str(story), "--json")
    assert told.returncode == 0, told.stderr
    found = json.loads(told.stdout)
    assert set(found) == {"characters", "quotations", "locations", "objects"}
    anna, tom = found["characters"][:2]
    assert {anna["name"], tom["name"]} == {"Anna Reed", "Tom Reed"}
    assert set(anna) == {"name", "aliases", "importance", "quotation_count"}
    said = [(q["text"], q["speaker"], q["method"]) for q in found["quotations"]]
    assert ("“The river has risen,”", "Anna Reed", "tag") in said
    assert ("“And where would we go?”", "Tom Reed", "tag") in said
    for q in found["quotations"]:
        assert list(q) == ["text", "speaker", "chapter", "start", "end", "method", "confidence"]
        assert q["speaker"] in {None, *(c["name"] for c in found["characters"])}
    places = [(q["chapter"], q["start"]) for q in found["quotations"]]
    assert places == sorted(places)
    assert not (tmp_path / "home" / "postgres").exists()


def test_the_places_are_those_of_the_text_that_reading_shows(story: Path, tmp_path: Path) -> None:
    found = json.loads(litink(tmp_path, "cast", str(story), "--json").stdout)
    read = json.loads(litink(tmp_path, "read", str(story), "--json", "--text").stdout)
    texts = {c["number"]: c["text"] for c in read["chapters"]}
    assert found["quotations"]
    assert all(texts[q["chapter"]][q["start"] : q["end"]] == q["text"] for q in found["quotations"])


def test_in_a_play_too_where_the_speakers_names_are_printed_between() -> None:
    act = play(("JACK", "Is it you?"), ("ALGERNON", "It is I."), ("ALGERNON", "Alone."), ("JACK", "Then come in."))
    acts = book(act)
    found = cast_summary(acts, LocalWriter().cast(acts))["quotations"]
    printed = printed_text(act)
    assert "ALGERNON\nIt is I." in printed
    assert [printed[q["start"] : q["end"]] for q in found] == [q["text"] for q in found]
    assert [q["speaker"] for q in found] == ["JACK", "ALGERNON", "ALGERNON", "JACK"]


def test_two_people_of_one_name_stay_two() -> None:
    cast = LocalWriter().cast(book(chapter(STORY)))
    first = cast.characters[0]
    twins = cast.model_copy(update={"characters": (first, first.model_copy(update={"id": "another"}))})
    twins = twins.model_copy(update={"quotations": ()})
    names = [c["name"] for c in cast_summary(book(chapter(STORY)), twins)["characters"]]
    assert names == [first.name, f"{first.name} (2)"]


def test_a_person_gets_a_table(story: Path, tmp_path: Path) -> None:
    told = litink(tmp_path, "cast", str(story))
    assert told.returncode == 0, told.stderr
    [row] = [line for line in told.stdout.splitlines() if "Anna Reed" in line]
    assert row.split()[-1] == "2"
    assert "(narrator)" in told.stdout


def test_places_and_things_are_told_of_beside_the_persons(story: Path, tmp_path: Path) -> None:
    mill = "\n\nAnna came into the mill. The mill was dark. Tom left the mill, and nobody saw the mill again.\n"
    story.write_text(STORY + mill)
    found = json.loads(litink(tmp_path, "cast", str(story), "--json").stdout)
    assert found["locations"] == [
        {
            "name": "the mill",
            "aliases": [],
            "importance": "intermediate",
            "mention_count": 4,
            "description": ["Anna came into the mill.", "The mill was dark."],
        }
    ]
    assert found["objects"] == []
    assert "the mill" in litink(tmp_path, "cast", str(story)).stdout


def test_a_length_that_the_style_cannot_keep_is_refused_before_anything_is_made(story: Path, tmp_path: Path) -> None:
    told = litink(tmp_path / "home", "make", str(story), "--minutes", "3")
    assert told.returncode == 2
    assert "keeps every word" in " ".join(told.stderr.split())
    assert not (tmp_path / "home" / "postgres").exists()
    assert litink(tmp_path / "home", "make", str(story), "--style", "marketing", "--minutes", "0").returncode == 2


def test_what_is_no_book_is_refused_in_one_line(tmp_path: Path) -> None:
    told = litink(tmp_path, "cast", str(tmp_path / "missing.epub"), "--json")
    assert (told.returncode, told.stdout) == (2, "")
    assert "no file" in " ".join(told.stderr.split())
