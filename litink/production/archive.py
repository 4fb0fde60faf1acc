"""Everything of a book as one ZIP, written piece by piece: memory does not grow with it, nothing is kept on disk."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any, cast

from litink.generation.records import ItemRecord
from litink.objects import Objects
from litink.production.context import Production
from litink.production.export import costs_report, understood
from litink.production.graph import ASKED_FOR, FAMILIES
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
_PACKED = (".json", ".vtt", ".srt")  # all else is compressed already


class _Sink(io.RawIOBase):
    """Holds what was written until somebody takes it."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        data, self._parts = b"".join(self._parts), []
        return data


def archive(production: Production) -> Iterator[bytes]:
    """The ZIP in pieces: the items in force in a folder an asset, ``book.json``, ``costs.json``, the file that was
    handed in, and at last ``manifest.json`` with the provenance of each item.

    Of a book that has not been understood yet, what there is. Raises PermanentFailure("object-missing").
    """
    sink = _Sink()
    record, objects = production.record, production.objects
    names: dict[str, tuple[str, ItemRecord]] = {}
    with zipfile.ZipFile(cast(Any, sink), "w", allowZip64=True) as out:
        for asset in (*FAMILIES, *ASKED_FOR):
            for item in production.done(asset).values():
                name = _name(asset, item, names)
                names[name] = (asset, item)
                yield from _write(out, sink, name, _content(objects, item.blob_sha or "", item.bytes or 0))
        if production.done("scenes"):
            for name, told in (("book.json", understood(production)), ("costs.json", costs_report(production))):
                yield from _write(out, sink, name, [_json(told)])
        source = f"source/{_safe(record.filename)}"
        yield from _write(out, sink, source, _content(objects, record.source_sha, record.source_bytes))
        yield from _write(out, sink, "manifest.json", _manifest(production, names, source))
    yield sink.taken()


def _content(objects: Objects, sha: str, size: int) -> Iterator[bytes]:
    return objects.stream(sha, 0, size)


def _write(out: zipfile.ZipFile, sink: _Sink, name: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
    info = zipfile.ZipInfo(name)  # without a date: the same book is the same archive
    info.compress_type = zipfile.ZIP_DEFLATED if name.endswith(_PACKED) else zipfile.ZIP_STORED
    info.external_attr = 0o644 << 16
    with out.open(info, "w", force_zip64=True) as file:
        for piece in pieces:
            file.write(piece)
            yield sink.taken()
    yield sink.taken()


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
        yield between + _json(file)
        between = b",\n"
    yield b"\n]}\n"


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, default=str).encode(errors="replace")


def _name(asset: str, item: ItemRecord, taken: dict[str, Any]) -> str:
    """A path in the archive that every system takes, and that no other item has."""
    parts = [_safe(part) for part in item.key.split("/") if part.strip(".")]
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


def _safe(name: str) -> str:
    return re.sub(r"[^\w.\- ]+", "_", name).strip(" .")[:100] or "file"
