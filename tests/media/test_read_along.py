"""The book to read along: valid, all of its text, each line highlighted while it is heard, and nothing got through."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from litink.books.model import Block, BlockKind, Section, SectionKind
from litink.errors import PermanentFailure
from litink.media.read_along.overlay import Heard, parts_of
from litink.media.read_along.package import About, Chapter, write_read_along
from litink.media.read_along.page import Fragment, Mark, chapter_page
from litink.media.sound import encode
from litink.media.timeline import (
    ChapterPart,
    LinePart,
    ScenePart,
    TimedLine,
    Timeline,
    WordPart,
    build_timeline,
)
from tests.media import epub_rules
from tests.media.epub_rules import NS
from tests.media.material import picture, tone

ABOUT = About(
    UUID("7a1d0b1e-0000-4000-8000-000000000001"),
    "Salt & <Water>",
    'Ann "A" Bo',
    "en-GB",
    datetime(2026, 3, 1, 12, tzinfo=UTC),
    picture((20, 120, 200), 60, 96),
)
PARAGRAPHS = (
    (BlockKind.PARAGRAPH, "“Who goes?” she said. <script>alert(1)</script> & so on.\x0b"),
    (BlockKind.BREAK, "* * *"),
    (BlockKind.VERSE, "The sea,\nthe sea"),
    (BlockKind.HEADING, "Later"),
    (BlockKind.PARAGRAPH, "Nobody came. Nobody was left to come."),
)


def section(key: str, paragraphs: tuple[tuple[BlockKind, str], ...] = PARAGRAPHS, title: str = "") -> Section:
    text, blocks = "", []
    for kind, words in paragraphs:
        text += "\n\n" if text else ""
        blocks.append(Block(kind, len(text), len(text) + len(words)))
        text += words
    return Section(
        key=key, kind=SectionKind.CHAPTER, number=1, title=title or f"Chapter <{key}>", text=text, blocks=tuple(blocks)
    )


def book() -> tuple[list[Chapter], Timeline, dict[str, bytes]]:
    """Two chapters that are read, in the second a line not yet spoken, and one that nobody reads."""
    chapters, parts, sounds = [], [], {}
    for key in ("c1", "c2"):
        own = section(key)
        sea, later = own.text.index("The sea"), own.text.index("Later") + 5
        spans = [(0, 11), (11, 21), (sea, later), (len(own.text) - 24, None)]
        marks, lines = [], []
        for number, (start, end) in enumerate(spans):
            line, end = f"{key}/l{number}", end or len(own.text)
            said = "Somebody came." if (key, number) == ("c2", 1) else None
            marks.append(Mark(line, start, end, said))
            sounds[line] = encode(tone(0.5 + 0.2 * number), 24_000)
            text = said or own.text[start:end]
            word = text.rfind("Later")
            words = (
                (WordPart(text="Later", start=0.6, end=0.8, char_start=word, char_end=word + 5),) if word >= 0 else ()
            )
            gone = (key, number) == ("c2", 0)
            lines.append(LinePart(id=line, text=text, seconds=None if gone else 0.5 + 0.2 * number, words=words))
        chapters.append(Chapter(own, tuple(marks)))
        scene = ScenePart(id=f"{key}-s1", title="S", shots=(), lines=tuple(lines))
        parts.append(ChapterPart(key=key, title=own.title, scenes=(scene,)))
    chapters.append(Chapter(section("c3"), ()))
    return chapters, build_timeline(parts, ratio="16:9", title="T", title_card="t"), sounds


@pytest.fixture(scope="module")
def epub(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("epub") / "book.epub"
    chapters, timeline, sounds = book()
    seconds = write_read_along(ABOUT, chapters, timeline, sounds.__getitem__, out)
    whole = sum(clip.frames for clip in timeline.clips if clip.lines) / 24
    assert whole - 1.6 < seconds < whole - 1  # what is not spoken yet is no silence
    again = out.with_name("again.epub")
    write_read_along(ABOUT, chapters, timeline, sounds.__getitem__, again)
    assert again.read_bytes() == out.read_bytes()
    return out


def page(epub: Path, name: str) -> etree._Element:
    with zipfile.ZipFile(epub) as archive:
        return etree.fromstring(archive.read(f"EPUB/{name}.xhtml"))


def test_it_keeps_the_rules_of_the_format(epub: Path) -> None:
    package = epub_rules.check(epub)
    assert package.xpath("string(o:metadata/d:title)", namespaces=NS) == "Salt & <Water>"
    assert package.xpath("string(o:metadata/d:creator)", namespaces=NS) == 'Ann "A" Bo'
    assert len(package.xpath("o:manifest/o:item[@media-overlay]", namespaces=NS)) == 2


EPUBCHECK = os.environ.get("LITINK_EPUBCHECK", "")


@pytest.mark.skipif(
    not EPUBCHECK or shutil.which("java") is None,
    reason="needs Java, and LITINK_EPUBCHECK, the path of epubcheck.jar",
)
def test_epubcheck_finds_nothing(epub: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    subprocess.run(["java", "-jar", EPUBCHECK, str(epub), "--json", str(report), "--usage"], capture_output=True)
    messages = json.loads(report.read_text())["messages"]
    told = [f"{one['severity']} {one['ID']}: {one['message']} {one['locations'][:1]}" for one in messages]
    assert [one for one in told if not one.startswith("USAGE")] == []


def test_all_of_the_text_is_there_and_nothing_but_text(epub: Path) -> None:
    for name in ("c001", "c003"):
        body = page(epub, name).find(f".//{{{NS['h']}}}body")
        assert body is not None
        said = "".join(body.itertext()).split()
        assert said == [*f"Chapter <{'c1' if name == 'c001' else 'c3'}>".split(), *" ".join(
            words.replace("\x0b", "") for _, words in PARAGRAPHS
        ).replace("\nthe", "the").split()]  # fmt: skip


def test_what_a_person_worded_is_shown_as_it_is_read(epub: Path) -> None:
    shown = " ".join("".join(page(epub, "c002").itertext()).split())
    assert "Somebody came." in shown
    assert "she said" not in shown


def test_a_line_over_two_paragraphs_is_highlighted_paragraph_by_paragraph(epub: Path) -> None:
    spans = page(epub, "c001").xpath("//h:span[@id]", namespaces=NS)
    assert ["".join(span.itertext()) for span in spans][2:4] == ["The sea,the sea", "Later"]


def test_what_is_highlighted_is_what_is_heard(epub: Path) -> None:
    timeline = book()[1]
    lines = {line.id: line for clip in timeline.clips for line in clip.lines}
    with zipfile.ZipFile(epub) as archive:
        smil = etree.fromstring(archive.read("EPUB/c001.smil"))
    begins = [epub_rules.seconds(value) for value in smil.xpath("//@clipBegin")]
    starts = [lines[f"c1/l{n}"].start_frame / 24 for n in range(4)]
    assert begins == pytest.approx([0.0, starts[1], starts[2], starts[2] + 0.6, starts[3]], abs=0.002)


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 40), st.booleans()), max_size=10),
    st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=20), min_size=1, max_size=5),
)
@settings(max_examples=80, deadline=None)
def test_whatever_lines_there_are_the_page_is_whole(spans: list[tuple[int, int, bool]], words: list[str]) -> None:
    own = section("c", tuple((BlockKind.PARAGRAPH, one) for one in words))
    marks = [
        Mark(f"l{n}", min(start, len(own.text)), min(start + length, len(own.text)), "Said." if said else None)
        for n, (start, length, said) in enumerate(spans)
    ]
    markup, fragments = chapter_page(own, marks, "en")
    root = etree.fromstring(markup.encode())
    assert root.xpath("//h:span/@id", namespaces=NS) == [one.id for one in fragments]
    if not any(said or not length for _, length, said in spans):
        body = "".join(root.find(f".//{{{NS['h']}}}section").itertext())
        kept = [c for c in own.title + own.text if not c.isspace() and (ord(c) >= 32) and c not in "\ufffe\uffff"]
        assert [c for c in body if not c.isspace()] == kept


@given(st.lists(st.tuples(st.floats(0, 50), st.floats(0, 5)), max_size=12), st.floats(0.1, 60))
@settings(deadline=None)
def test_stretches_follow_on_one_another_to_the_end(starts: list[tuple[float, float]], seconds: float) -> None:
    heard = {
        str(n): Heard(TimedLine(id=str(n), start_frame=0, seconds=lasts, text="x", speaker=None, words=()), start)
        for n, (start, lasts) in enumerate(starts)
    }
    fragments = [Fragment(f"t{n}", str(n), n % 2) for n in range(len(starts) + 1)]
    parts = parts_of(fragments, heard, seconds)
    edges = np.array([(part.begin, part.end) for part in parts]).reshape(-1, 2)
    assert (edges[:, 0] < edges[:, 1]).all()
    assert (edges[1:, 0] == edges[:-1, 1]).all()
    assert not len(edges) or (edges[0, 0], edges[-1, 1]) == (0, int(seconds * 1000))


def test_a_book_that_nobody_reads_is_refused(tmp_path: Path) -> None:
    empty = build_timeline([], ratio="16:9", title="T")
    with pytest.raises(PermanentFailure, match="voices first"):
        write_read_along(ABOUT, [Chapter(section("c1"), ())], empty, {}.__getitem__, tmp_path / "none.epub")
    assert list(tmp_path.iterdir()) == []
