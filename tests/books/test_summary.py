"""The JSON of a book that has been read."""

from __future__ import annotations

from pathlib import Path

from litink.books.reading import read
from litink.books.summary import summary
from tests.books.makers import epub, prose


def test_the_summary_has_exactly_the_promised_fields(tmp_path: Path) -> None:
    files = {
        "p.xhtml": f"<h1>Preface</h1><p>{prose(30)}</p>",
        "c.xhtml": f"<h1>Chapter 1</h1><p>{prose(30)}</p>",
        "n.xhtml": "<h1>Index</h1><p>lamp, 1</p>",
    }
    book = read(epub(tmp_path / "b.epub", files)).book
    found = summary(book, text=True)
    assert list(found) == [
        "title",
        "author",
        "language",
        "format",
        "chapters",
        "front_matter",
        "back_matter",
        "warnings",
    ]
    [chapter] = found["chapters"]
    assert list(chapter) == ["number", "title", "path", "kind", "word_count", "text"]
    assert chapter["word_count"] == len(chapter["text"].split())
    assert found["front_matter"] == [{"title": "Preface", "word_count": len(book.front_matter[0].text.split())}]
    assert found["back_matter"] == [{"title": "Index", "word_count": 2}]
    assert "text" not in summary(book, text=False)["chapters"][0]


def test_a_play_is_summarised_with_its_speakers_names(tmp_path: Path) -> None:
    rows = "".join(
        f"<tr><td>{s}</td><td>{t}</td></tr>"
        for s, t in (("Anna", "Who?"), ("Ben", "I. <i>He bows low.</i> Me."), ("Anna", "Come."), ("Ben", "Yes."))
    )
    book = read(epub(tmp_path / "b.epub", {"a.xhtml": f"<h1>Act I</h1><table>{rows}</table>"})).book
    [chapter] = summary(book, text=True)["chapters"]
    assert chapter["text"].split("\n") == [
        "Anna",
        "Who?",
        "",
        "Ben",
        "I.",
        "",
        "He bows low.",
        "",
        "Me.",
        "",
        "Anna",
        "Come.",
        "",
        "Ben",
        "Yes.",
    ]
