"""Reading in a child process: the same answer, and never more than a refusal."""

from __future__ import annotations

import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from litink.books import sandbox
from litink.books.reading import read
from litink.books.sandbox import read_book
from litink.errors import Refused
from tests.books.makers import LONG, epub, page_of, pdf, prose

PICTURE = b"\xff\xd8\xff\xc0\x00\x11\x08\x02\x00\x01\x80" + bytes(40) + b"\xff\xd9"


def test_the_child_gives_what_the_parent_would_cover_included(tmp_path: Path) -> None:
    path = epub(
        tmp_path / "b.epub",
        {f"c{n}.xhtml": f"<h1>Chapter {n}</h1><p>{prose(50, str(n))}</p>" for n in (1, 2)},
        manifest='<item id="c" href="cover.jpg" media-type="image/jpeg" properties="cover-image"/>',
        extra=[("OPS/cover.jpg", PICTURE)],
    )
    there = read_book(path)
    assert there == read(path)
    assert there.cover is not None
    assert there.cover.data == PICTURE


def test_a_refusal_keeps_its_code_and_sentence(tmp_path: Path) -> None:
    path = tmp_path / "b.epub"
    path.write_bytes(b"")
    with pytest.raises(Refused) as refused:
        read_book(path)
    assert refused.value.code == "file-empty"


def test_a_stream_that_unpacks_to_a_gigabyte_is_refused_and_the_parent_stays_small(tmp_path: Path) -> None:
    packer = zlib.compressobj(9)
    content = b"".join(packer.compress(b" " * (1 << 20)) for _ in range(1024)) + packer.flush()
    path = tmp_path / "bomb.pdf"
    path.write_bytes(
        b"%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
        b"2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n"
        b"3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>\nendobj\n"
        + f"4 0 obj\n<</Filter/FlateDecode/Length {len(content)}>>\nstream\n".encode()
        + content
        + b"\nendstream\nendobj\ntrailer\n<</Root 1 0 R>>\n"
    )  # fmt: skip
    # In a process of its own: what other children of this one once used would count too.
    program = (
        "import resource, sys\nfrom pathlib import Path\nfrom litink.books.sandbox import read_book\n"
        "from litink.errors import Refused\ntry:\n    read_book(Path(sys.argv[1]))\nexcept Refused as refused:\n"
        "    peak = [line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')][0]\n"
        "    print(refused.code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, peak)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True)
    code, child, parent = done.stdout.split()
    assert code in ("book-unreadable", "book-too-complex")
    assert int(child) <= sandbox.MEMORY >> 10
    assert int(parent) < 150 << 10


def test_a_pdf_of_3000_pages_fits_into_the_memory_of_the_child(tmp_path: Path) -> None:
    pages = []
    for number in range(3000):
        lines = [f"{line} {number * 12 + line} {LONG[:70]}" for line in range(12)]
        pages.append([*page_of(lines, top=640), (300.0, 40.0, 9.0, str(number + 1))])
        if number % 30 == 0:
            pages[-1].append((72.0, 720.0, 20.0, f"Chapter {number // 30 + 1}"))
    book = read_book(pdf(tmp_path / "b.pdf", pages)).book
    assert len(book.chapters) == 100
    assert book.word_count > 3000 * 12 * 10


def test_a_reader_that_hangs_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "b.txt"
    path.write_text(prose(50))
    monkeypatch.setattr(sandbox, "WALL_SECONDS", 0.01)
    with pytest.raises(Refused) as refused:
        read_book(path)
    assert refused.value.code == "book-too-complex"


@pytest.mark.parametrize(
    "attack",
    [
        "import socket; socket.socket()",
        "import subprocess; subprocess.run(['true'])",
        "open('escaped', 'w')",
        "import os; os.system('true')",
    ],
)  # fmt: skip
def test_the_child_may_not_reach_the_network_start_programs_or_write_files(attack: str) -> None:
    code = f"import sys; from litink.books.sandbox import _forbid; sys.addaudithook(_forbid)\n{attack}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "PermissionError" in done.stderr
