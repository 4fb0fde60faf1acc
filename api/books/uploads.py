"""Books on their way in: written to disk as they come, handed to the shelf, gone afterwards. No route."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from api.backend import Backend
from api.books.detail import detail
from api.books.schemas import BookDetail, PastedText
from litink.books.works import Part
from litink.generation.keys import content_hash
from litink.library import repository
from litink.library.fetching import Fetcher
from litink.library.intake import as_source, plain_name
from litink.library.options import MakeOptions, Terms
from litink.objects import sha256_of_file
from litink.production.costs.pricing import paid_tasks
from litink.production.preferences import check_models
from litink.providers.catalogue import Model, Task

_COPY = 1024 * 1024


@contextmanager
def kept(
    backend: Backend, sent: Sequence[tuple[BinaryIO, str | None]], *, title: str = "", author: str = ""
) -> Iterator[Part]:
    """What a client sent, (bytes, name) in order, as one source for the length of the block. Raises Refused."""
    with scratch(backend) as folder:
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
    with scratch(backend) as folder:
        path = folder / "fetched"
        with path.open("w+b") as file:
            name = Fetcher.from_settings(backend.settings).fetch(address, file)
        with _as_source(backend, folder, [Part(path, name)], title, "") as whole:
            yield whole


@contextmanager
def scratch(backend: Backend) -> Iterator[Path]:
    """A folder of this request's own; the names in it are made here."""
    backend.settings.work_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=backend.settings.work_dir, prefix="upload-") as name:
        yield Path(name)


def _as_source(
    backend: Backend, folder: Path, parts: Sequence[Part], title: str, author: str
) -> AbstractContextManager[Part]:
    limit = backend.settings.max_upload_bytes
    return as_source(parts, scratch=folder, max_bytes=limit, title=title, author=author)


def fingerprint(source: Part, options: MakeOptions, terms: Terms) -> str:
    """What makes a repeated upload the same upload."""
    said = {"filename": source.name, "options": options, "terms": terms}
    return content_hash({"file": sha256_of_file(source.path), **said})


def shelve(backend: Backend, owner_id: UUID, source: Part, options: MakeOptions, terms: Terms) -> BookDetail:
    """Put the book on the shelf. Raises Refused."""
    tasks, _ = paid(backend, owner_id, options)
    record = backend.shelf.add(
        source.path,
        filename=source.name,
        owner_id=owner_id,
        options=options,
        cap_usd=terms.cap_usd,
        wait=terms.waits(paid=bool(tasks)),
        wait_if_refused=terms.start == "auto",
    )
    return detail(backend, record)


def paid(
    backend: Backend, owner_id: UUID, options: MakeOptions | None = None
) -> tuple[Mapping[Task, tuple[Model, ...]], frozenset[Task]]:
    """What providers are paid for when an owner's book is made, and what they could be asked for besides.

    Raises what ``check_models`` raises for models that the options name.
    """
    wishes = options or MakeOptions()
    with backend.engine.begin() as connection:
        tier = repository.tier_of(connection, owner_id)
    check_models(backend.engines, tier, wishes.models)
    offered: tuple[Task, ...] = ("motion", "lipsync", "music")
    able = frozenset(task for task in offered if backend.engines.ladder(tier, task))
    return paid_tasks(backend.engines, tier, wishes), able


def as_markdown(pasted: PastedText) -> bytes:
    """The text with title and author in front, as Markdown files carry them. Indents go: there they would mean code."""
    title, author = (" ".join(value.split()).strip("\"' ") for value in (pasted.title, pasted.author))
    front = ["---", f"title: {title}", *([f"author: {author}"] if author else []), "---", ""]
    lines = [line.strip() for line in pasted.text.splitlines()]
    return "\n".join([*front, *lines, ""]).encode(errors="replace")
