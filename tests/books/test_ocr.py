"""Scans: recognised where Tesseract is installed, refused with what to do where it is not."""

from __future__ import annotations

import os
import re
import shutil
import stat
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

import jiwer
import pypdf
import pytest

from litink.books.model import Book
from litink.books.ocr import AHEAD, Job, Picture, Tesseract, find_tesseract
from litink.books.ocr_channel import Channel, serve
from litink.books.reading import read
from litink.books.sandbox import read_book
from litink.errors import Refused
from tests.books.drawn import scan
from tests.books.makers import Placed, page_of, pdf

needs_tesseract = pytest.mark.skipif(
    shutil.which("tesseract") is None, reason="Tesseract is not installed: apt-get install tesseract-ocr"
)
CHAPTERS = {
    "The Lamp": """The lamp at the point had burned every night for ninety years without a rest, and nobody in the whole
        of the town could now remember who had been the first to light it. Some said a fisherman had built the tower
        with his own hands, after the winter in which three boats were lost within sight of their own doors. Others
        said that it had always stood there, and that the town had grown up around it as moss grows about a stone.""",
    "The Stair": """Two hundred and eleven steps led up to the room below the glass, and the keeper counted them aloud
        whenever she climbed, though she knew the number as well as her own name. Halfway there was a window, and
        below the window a bench, where her father used to sit and mend his nets while the oil was carried up. Now
        the bench was empty, and the window showed nothing but the sea and a gull that came for bread.""",
    "The Letter": """On the last day of October a letter came which had been written on board a ship and had travelled
        for seven months. It was wet through and had been dried before a fire, so that the ink had run and only the
        beginning and the end could be read. The beginning said that all of them were well, and the end said that
        they would be home before the swallows. What stood between, the keeper had to guess for herself.""",
}


def lines_of(text: str, width: int = 84) -> list[str]:
    lines, line = [], ""
    for word in text.split():
        if len(line) + len(word) > width:
            lines.append(line)
            line = ""
        line = f"{line} {word}".strip()
    return [*lines, line]


def typeset(path: Path) -> Path:
    """A small book with headings, a running head and page numbers; a chapter is a page, a sentence a paragraph."""
    pages: list[list[Placed]] = []
    for name, text in CHAPTERS.items():
        page: list[Placed] = [(250.0, 770.0, 9.0, "THE KEEPER"), (300.0, 30.0, 9.0, str(len(pages) + 1))]
        page.append((72.0, 700.0, 22.0, name))
        y = 650.0
        for sentence in text.replace(". ", ".|").split("|"):
            for number, line in enumerate(lines_of(sentence)):
                page.append((72.0 if number else 92.0, y, 12.0, line))
                y -= 14
        pages.append(page)
    return pdf(path, pages)


@pytest.fixture
def born(tmp_path: Path) -> Path:
    return typeset(tmp_path / "born.pdf")


def plain_words(book: Book) -> str:
    return " ".join(re.findall(r"[\w’']+", " ".join(chapter.text for chapter in book.chapters).lower()))


# -- recognised --------------------------------------------------------------------------------------------------------


