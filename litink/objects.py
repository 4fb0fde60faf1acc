"""The object store: bytes under their SHA-256, in a local folder or on S3. Who may read what is not decided here."""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import obstore
from obstore.exceptions import NotFoundError
from obstore.store import LocalStore, ObjectStore, from_url

from litink.errors import PermanentFailure
from litink.settings import Settings

_CHUNK = 1024 * 1024
# Bytes stored again after this long are written anew: so nobody takes them for forgotten before their rows are written.
_RENEWED_AFTER = timedelta(hours=12)
_SHA = re.compile(r"[0-9a-f]{64}")
_GOING = ".going"  # set aside while it is looked at once more whether it may go
PREFIXES = tuple(f"{number:02x}" for number in range(256))


def sha256_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def sha256_of_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True)
class Stored:
    """An object as the store knows it. ``modified``: when somebody stored it last."""

    sha: str
    bytes: int
    modified: datetime


class Objects:
    """Content-addressed bytes. Writing the same bytes twice is one object; an object is never changed."""

    def __init__(self, store: ObjectStore, scratch: Path) -> None:
        """``scratch`` holds copies of remote objects while somebody needs them as files."""
        self._store = store
        self._folder = Path(str(store.prefix)) if isinstance(store, LocalStore) and store.prefix else None
        self._scratch = scratch

    @classmethod
    def from_settings(cls, settings: Settings) -> Objects:
        settings.work_dir.mkdir(parents=True, exist_ok=True)
        if settings.store_url:
            return cls(from_url(settings.store_url), settings.work_dir)
        settings.objects_dir.mkdir(parents=True, exist_ok=True)
        return cls(LocalStore(settings.objects_dir), settings.work_dir)

    def put(self, data: bytes) -> str:
        """Store bytes; returns their SHA-256. The object appears whole or not at all."""
        sha = sha256_of(data)
        if not self._recent(sha):
            obstore.put(self._store, _key(sha), data)
        return sha

    def put_file(self, path: Path) -> str:
        """Store a file without reading it into memory; returns its SHA-256."""
        sha = sha256_of_file(path)
        if not self._recent(sha):
            obstore.put(self._store, _key(sha), path)
        return sha

    def _recent(self, sha: str) -> bool:
        """It is there, and will not be taken for forgotten soon."""
        found = self._found(sha)
        return found is not None and found.modified > datetime.now(UTC) - _RENEWED_AFTER

    def has(self, sha: str) -> bool:
        return self._found(sha) is not None

    def size(self, sha: str) -> int | None:
        """How many bytes an object has; None when it is not there."""
        found = self._found(sha)
        return found.bytes if found else None

    def _found(self, sha: str) -> Stored | None:
        try:
            meta = obstore.head(self._store, _key(sha))
        except (NotFoundError, FileNotFoundError):
            return None
        return Stored(sha, meta["size"], meta["last_modified"])

    def get(self, sha: str) -> bytes:
        """All bytes of an object. Raises PermanentFailure("object-missing") when it is not there."""
        try:
            return bytes(obstore.get(self._store, _key(sha)).bytes())
        except (NotFoundError, FileNotFoundError):
            raise _missing(sha) from None

    def stream(self, sha: str, start: int, length: int) -> Iterator[bytes]:
        """A range of an object in pieces of at most a mebibyte."""
        end = start + length
        while start < end:
            try:
                piece = bytes(obstore.get_range(self._store, _key(sha), start=start, length=min(_CHUNK, end - start)))
            except (NotFoundError, FileNotFoundError):
                raise _missing(sha) from None
            if not piece:
                raise _missing(sha)
            yield piece
            start += len(piece)

    @contextmanager
    def as_file(self, sha: str, suffix: str = "") -> Iterator[Path]:
        """An object as a file to read: the stored one itself where that is local, else a copy that is removed after."""
        if self._folder:
            path = self._folder / _key(sha)
            if not path.is_file():
                raise _missing(sha)
            yield path
            return
        with tempfile.NamedTemporaryFile(dir=self._scratch, suffix=suffix) as file:
            try:
                for piece in obstore.get(self._store, _key(sha)).stream(min_chunk_size=_CHUNK):
                    file.write(piece)
            except (NotFoundError, FileNotFoundError):
                raise _missing(sha) from None
            file.flush()
            yield Path(file.name)

    def delete(self, sha: str) -> None:
        try:
            obstore.delete(self._store, _key(sha))
        except (NotFoundError, FileNotFoundError):
            return

    # -- sweeping --------------------------------------------------------------------------------------------------

    def stored(self, prefix: str) -> Iterator[Stored]:
        """The objects whose hashes begin with ``prefix``, one of :data:`PREFIXES`, in any order."""
        for batch in obstore.list(self._store, prefix=f"{prefix}/", chunk_size=1000):
            for meta in batch:
                name = meta["path"].rpartition("/")[2]
                if _SHA.fullmatch(name):
                    yield Stored(name, meta["size"], meta["last_modified"])

    def discard(self, sha: str, before: datetime) -> int | None:
        """Remove an object unless somebody stored it since ``before``; the bytes that it had, None when it stays.

        In a folder that is exact: it is set aside first, and put back if it was stored again until then. On a remote
        store the look and the removal are two requests, milliseconds apart.
        """
        found = self._found(sha)
        if found is None:
            return 0
        if found.modified >= before:
            return None
        if self._folder is None:
            self.delete(sha)
            return found.bytes
        path = self._folder / _key(sha)
        aside = path.with_name(path.name + _GOING)
        try:
            path.rename(aside)
        except FileNotFoundError:
            return 0
        if _modified(aside) >= before:
            aside.rename(path)
            return None
        aside.unlink()
        return found.bytes

    def clear_leftovers(self, prefix: str, before: datetime) -> tuple[int, int]:
        """Remove files that kills left half-written, and put back what one left aside: files and bytes removed."""
        folder = self._folder / prefix if self._folder else None
        files = size = 0
        if folder is None or not folder.is_dir():
            return files, size
        for path in folder.iterdir():
            name = path.name
            with suppress(FileNotFoundError):
                if name.endswith(_GOING):
                    path.rename(path.with_name(name.removesuffix(_GOING)))
                elif not _SHA.fullmatch(name) and path.is_file() and _modified(path) < before:
                    files, size = files + 1, size + path.stat().st_size
                    path.unlink()
        return files, size


def _modified(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _key(sha: str) -> str:
    return f"{sha[:2]}/{sha}"


def _missing(sha: str) -> PermanentFailure:
    return PermanentFailure("object-missing", f"A stored file is gone ({sha[:12]}…); make it again to restore it.")
