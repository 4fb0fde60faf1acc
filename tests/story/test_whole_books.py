"""Whole real books through every task of the local writer: what each makes holds together and says nothing made up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from litink.books.model import Book
from litink.books.reading import read
from litink.story.coverage import check_coverage
from litink.story.model import Cast, Plot, Span, Statement
from litink.story.passages import passages
from litink.story.writer import LocalWriter

from .conftest import SHARED

BOOKS = sorted(p for p in (SHARED / "books").glob("*/*") if p.suffix in (".epub", ".pdf", ".docx"))
MOST_CHAPTERS = 40  # scripted of a book: every third or sixth of those that have more, the last one too
WRITER = LocalWriter()
pytestmark = [
    pytest.mark.books,
    pytest.mark.skipif(not BOOKS, reason="the real books of ../shared are not here"),
]


def check_cast(book: Book, cast: Cast) -> None:
    ids = [c.id for c in cast.characters]
    everything = [*ids, *(entity.id for entity in cast.entities)]
    assert len(set(everything)) == len(everything)
    assert {c.kind for c in cast.characters} <= {"character"}
    assert {entity.kind for entity in cast.entities} <= {"location", "object"}
    assert all(entity.description and entity.mention_count >= 2 for entity in cast.entities)
    numbers = {section.key: n for n, section in enumerate(book.chapters)}
    texts = {section.key: section.text for section in book.chapters}
    places = [(numbers[q.chapter], q.start) for q in cast.quotations]
    assert places == sorted(places)
    for q in cast.quotations:
        assert q.text == texts[q.chapter][q.start : q.end]
        assert (q.speaker is None) == (q.method == "unknown")
        assert q.speaker is None or q.speaker in ids
    for c in cast.characters:
        assert c.quotation_count == sum(q.speaker == c.id for q in cast.quotations)
        assert {tie.other for tie in c.relationships} <= {*ids} - {c.id}


def spans(cast: Cast, plot: Plot) -> Iterator[Span]:
    told: list[Statement | None] = [plot.logline, plot.setting, plot.thesis, *plot.themes, *plot.acts, *plot.argument]
    told += [*plot.key_terms, *plot.examples, *(point.statement for point in plot.turning_points)]
    for c in (*cast.characters, *cast.entities):
        told += [*c.description, *c.personality]
        yield from (span for tie in c.relationships for span in tie.evidence)
    yield from (span for statement in told if statement for span in statement.evidence)


def letters(text: str) -> str:
    """Printed dividers are in no passage: letters alone are compared."""
    return "".join(filter(str.isalpha, text))


@pytest.mark.parametrize("path", BOOKS, ids=lambda p: p.stem)
def test_every_task_holds_its_promise(path: Path) -> None:
    book = read(path).book
    texts = {section.key: section.text for section in book.chapters}
    cast = WRITER.cast(book)
    check_cast(book, cast)
    plot = WRITER.plot(book, cast)
    for span in spans(cast, plot):
        assert texts[span.chapter][span.start : span.end].strip()
    chapters = book.chapters
    for section in dict.fromkeys([*chapters[:: max(1, -(-len(chapters) // MOST_CHAPTERS))], chapters[-1]]):
        found = passages(section)
        assert letters("".join(passage.text for passage in found)) == letters(section.text)
        for style in ("dialogue", "narration"):
            script = WRITER.script(section, cast, plot, style=style)
            report = check_coverage(section, script)
            assert report.ok, (section.title, style, report.missing[:3], report.doubled[:3])
            described = WRITER.scenes(section, script, cast)
            assert [scene.id for scene in described] == [scene.id for scene in script.scenes]
            said = [line.id for scene in script.scenes for line in scene.lines]
            assert [line for scene in described for shot in scene.shots for line in shot.lines] == said