@needs_tesseract
def test_a_scan_is_read_in_the_sandbox_like_the_book_it_shows(born: Path, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    book = read_book(scan(born, tmp_path / "scan.pdf"), progress=lambda done, total: told.append((done, total))).book
    original = read(born).book
    assert [c.title for c in book.chapters] == [c.title for c in original.chapters] == list(CHAPTERS)
    assert jiwer.wer(plain_words(original), plain_words(book)) < 0.02
    assert "KEEPER" not in "".join(c.text for c in book.chapters)
    assert {total for _, total in told} == {3}
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert "pdf-recognised" in [warning.code for warning in book.warnings]


@needs_tesseract
def test_pages_without_a_text_layer_among_others_are_recognised_in_their_place(born: Path, tmp_path: Path) -> None:
    mixed = scan(born, tmp_path / "mixed.pdf", only=[1])
    book = read(mixed, recogniser=find_tesseract()).book
    assert [c.title for c in book.chapters] == list(CHAPTERS)
    assert jiwer.wer(plain_words(read(born).book), plain_words(book)) < 0.02


@needs_tesseract
@pytest.mark.parametrize("turned", [90, 180])
def test_pages_that_were_scanned_on_their_side_or_head_are_turned(born: Path, tmp_path: Path, turned: int) -> None:
    book = read(scan(born, tmp_path / "scan.pdf", turned=turned, dpi=150), recogniser=find_tesseract()).book
    assert [c.title for c in book.chapters] == list(CHAPTERS)


@needs_tesseract
def test_a_scrambled_text_layer_is_recognised_instead(tmp_path: Path) -> None:
    """The page shows words; its text layer, which nobody sees, says something else."""
    text = lines_of(" ".join(CHAPTERS.values()))
    shown = scan(pdf(tmp_path / "shown.pdf", [page_of(text)]), tmp_path / "shown-scan.pdf")
    scrambled = str.maketrans("aeiou", "bcdfg")
    layer = pdf(tmp_path / "layer.pdf", [page_of([line.lower().translate(scrambled) for line in text])], mode=3)
    book = read(_overlaid(shown, layer, tmp_path / "b.pdf"), recogniser=find_tesseract()).book
    assert "fisherman had built the tower" in " ".join(book.chapters[0].text.split())


def _overlaid(below: Path, above: Path, target: Path) -> Path:
    writer = pypdf.PdfWriter(clone_from=str(below))
    writer.pages[0].merge_page(pypdf.PdfReader(above).pages[0])
    writer.write(str(target))
    return target


@needs_tesseract
def test_a_hidden_text_layer_over_a_scan_is_the_text(tmp_path: Path) -> None:
    """What other programs recognised is kept; a stamp on top of it does not make it vanish."""
    text = lines_of(" ".join(CHAPTERS.values()))
    shown = scan(pdf(tmp_path / "shown.pdf", [page_of(text)]), tmp_path / "shown-scan.pdf")
    layered = _overlaid(shown, pdf(tmp_path / "layer.pdf", [page_of(text)], mode=3), tmp_path / "layered.pdf")
    stamp = pdf(tmp_path / "stamp.pdf", [[(72.0, 20.0, 8.0, "Digitised by somebody")]])
    book = read(_overlaid(layered, stamp, tmp_path / "b.pdf")).book
    assert "fisherman had built the tower" in " ".join(book.chapters[0].text.split())


@needs_tesseract
def test_what_cannot_be_recognised_is_refused_with_how_sure_it_was(born: Path, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        read(scan(born, tmp_path / "scan.pdf", dpi=18), recogniser=find_tesseract())
    assert refused.value.code == "pdf-scan-unreadable"
    assert "of 100" in refused.value.message


# -- refused -----------------------------------------------------------------------------------------------------------


def test_without_tesseract_a_scan_is_refused_with_what_to_install(
    born: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # nothing is installed there
    with pytest.raises(Refused) as refused:
        read_book(scan(born, tmp_path / "scan.pdf"))
    assert refused.value.code == "pdf-scan"
    assert "apt-get install tesseract-ocr" in refused.value.message


def test_a_scan_that_was_stamped_is_still_a_scan(born: Path, tmp_path: Path) -> None:
    scanned = scan(born, tmp_path / "scan.pdf", only=[0])
    stamp = pdf(tmp_path / "stamp.pdf", [[(72.0, 20.0, 8.0, "Digitised by somebody in the year of the flood")]])
    writer = pypdf.PdfWriter(clone_from=str(_overlaid(scanned, stamp, tmp_path / "b.pdf")))
    while len(writer.pages) > 1:
        writer.remove_page(1)
    writer.write(str(tmp_path / "b.pdf"))
    with pytest.raises(Refused) as refused:
        read(tmp_path / "b.pdf")
    assert refused.value.code == "pdf-scan"


def test_without_tesseract_the_scanned_pages_of_a_book_are_told(born: Path, tmp_path: Path) -> None:
    book = read(scan(born, tmp_path / "mixed.pdf", only=[1])).book
    (warning,) = [w for w in book.warnings if w.code == "pdf-pages-pictures"]
    assert warning.message.startswith("1 of 3 pages are pictures")


def program(path: Path, script: str) -> Tesseract:
    """A program that stands where Tesseract would."""
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return Tesseract(str(path))


@pytest.mark.parametrize(
    "script",
    ["exit 1", "cat >/dev/null; head -c 40000000 /dev/zero", "kill -9 $$"],
    ids=["fails", "prints without end", "dies"],
)
def test_a_recogniser_that_fails_on_a_picture_has_read_nothing(tmp_path: Path, script: str) -> None:
    job = Job(Picture(2, 2, 300, bytes(4)), "text", "eng")
    assert list(program(tmp_path / "t", script).run([job] * 3)) == [b""] * 3


def test_the_recogniser_gets_bare_pixels_and_neither_secrets_nor_a_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LITINK_DATABASE_URL", "postgresql://somebody:secret@localhost/x")
    probe = "env; cat; python3 -c 'import socket; socket.socket()' || echo no network; ulimit -v; pwd"
    (answer,) = program(tmp_path / "t", f"PATH={os.environ['PATH']}; {probe}").run(
        [Job(Picture(3, 2, 300, b"abcdef"), "text", "eng")]
    )
    assert b"P5 3 2 255\nabcdef" in answer
    assert b"secret" not in answer
    assert b"no network" in answer
    assert answer.split()[-2:] == [b"1048576", b"/"]


# -- the channel -------------------------------------------------------------------------------------------------------


class Echo:
    """Answers each picture with its pixels."""

    def languages(self) -> tuple[str, ...]:
        return ("deu", "eng")

    def run(self, jobs: Iterable[Job]) -> Iterator[bytes]:
        pending: list[Job] = []
        for job in jobs:
            pending.append(job)
            if len(pending) >= AHEAD:
                yield pending.pop(0).picture.pixels
        for job in pending:
            yield job.picture.pixels


def served(talk: bytes | None = None) -> tuple[Channel, threading.Thread, list[tuple[int, int]]]:
    up_read, up_write = os.pipe()
    down_read, down_write = os.pipe()
    told: list[tuple[int, int]] = []

    def parent() -> None:
        with os.fdopen(up_read, "rb") as up, os.fdopen(down_write, "wb") as down:
            serve(up, down, Echo(), lambda done, total: told.append((done, total)))

    thread = threading.Thread(target=parent)
    thread.start()
    up = os.fdopen(up_write, "wb")
    if talk is not None:
        up.write(talk)
        up.close()
    return Channel(up, os.fdopen(down_read, "rb")), thread, told


@pytest.mark.parametrize("count", [0, 1, AHEAD, 3 * AHEAD + 1])
def test_pictures_come_back_in_order_whatever_their_number(count: int) -> None:
    channel, parent, told = served()
    assert channel.languages() == ("deu", "eng")
    for _ in range(2):  # batches
        jobs = [Job(Picture(300, 300, 300, bytes([n]) * 90_000), "text", "eng", n, count) for n in range(count)]
        assert list(channel.run(iter(jobs))) == [job.picture.pixels for job in jobs]
    channel.close()
    parent.join(10)
    assert not parent.is_alive()
    assert told == [(n, count) for n in range(count)] * 2


@pytest.mark.parametrize(
    "talk",
    [
        b"no json\n",
        b"[]\n",
        b"x" * 10_000,
        b'{"width": 100000, "height": 100000, "dpi": 1, "task": "text", "language": "eng", "done": 0, "total": 0}\n',
        b'{"width": 2, "height": 2, "dpi": 1, "task": "text", "language": "../../x", "done": 0, "total": 0}\nabcd',
        b'{"width": 2, "height": 2, "dpi": 1, "task": "--help", "language": "eng", "done": 0, "total": 0}\nabcd',
        b'{"width": 2, "height": 2, "dpi": -1, "task": "text", "language": "eng", "done": 0, "total": 0}\nabcd',
    ],
)
def test_a_reader_that_was_taken_over_gets_nothing_done(talk: bytes) -> None:
    _, parent, told = served(talk)
    parent.join(10)
    assert not parent.is_alive()
    assert told == []


def test_a_reader_that_ends_in_the_middle_of_a_picture_leaves_nothing_waiting() -> None:
    head = b'{"width": 2, "height": 2, "dpi": 1, "task": "text", "language": "eng", "done": 0, "total": 1}\n'
    _, parent, told = served(head + b"ab")
    parent.join(10)
    assert not parent.is_alive()
    assert told == [(0, 1)]
