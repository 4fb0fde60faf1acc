"""``read``: a file to a Book, by what the file is and not by its name. In process; sandbox.py is the guarded way in."""

from __future__ import annotations

import gc
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from litink.books.articles import article_sections
from litink.books.assembly import assemble
from litink.books.division import divide
from litink.books.model import ReadBook
from litink.books.ocr import Recogniser
from litink.books.pieces import Manuscript, base_name, metadata_line, title_from_name
from litink.errors import Refused

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"II*\0", b"MM\0*", b"BM")
_SOUNDS = (b"ID3", b"\xff\xfb", b"OggS", b"fLaC", b"RIFF")
_PALM = b"BOOKMOBI"
_SNIFF = 4096
MAX_NAME = 2000  # characters of a file's name or a web address


def read(path: Path, *, filename: str | None = None, recogniser: Recogniser | None = None) -> ReadBook:
    """Read the book in ``path``. ``filename`` (default: the path's name) gives a title when the file has none.

    It may be the web address where the file was found; a page's article then knows it. Scanned pages are read by
    ``recogniser``, where there is one.

    Raises Refused with a stable code and a sentence for a person.
    """
    with _without_garbage_collection():
        return _read(path, metadata_line(filename or path.name, MAX_NAME), recogniser)


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """A reading makes thousands of objects that all stay: looking for garbage among them again and again finds none."""
    if not gc.isenabled():  # the caller's choice, or another reading under way that will enable it
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _read(path: Path, name: str, recogniser: Recogniser | None) -> ReadBook:
    manuscript = _manuscript(path, name, recogniser)
    if not any(piece.text.strip() for piece in manuscript.pieces):
        raise Refused(
            "no-text", "The file holds no text that can be read; if it is a scan, please use a copy with text."
        )
    manuscript.title = manuscript.title or title_from_name(name)
    return assemble(manuscript, article_sections(manuscript) if manuscript.origin else divide(manuscript))


def _manuscript(path: Path, name: str, recogniser: Recogniser | None) -> Manuscript:
    try:
        with path.open("rb") as stream:
            head = stream.read(_SNIFF)
    except OSError as error:
        raise Refused("file-unreadable", "The file could not be opened; please check that it exists.") from error
    if not head:
        raise Refused("file-empty", "The file is empty (0 bytes); please upload it again.")
    suffix = base_name(name).lower().rpartition(".")[2]
    if head.startswith(b"PK"):
        return _zipped(path)
    if b"%PDF-" in head:
        from litink.books.pdf import read_pdf

        return read_pdf(path, recogniser)
    if head.startswith(_OLE):
        raise Refused(
            "doc-old-or-protected",
            "This is an old Word file (.doc) or a document with a password; please save it as .docx without one.",
        )
    if head.startswith(b"{\\rtf"):
        raise Refused("rtf-unsupported", "This is an RTF file; please save it as DOCX, EPUB, PDF or plain text.")
    if head.startswith(_PICTURES):
        raise Refused("not-a-book", "This is a picture, not a book; please upload an EPUB, PDF, DOCX or text file.")
    if head.startswith(_SOUNDS):
        raise Refused(
            "not-a-book", "This is a sound or film file, not a book; please upload an EPUB, PDF, DOCX or text file."
        )
    if _PALM in head[:80]:
        raise Refused("kindle-unsupported", "This is a Kindle file; please convert it to EPUB and upload that.")
    from litink.books.text import read_text

    return read_text(path, suffix, address=name if "://" in name else "")


def _zipped(path: Path) -> Manuscript:
    try:
        with zipfile.ZipFile(path) as archive:
            names = {n.replace("\\", "/").lower() for n in archive.namelist()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Refused(
            "archive-damaged", "The file is damaged or was cut off; please download or export it again."
        ) from error
    if "[content_types].xml" in names and not any(n.endswith(".opf") for n in names):
        if any(n.startswith(("xl/", "ppt/")) for n in names):
            raise Refused(
                "office-unsupported",
                "This is a spreadsheet or a presentation; please upload a book or a Word document.",
            )
        from litink.books.docx import read_docx

        return read_docx(path)
    if (
        "content.xml" in names
        and "meta-inf/manifest.xml" in names
        and "mimetype" in names
        and not any(n.endswith(".opf") for n in names)
    ):
        raise Refused("odt-unsupported", "This is an OpenDocument file; please save it as DOCX or EPUB.")
    from litink.books.epub import read_epub

    return read_epub(path)
