"""Everything of a book as one ZIP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from litink.generation.records import ItemRecord
from litink.production.context import Production
from litink.production.export import costs_report, understood
from litink.production.graph import ASKED_FOR, FAMILIES
from litink.production.packing import Packing, as_json, safe
from litink.production.provenance import BookProvenance

_SUFFIXES = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "audio/flac": ".flac",
    "audio/mp4": ".m4b",
    "audio/mpeg": ".mp3",
    "video/mp4": ".mp4",
    "video/webm": ".webm",
    "video/quicktime": ".mov",
    "application/json": ".json",
}


def archive(production: Production) -> Iterator[bytes]:
    """The ZIP of a book in pieces, see :func:`pack`. Raises PermanentFailure("object-missing")."""
    with Packing() as packing:
        yield from pack(packing, production)
        yield packing.close()


def pack(packing: Packing, production: Production, folder: str = "") -> Iterator[bytes]:
    """Into ``folder`` of an archive: the items in force in a folder an asset, ``book.json``, ``costs.json``, the file
    that was handed in, and at last ``manifest.json`` with the provenance of each item.

    Of a book that has not been understood yet, what there is. Raises PermanentFailure("object-missing").
    """
    record, objects = production.record, production.objects
    names: dict[str, tuple[str, ItemRecord]] = {}
    for asset in (*FAMILIES, *ASKED_FOR):
        for item in production.done(asset).values():
            name = _name(asset, item, names)
            names[name] = (asset, item)
            yield from packing.add(folder + name, objects.stream(item.blob_sha or "", 0, item.bytes or 0))
    if production.done("scenes"):
        for name, told in (("book.json", understood(production)), ("costs.json", costs_report(production))):
            yield from packing.add(folder + name, [as_json(told)])
    source = f"source/{safe(record.filename)}"
    yield from packing.add(folder + source, objects.stream(record.source_sha, 0, record.source_bytes))
    yield from packing.add(folder + "manifest.json", _manifest(production, names, source))


def _manifest(production: Production, names: dict[str, tuple[str, ItemRecord]], source: str) -> Iterator[bytes]:
    """A JSON object whose ``files`` are written one by one."""
    record = production.record
    told = {
        "book": {"id": str(record.id), "title": record.title, "author": record.author, "revision": record.revision},
        "source": {"name": source, "sha256": record.source_sha, "bytes": record.source_bytes},
    }
    yield json.dumps(told, ensure_ascii=False)[:-1].encode() + b', "files": ['
    book = BookProvenance(production)
    between = b"\n"
    for name, (asset, item) in names.items():
        found = book.of(asset, item.key)
        file: dict[str, Any] = {
            "name": name,
            "sha256": found.sha256,
            "media_type": found.media_type,
            "bytes": found.bytes,
        }
        file["provenance"] = found.model_dump(mode="json", exclude={"sha256", "media_type", "bytes"})
        yield between + as_json(file)
        between = b",\n"
    yield b"\n]}\n"


def _name(asset: str, item: ItemRecord, taken: dict[str, Any]) -> str:
    """A path in the archive that every system takes, and that no other item has."""
    parts = [safe(part) for part in item.key.split("/") if part.strip(".")]
    stem = "/".join([asset, *(parts or ["item"])])
    suffix = _SUFFIXES.get(item.media_type or "", "")
    if asset == "exports":
        suffix = f".{item.recipe['order']['container']}"
    elif suffix and stem.endswith(suffix):
        suffix = ""
    name, number = stem + suffix, 1
    while name in taken:
        number += 1
        name = f"{stem}-{number}{suffix}"
    return name
