"""Opening a ZIP container (EPUB, DOCX) safely; nothing in it is unpacked to disk, nothing outside it is reached.

What is refused: encrypted entries, symbolic links, names that lead outside, methods other than stored and
deflate, too many entries, and sizes that only a decompression bomb has.
"""

from __future__ import annotations

import posixpath
import shutil
import stat
import zipfile
import zlib
from pathlib import Path
from types import TracebackType
from urllib.parse import unquote

from litink.errors import Refused

MAX_ENTRIES = 10_000
MAX_TOTAL = 1 << 30  # bytes declared in all
MAX_RATIO = 50  # above RATIO_FREE
RATIO_FREE = 64 << 20  # bytes; small archives may compress as well as they like
MAX_ENTRY = 64 << 20  # bytes of one entry that we read

_ENCRYPTED = 0x1  # general purpose bit 0 (APPNOTE.TXT, 4.4.4)


class Archive:
    """A checked ZIP archive. ``find`` forgives case, backslashes and percent-encoding in names.

    Names that leave the folder are an attack in an EPUB, whose package names its files; a Word file may carry them
    unread (``refuse_outside_names``).
    """

    def __init__(self, path: Path, *, refuse_outside_names: bool) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise Refused(
                "archive-damaged", "The file is damaged or was cut off; please download or export it again."
            ) from error
        try:
            self._check(refuse_outside_names)
        except Refused:
            self._zip.close()
            raise
        self.names = [info.filename for info in self._zip.infolist() if not info.is_dir()]
        self._exact: dict[str, zipfile.ZipInfo] = {}
        self._loose: dict[str, zipfile.ZipInfo] = {}
        for info in self._zip.infolist():
            if not info.is_dir():
                self._exact.setdefault(info.filename, info)
                self._loose.setdefault(_loose(info.filename), info)

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    def _check(self, refuse_outside_names: bool) -> None:
        entries = self._zip.infolist()
        if len(entries) > MAX_ENTRIES:
            raise Refused("archive-too-many-files", f"The file holds more than {MAX_ENTRIES:,} entries; it is no book.")
        declared = sum(info.file_size for info in entries)
        packed = sum(info.compress_size for info in entries)
        if declared > MAX_TOTAL or (declared > RATIO_FREE and declared > MAX_RATIO * max(packed, 1)):
            raise Refused("archive-too-large", "The file unpacks to far more than a book holds; it was not opened.")
        for info in entries:
            if info.flag_bits & _ENCRYPTED:
                raise Refused(
                    "archive-encrypted", "The archive is encrypted with a password; please remove it and try again."
                )
            if stat.S_ISLNK(info.external_attr >> 16):
                raise Refused("archive-unsafe", "The file contains a link to another file; it was not opened.")
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise Refused(
                    "archive-method", "The file is packed with a method that books do not use; please export it again."
                )
            if refuse_outside_names and _leads_outside(info.filename):
                raise Refused(
                    "archive-unsafe", "The file contains names that lead outside its folder; it was not opened."
                )

    def find(self, name: str) -> str | None:
        """The entry's own name for ``name`` as a manifest writes it, or None."""
        for candidate in (name, unquote(name)):
            if candidate in self._exact:
                return candidate
        info = self._loose.get(_loose(unquote(name))) or self._loose.get(_loose(name))
        return info.filename if info else None

    def size(self, name: str) -> int:
        return self._exact[name].file_size

    def copy(self, name: str, into: Path) -> None:
        """Write an entry that is stored as it is to a file. Raises KeyError when it is missing, Refused when packed."""
        info = self._exact[name]
        if info.compress_type != zipfile.ZIP_STORED:
            raise Refused("archive-method", "The archive's files are packed, which they never are in one made here.")
        try:
            with self._zip.open(info) as stream, into.open("wb") as file:
                shutil.copyfileobj(stream, file)
        except (zipfile.BadZipFile, EOFError, OSError) as error:
            raise Refused(
                "archive-damaged", "A part of the file is damaged; please download or export it again."
            ) from error

    def read(self, name: str, limit: int = MAX_ENTRY) -> bytes:
        """The entry's bytes. Raises KeyError when it is missing, Refused when damaged or larger than ``limit``."""
        info = self._exact[name]
        if info.file_size > limit:
            raise Refused("archive-too-large", "A part of the file is larger than any chapter; it was not opened.")
        try:
            with self._zip.open(info) as stream:
                data = stream.read(limit + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError) as error:
            raise Refused(
                "archive-damaged", "A part of the file is damaged; please download or export it again."
            ) from error
        if len(data) > limit:
            raise Refused("archive-too-large", "A part of the file is larger than it claims; it was not opened.")
        return data


def _loose(name: str) -> str:
    return posixpath.normpath(name.replace("\\", "/")).casefold()


def _leads_outside(name: str) -> bool:
    plain = unquote(name).replace("\\", "/")
    return plain.startswith("/") or plain[1:2] == ":" or ".." in plain.split("/")
