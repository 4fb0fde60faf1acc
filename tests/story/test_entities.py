"""The places and things of a book: what is listed, what it is called, what the text says of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litink.books.model import Book
from litink.story.entities import place_named
from litink.story.model import Cast, Character
from litink.story.writer import LocalWriter

from .conftest import book, chapter, of

WRITER = LocalWriter()

FIRST = """Anna Reed had lived in Marlow all her life. She came from the mill every evening, and the mill was old and
full of rats.

One day she took the brass key from its nail and went into the mill. She dropped the brass key on the stones. “Where is
the brass key?” asked Tom Reed. “I left the brass key on the sill,” said Anna.

The mill was dark. They came out of the mill, and Tom Reed locked it with the brass key."""
SECOND = """Tom went to Marlow by the early train. He walked down Fisher Street, which was empty, and turned into Fisher
Street again, for he was lost.

“Have you been to Marlow before?” asked Anna. “I was born in Marlow,” said Tom.

He showed her the brass key. They drove into Marlow and left it by the north road."""


def story() -> Book:
    return book(chapter(FIRST), chapter(SECOND, key="c2", number=2))


def named(cast: Cast, kind: str) -> list[str]:
    return [entity.name for entity in cast.entities if entity.kind == kind]


def test_places_and_things_that_recur_are_listed_beside_the_persons() -> None:
    cast = WRITER.cast(story())
    assert named(cast, "location") == ["Marlow", "the mill", "Fisher Street"]
    assert named(cast, "object") == ["the brass key"]
    assert {c.name for c in cast.characters} == {"Anna Reed", "Tom Reed"}
    assert all(c.kind == "character" for c in cast.characters)


def test_each_is_told_of_by_sentences_of_the_book() -> None:
    read = story()
    texts = {section.key: section.text for section in read.chapters}
    cast = WRITER.cast(read)
    for entity in cast.entities:
        assert entity.description
        for statement in entity.description:
            [span] = statement.evidence
            assert " ".join(texts[span.chapter][span.start : span.end].split()) == statement.text
            assert entity.name.split()[-1] in statement.text
    mill = next(entity for entity in cast.entities if entity.name == "the mill")
    assert "The mill was dark." in [statement.text for statement in mill.description]
    assert mill.mention_count == 5


@pytest.mark.parametrize(
    "text",
    [
        "He spoke in Chinook. She answered in Chinook, and they went on in Chinook from Chinook to English.",
        "In March they went to sea. From March to May they were in March weather, into March and through March.",
        "Mrs. Hall went out. They looked at Hall and came to Hall. Hall was in. Into Hall he ran, said Hall.",
        "He came in haste. The room was in order. In God he trusted, and to God he went, and through God he lived.",
        "“London!” cried Tom. “Paris!” cried Anna. “Paris!” said Tom.",
    ],
)
def test_tongues_months_and_persons_are_no_places(text: str) -> None:
    assert named(WRITER.cast(of(text)), "location") == []


def test_what_stands_about_is_no_thing_that_matters() -> None:
    text = "She took her hat and opened the door. He put the cup on the table, sat in the chair and lit the lamp.\n\n"
    assert named(WRITER.cast(of(text * 3)), "object") == []


def test_a_place_that_is_another_one_each_time_is_not_listed() -> None:
    chapters = [
        chapter(f"He went into the kitchen of house number {n} and came out.", key=f"c{n}", number=n)
        for n in range(1, 12)
    ]
    assert named(WRITER.cast(book(*chapters)), "location") == []


def test_a_longer_name_of_a_place_is_its_alias_and_somebodys_house_is_theirs() -> None:
    text = """Anna Reed said, “I live in Saxe Square.” Tom came to Saxe Square by cab. “Upper Saxe Square is near,” said
Anna Reed. They walked through Upper Saxe Square.

Tom went to Anna Reed’s house. In Anna Reed’s house there was a dog. “Anna Reed’s house is old,” said Tom. He came out
of Anna Reed’s house."""
    cast = WRITER.cast(of(text))
    assert [(e.name, e.aliases) for e in cast.entities] == [
        ("Saxe Square", ("Upper Saxe Square",)),
        ("Anna Reed’s house", ()),
    ]


def test_a_scene_at_a_place_of_the_book_says_which() -> None:
    read = of(FIRST.replace("mill", "tavern"))
    cast = WRITER.cast(read)
    [tavern] = [entity.id for entity in cast.entities if entity.name == "the tavern"]
    section = chapter("Anna went into the tavern. It was dark in the tavern, and nothing moved but the rats.")
    [scene] = WRITER.scenes(section, WRITER.script(section, cast, None), cast)
    assert (scene.place, scene.location) == ("the tavern", tavern)
    nobody = Cast(characters=cast.characters, quotations=())
    [scene] = WRITER.scenes(section, WRITER.script(section, nobody, None), nobody)
    assert scene.location == ""
    assert "location" not in scene.model_dump(mode="json")


def test_a_place_is_known_by_any_of_its_names_and_a_thing_is_none() -> None:
    mill = Character(id="mill", name="Reed’s Mill", kind="location", aliases=("the mill",))
    key = Character(id="key", name="the key", kind="object")
    places = ("The mill", "Reed’s Mill", "the Mill", "the key", "")
    assert [place_named(place, (mill, key)) for place in places] == ["mill", "mill", "", "", ""]


def test_no_two_entries_have_one_id() -> None:
    text = "“Come,” said Mill. “I will,” said Anna. Mill laughed. Then Mill and Anna went.\n\n" + FIRST
    cast = WRITER.cast(of(text))
    ids = [entry.id for entry in (*cast.characters, *cast.entities)]
    assert len(set(ids)) == len(ids)
    assert "the mill" in named(cast, "location")


@given(st.lists(st.sampled_from(FIRST.split() + SECOND.split() + ["\n\n", "’s", ".", "St", "of", "in"]), max_size=80))
def test_any_text_is_read(words: list[str]) -> None:
    read = of(" ".join(words))
    cast = WRITER.cast(read)
    for entity in cast.entities:
        for statement in entity.description:
            for span in statement.evidence:
                assert read.chapters[0].text[span.start : span.end].strip()


def test_no_person_of_an_annotated_excerpt_is_a_place_or_a_thing(litbank: Path) -> None:
    wrong: list[str] = []
    for path in sorted(litbank.glob("*.json")):
        truth = json.loads(path.read_text(encoding="utf-8"))
        people = {n for p in truth["characters"] if p.get("named", True) for n in (p["name"], *p["aliases"])}
        text = (litbank / truth["text_file"]).read_text(encoding="utf-8")
        cast = WRITER.cast(of(text))
        wrong += [entity.name for entity in cast.entities if {entity.name, *entity.aliases} & people]
    assert wrong == []
