"""A ZIP written piece by piece: memory does not grow with what is packed, nothing is kept on disk."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Any, Self, cast

_PACKED = (".json", ".jsonl", ".vtt", ".srt", ".txt")  # all else is compressed already


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


class Packing:
    """To be entered. The archive consists of what :meth:`add` gives, in that order, and :meth:`close` at last."""

    def __init__(self) -> None:
        self._sink = _Sink()
        self._zip = zipfile.ZipFile(cast(Any, self._sink), "w", allowZip64=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()  # also where nobody wants the rest any more

    def add(self, name: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
        info = zipfile.ZipInfo(name)  # without a date: the same content is the same archive
        info.compress_type = zipfile.ZIP_DEFLATED if name.endswith(_PACKED) else zipfile.ZIP_STORED
        info.external_attr = 0o644 << 16
        with self._zip.open(info, "w", force_zip64=True) as file:
            for piece in pieces:
                file.write(piece)
                yield self._sink.taken()
        yield self._sink.taken()

    def close(self) -> bytes:
        self._zip.close()
        return self._sink.taken()


def as_json(value: Any) -> bytes:
    """One line; what JSON does not know becomes text."""
    return json.dumps(value, ensure_ascii=False, default=str).encode(errors="replace")


def safe(name: str) -> str:
    """A part of a path that every system takes."""
    return re.sub(r"[^\w.\- ]+", "_", name).strip(" .")[:100] or "file"
