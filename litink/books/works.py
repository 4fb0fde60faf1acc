"""Several files as one book: the archive that keeps them, and their readings put together. What reads one: reading.py.

The archive is a ZIP file whose entries are stored as they are: a manifest with the title, the author and the files'
names, and the files under numbers. Equal files in equal order give equal bytes.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from pydantic import Field, ValidationError

from litink.books.archive import Archive
from litink.books.assembly import section_key
from litink.books.model import Book, Frozen, ReadBook, ReadingWarning, Section, SectionKind
from litink.books.numbering import label_of
from litink.books.pieces import metadata_line, title_from_name
from litink.errors import Refused

MAX_FILES = 500
_MIMETYPE = b"application/vnd.litink.work+zip"  # the first entry, as in an EPUB
_MANIFEST = "work.json"
_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that a ZIP file can tell
_COPY = 1 << 20
_NUMBERED = re.compile(r"^\d+\s*[-–.)_]*\s*(?=\D)")


@dataclass(frozen=True)
class Part:
    """A file, and the name or web address it is known by."""

    path: Path
    name: str


class Manifest(Frozen):
    title: str = ""  # empty: what the files say
    author: str = ""
    files: tuple[str, ...] = Field(min_length=1, max_length=MAX_FILES)  # names; the entries are "1", "2", …


# -- the archive -------------------------------------------------------------------------------------------------------


def pack(parts: Sequence[Part], into: Path, *, title: str = "", author: str = "", max_bytes: int) -> None:
    """Write the archive. Raises Refused: no files or too many, more than ``max_bytes`` together, a file twice."""
    if not 1 <= len(parts) <= MAX_FILES:
        raise Refused("work-too-many-files", f"A work has 1 to {MAX_FILES} files; please put some of them together.")
    if sum(part.path.stat().st_size for part in parts) > max_bytes:
        raise Refused("work-too-large", f"The files have more than {max_bytes >> 20:,} MB together; please split them.")
    _refuse_twins(parts)
    manifest = Manifest(
        title=metadata_line(title), author=metadata_line(author), files=tuple(part.name for part in parts)
    )
    with zipfile.ZipFile(into, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(_entry("mimetype"), _MIMETYPE)
        archive.writestr(_entry(_MANIFEST), manifest.model_dump_json(indent=1))
        for number, part in enumerate(parts, start=1):
            with part.path.open("rb") as source, archive.open(_entry(str(number)), "w", force_zip64=False) as entry:
                shutil.copyfileobj(source, entry, _COPY)


def _entry(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _DATE)
    info.create_system = 3  # the same on every system
    info.external_attr = 0o644 << 16
    return info


def _refuse_twins(parts: Sequence[Part]) -> None:
    seen: dict[str, str] = {}
    for part in parts:
        with part.path.open("rb") as file:
            sha = hashlib.file_digest(file, "sha256").hexdigest()
        if sha in seen:
            raise Refused(
                "work-file-twice", f"“{seen[sha]}” and “{part.name}” are the same file; please leave one of them out."
            )
        seen[sha] = part.name


def is_work(path: Path) -> bool:
    """Whether a file is such an archive, by its first bytes."""
    try:
        with path.open("rb") as file:
            return file.read(30 + 8 + len(_MIMETYPE))[30:] == b"mimetype" + _MIMETYPE
    except OSError:
        return False


@contextmanager
def unpacked(path: Path) -> Iterator[tuple[Path, Manifest]]:
    """A folder with the manifest and the files, gone afterwards. Raises Refused for what is no such archive."""
    with Archive(path, refuse_outside_names=True) as archive, tempfile.TemporaryDirectory(prefix="litink-") as name:
        folder = Path(name)
        try:
            archive.copy(_MANIFEST, folder / _MANIFEST)
            manifest = manifest_of(folder)
            for number in range(1, len(manifest.files) + 1):
                archive.copy(str(number), folder / str(number))
        except (KeyError, ValidationError):
            raise Refused("archive-damaged", "The work's archive is damaged; please hand its files in again.") from None
        yield folder, manifest


def manifest_of(folder: Path) -> Manifest:
    return Manifest.model_validate_json((folder / _MANIFEST).read_bytes())


def parts_of(folder: Path, manifest: Manifest) -> list[Part]:
    return [Part(folder / str(number), name) for number, name in enumerate(manifest.files, start=1)]


# -- the readings put together -----------------------------------------------------------------------------------------


def refused_part(name: str, refused: Refused) -> Refused:
    """The refusal of the whole for the sake of one file, with its name."""
    return Refused(refused.code, f"“{metadata_line(name)}”: {refused.message}")


def joined(manifest: Manifest, readings: Sequence[ReadBook]) -> ReadBook:
    """One book of several, in order, chapters numbered through.

    A file with several chapters is a part: its title goes above theirs. A file with one chapter is that chapter, under
    its printed heading, else under the file's title. Keys follow the text as always.
    """
    books = [reading.book for reading in readings]
    several = len(books) > 1
    titles = _titles(books, manifest.files) if several else ["" for _ in books]
    taken: Counter[str] = Counter()
    number = 0
    sections: list[Section] = []
    for book, title in zip(books, titles, strict=True):
        part = len(book.chapters) > 1
        for section in book.sections:
            change: dict[str, object] = {"key": section_key(section.kind, section.text, taken)}
            if section.kind is SectionKind.CHAPTER:
                number += 1
                change["number"] = number
            if several and part:
                change["path"] = (title, *section.path)
            elif several and section.kind is SectionKind.CHAPTER and not section.heading:
                change["title"] = title
            sections.append(section.model_copy(update=change))
    formats = {book.format for book in books}
    whole = Book(
        title=manifest.title or _shared_title(books, manifest.files),
        author=manifest.author or ", ".join(dict.fromkeys(book.author for book in books if book.author)),
        language=_language(books),
        format=formats.pop() if len(formats) == 1 else "mixed",
        sections=tuple(sections),
        warnings=_warnings(books, manifest.files),
        origin=books[0].origin if not several else None,
    )
    return ReadBook(book=whole, cover=next((r.cover for r in readings if r.cover), None))


def _titles(books: Sequence[Book], files: Sequence[str]) -> list[str]:
    """A title for each file: its own; its name without the number in front where it has none or shares it."""
    claimed = Counter(book.title for book in books)
    titles = []
    for book, name in zip(books, files, strict=True):
        named = title_from_name(name)
        own = claimed[book.title] == 1 and book.title != named
        titles.append(book.title if own else _NUMBERED.sub("", named) or named)
    return titles


def _shared_title(books: Sequence[Book], files: Sequence[str]) -> str:
    """What a work without a title is called: as all its files are, as their names begin, else as the first."""
    if len({book.title for book in books}) == 1:
        return books[0].title
    words = [title_from_name(name).split() for name in files]
    shared = list(takewhile(lambda same: len(set(same)) == 1, zip(*words, strict=False)))
    start = " ".join(same[0] for same in shared).rstrip(" -–_.")
    if start and not start.isdigit() and label_of(title_from_name(files[0])) is None:
        return start
    return books[0].title if label_of(books[0].title) is None else "Untitled"


def _language(books: Sequence[Book]) -> str:
    """The language of most words."""
    words: Counter[str] = Counter()
    for book in books:
        words[book.language] += book.word_count * (book.language != "und")
    return words.most_common(1)[0][0]


def _warnings(books: Sequence[Book], files: Sequence[str]) -> tuple[ReadingWarning, ...]:
    if len(books) == 1:
        return books[0].warnings
    return tuple(
        ReadingWarning(code=warning.code, message=f"“{metadata_line(name)}”: {warning.message}")
        for book, name in zip(books, files, strict=True)
        for warning in book.warnings
    )
