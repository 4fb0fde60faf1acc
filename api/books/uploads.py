"""Files on their way in: written to disk as they come, handed to the shelf, gone afterwards. No route."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from api.backend import Backend
from api.books.detail import detail
from api.books.schemas import BookDetail, PastedText
from litink.generation.keys import content_hash
from litink.library.options import MakeOptions
from litink.objects import sha256_of_file

_COPY = 1024 * 1024


@contextmanager
def kept(backend: Backend, source: BinaryIO) -> Iterator[Path]:
    """The bytes as a file of their own, under a name made here, for the length of the block."""
    backend.settings.work_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=backend.settings.work_dir, prefix="upload-") as file:
        shutil.copyfileobj(source, file, _COPY)
        file.flush()
        yield Path(file.name)


def fingerprint(path: Path, filename: str, options: MakeOptions) -> str:
    """What makes a repeated upload the same upload."""
    return content_hash({"file": sha256_of_file(path), "filename": filename, "options": options})


def shelve(backend: Backend, owner_id: UUID, path: Path, filename: str, options: MakeOptions) -> BookDetail:
    """Put the book on the shelf. Raises Refused."""
    return detail(backend, backend.shelf.add(path, filename=filename, owner_id=owner_id, options=options))


def plain_name(filename: str | None) -> str:
    """The client's file name without its folders, as a name only: it never becomes a path here."""
    name = (filename or "").replace("\\", "/").rpartition("/")[2].replace("\x00", "").strip()
    return name[:255] or "book"


def as_markdown(pasted: PastedText) -> bytes:
    """The text with title and author in front, as Markdown files carry them. Indents go: there they would mean code."""
    title, author = (" ".join(value.split()).strip("\"' ") for value in (pasted.title, pasted.author))
    front = ["---", f"title: {title}", *([f"author: {author}"] if author else []), "---", ""]
    lines = [line.strip() for line in pasted.text.splitlines()]
    return "\n".join([*front, *lines, ""]).encode(errors="replace")
