"""What a person hands in as the one file that is kept as a book's source: a file as it is, several as a work."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from litink.books.works import Part, pack
from litink.errors import Refused

MAX_NAME = 255  # characters of a file's name
READABLE = frozenset({".epub", ".pdf", ".docx", ".txt", ".text", ".md", ".markdown", ".html", ".htm", ".xhtml"})

_NUMBER = re.compile(r"(\d+)")


@contextmanager
def as_source(
    parts: Sequence[Part], *, scratch: Path, max_bytes: int, title: str = "", author: str = ""
) -> Iterator[Part]:
    """The source for the length of the block. One file without a title of its own stays the file that it is.

    Raises Refused: too many files, too large together, one twice.
    """
    if len(parts) == 1 and not title.strip() and not author.strip():
        yield parts[0]
        return
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=scratch, prefix="work-") as file:
        pack(parts, Path(file.name), title=title, author=author, max_bytes=max_bytes)
        more = len(parts) - 1
        name = f"{parts[0].name} and {more} more" if more else parts[0].name
        yield Part(Path(file.name), name)


def plain_name(filename: str | None) -> str:
    """A name that came from outside, without folders, as a name only: it never becomes a path here."""
    name = (filename or "").replace("\\", "/").rpartition("/")[2]
    name = "".join(sign for sign in name if sign.isprintable()).strip()
    return name[:MAX_NAME] or "book"


def files_of(folder: Path) -> list[Path]:
    """The files in a folder that may be parts of a book, 2 before 10. Raises Refused when there are none."""
    found = [p for p in folder.iterdir() if p.suffix.lower() in READABLE and p.is_file() and not p.name.startswith(".")]
    if not found:
        raise Refused("folder-empty", f"There is no EPUB, PDF, DOCX, HTML, Markdown or text file in {folder}.")
    return in_natural_order(found)


def in_natural_order(paths: Iterable[Path]) -> list[Path]:
    """Numbers in names count as numbers: 1, 2, 10."""
    return sorted(paths, key=lambda path: _natural(path.name))


def in_meant_order(paths: Sequence[Path]) -> list[Path]:
    """Files as they were named; a list that a shell has put in order (1, 10, 2) goes into its natural one."""
    names = [str(path) for path in paths]
    if names in (sorted(names), sorted(names, key=str.casefold)):
        return in_natural_order(paths)
    return list(paths)


def _natural(name: str) -> list[tuple[int, int, str]]:
    """Numbers before words, each as what it is."""
    parts = (part for part in _NUMBER.split(name.casefold()) if part)
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts] + [(2, 0, name)]
