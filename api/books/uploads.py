"""Books on their way in: written to disk as they come, handed to the shelf, gone afterwards. No route."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from api.backend import Backend
from api.books.detail import detail
from api.books.schemas import BookDetail, PastedText
from litink.books.works import Part
from litink.generation.keys import content_hash
from litink.library.fetching import Fetcher
from litink.library.intake import as_source, plain_name
from litink.library.options import MakeOptions
from litink.objects import sha256_of_file

_COPY = 1024 * 1024


@contextmanager
def kept(
    backend: Backend, sent: Sequence[tuple[BinaryIO, str | None]], *, title: str = "", author: str = ""
) -> Iterator[Part]:
    """What a client sent, (bytes, name) in order, as one source for the length of the block. Raises Refused."""
    with _scratch(backend) as folder:
        parts = []
        for number, (source, name) in enumerate(sent):
            path = folder / str(number)
            with path.open("wb") as file:
                shutil.copyfileobj(source, file, _COPY)
            parts.append(Part(path, plain_name(name)))
        with _as_source(backend, folder, parts, title, author) as whole:
            yield whole


@contextmanager
def fetched(backend: Backend, address: str, *, title: str = "") -> Iterator[Part]:
    """What is at a web address as a source for the length of the block. Raises Refused."""
    with _scratch(backend) as folder:
        path = folder / "fetched"
        with path.open("w+b") as file:
            name = Fetcher.from_settings(backend.settings).fetch(address, file)
        with _as_source(backend, folder, [Part(path, name)], title, "") as whole:
            yield whole


@contextmanager
def _scratch(backend: Backend) -> Iterator[Path]:
    """A folder of this request's own; the names in it are made here."""
    backend.settings.work_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=backend.settings.work_dir, prefix="upload-") as name:
        yield Path(name)


def _as_source(
    backend: Backend, folder: Path, parts: Sequence[Part], title: str, author: str
) -> AbstractContextManager[Part]:
    limit = backend.settings.max_upload_bytes
    return as_source(parts, scratch=folder, max_bytes=limit, title=title, author=author)


def fingerprint(source: Part, options: MakeOptions) -> str:
    """What makes a repeated upload the same upload."""
    return content_hash({"file": sha256_of_file(source.path), "filename": source.name, "options": options})


def shelve(backend: Backend, owner_id: UUID, source: Part, options: MakeOptions) -> BookDetail:
    """Put the book on the shelf. Raises Refused."""
    return detail(backend, backend.shelf.add(source.path, filename=source.name, owner_id=owner_id, options=options))


def as_markdown(pasted: PastedText) -> bytes:
    """The text with title and author in front, as Markdown files carry them. Indents go: there they would mean code."""
    title, author = (" ".join(value.split()).strip("\"' ") for value in (pasted.title, pasted.author))
    front = ["---", f"title: {title}", *([f"author: {author}"] if author else []), "---", ""]
    lines = [line.strip() for line in pasted.text.splitlines()]
    return "\n".join([*front, *lines, ""]).encode(errors="replace")
