"""The object store: bytes under their SHA-256, in a local folder or on S3. Who may read what is not decided here."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import obstore
from obstore.exceptions import NotFoundError
from obstore.store import LocalStore, ObjectStore, from_url

from litink.errors import PermanentFailure
from litink.settings import Settings

_CHUNK = 1024 * 1024


def sha256_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def sha256_of_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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
        if not self.has(sha):
            obstore.put(self._store, _key(sha), data)
        return sha

    def put_file(self, path: Path) -> str:
        """Store a file without reading it into memory; returns its SHA-256."""
        sha = sha256_of_file(path)
        if not self.has(sha):
            obstore.put(self._store, _key(sha), path)
        return sha

    def has(self, sha: str) -> bool:
        try:
            obstore.head(self._store, _key(sha))
        except (NotFoundError, FileNotFoundError):
            return False
        return True

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


def _key(sha: str) -> str:
    return f"{sha[:2]}/{sha}"


def _missing(sha: str) -> PermanentFailure:
    return PermanentFailure("object-missing", f"A stored file is gone ({sha[:12]}…); make it again to restore it.")
