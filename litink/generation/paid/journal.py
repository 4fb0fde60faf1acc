"""The journal: what providers answered, on this machine's disk before anything else is done with it.

A file a payment under way, named by its token, locked (flock) by the thread that has the payment in its hands. So:

- an answer that arrived survives a kill, and a database or object store that is away;
- a file that does not say that sending began tells that nothing was sent;
- a file that can be locked tells that whoever sent the request is dead, at once and for certain. The database cannot
  tell that: its own restart frees every lock while the request is still out.

A file is a row of records, appended and fsynced; a record cut short by a kill is as good as none. Files of machines
that died stay there: for those :attr:`Payment.overdue` decides.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from litink.errors import TransientFailure
from litink.generation.paid.plain import plain
from litink.providers.wire import Answer, AnswerLost, NotBilled, NotTaken, Pending, WrongAnswer

_BEGUN, _SENDING = "begun", "sending"

log = logging.getLogger(__name__)

# All that can be heard of a request that was sent.
Heard = Answer | Pending | NotTaken | WrongAnswer | AnswerLost | NotBilled


class Entry:
    """A payment's file, locked until closed. Use as a context manager."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self._path = path
        self._file = file

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def begin(self) -> None:
        """It is our payment, and nothing was sent so far. Raises OSError."""
        self._append({"kind": _BEGUN}, b"")

    def about_to_send(self) -> None:
        """From now on it may have been sent. Raises OSError: then it must not be."""
        self._append({"kind": _SENDING}, b"")

    @property
    def unsent(self) -> bool:
        """Surely nothing was sent. False where nobody can tell, as in a file made by ``claim``."""
        return [facts["kind"] for facts, _ in self._records()] == [_BEGUN]

    def write(self, heard: Heard) -> None:
        """Append what was heard; it is on the disk when this returns. A disk that does not take it is only logged:
        the row may still come to know."""
        try:
            self._append(*_facts(heard))
        except OSError as error:
            log.error("the journal cannot be written (%s): a kill now would lose an answer", error.strerror)

    def read(self) -> Heard | None:
        """What was heard last; None when nothing was, or not to its end."""
        heard = None
        for facts, data in self._records():
            if facts["kind"] not in (_BEGUN, _SENDING):
                heard = _heard(facts, data)
        return heard

    def remove(self) -> None:
        """The row knows everything: the file may go."""
        self._path.unlink(missing_ok=True)

    def _append(self, facts: dict[str, Any], data: bytes) -> None:
        header = json.dumps(
            {"facts": plain(facts), "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}, allow_nan=False
        )
        self._file.seek(0, os.SEEK_END)
        self._file.write(header.encode() + b"\n" + data + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def _records(self) -> Iterator[tuple[dict[str, Any], bytes]]:
        """The whole records, in order; one cut short by a kill ends them."""
        self._file.seek(0)
        while line := self._file.readline():
            try:
                header = json.loads(line)
            except ValueError:
                return
            data = self._file.read(header["bytes"])
            if self._file.read(1) != b"\n" or hashlib.sha256(data).hexdigest() != header["sha256"]:
                return
            yield header["facts"], data


class Journal:
    """The journal of one machine (or of several that share the folder and its locks)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def begin(self, token: str) -> Entry:
        """A new payment's file, locked. It is there even after a power cut.

        Raises TransientFailure("journal-away"): nothing may be sent whose answer could not be written down.
        """
        try:
            entry = self.claim(token, create=True)
            entry.begin()
            folder = os.open(self._folder, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            raise TransientFailure(
                "journal-away", f"The journal of paid calls cannot be written ({error.strerror}); nothing was sent."
            ) from None
        return entry

    def claim(self, token: str, *, create: bool = False) -> Entry:
        """Take a payment over from somebody who died.

        Raises BlockingIOError when he lives, FileNotFoundError when the payment was never under way on this machine;
        with ``create`` a file is made then, which says that we have it in our hands now.
        """
        path = self._folder / token
        flags = os.O_RDWR | (os.O_CREAT if create else 0)
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = os.fdopen(os.open(path, flags, 0o600), "r+b")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if path.stat().st_ino != os.fstat(file.fileno()).st_ino:
                raise FileNotFoundError(path)  # removed, and made anew, between opening and locking
        except BaseException:
            file.close()
            raise
        return Entry(path, file)

    def tokens(self, older_than: float) -> list[str]:
        """The payments that have had a file here for so many seconds, or longer, and were not heard of since."""
        if not self._folder.is_dir():
            return []
        before = time.time() - older_than
        found = []
        for path in self._folder.iterdir():
            with suppress(FileNotFoundError):  # its payment has just ended
                if path.stat().st_mtime <= before:
                    found.append(path.name)
        return found


def _facts(heard: Heard) -> tuple[dict[str, Any], bytes]:
    match heard:
        case Answer():
            facts = {
                "media_type": heard.media_type,
                "units": dict(heard.units),
                "cost_usd": _text(heard.cost_usd),
                "reference": heard.reference,
                "meta": dict(heard.meta),
            }
            return {"kind": "answer", **facts}, heard.data
        case Pending():
            return {"kind": "pending", "reference": heard.reference, "wait_seconds": heard.wait_seconds}, b""
        case NotBilled():
            return {"kind": "not-billed"}, b""
        case NotTaken():
            facts = {"code": heard.code, "message": heard.message}
            return {"kind": "not-taken", **facts, "retryable": heard.retryable, "throttled": heard.throttled}, b""
        case AnswerLost():
            facts = {"code": heard.code, "message": heard.message, "reference": heard.reference}
            return {"kind": "lost", **facts}, b""
        case WrongAnswer():
            facts = {"code": heard.code, "message": heard.message, "reference": heard.reference}
            return {"kind": "wrong", **facts, "units": dict(heard.units), "cost_usd": _text(heard.cost_usd)}, b""


def _heard(facts: dict[str, Any], data: bytes) -> Heard:
    kind = facts.pop("kind")
    if "cost_usd" in facts:
        facts["cost_usd"] = None if facts["cost_usd"] is None else Decimal(facts["cost_usd"])
    match kind:
        case "answer":
            return Answer(data=data, **facts)
        case "pending":
            return Pending(**facts)
        case "not-billed":
            return NotBilled()
        case "not-taken":
            return NotTaken(facts.pop("code"), facts.pop("message"), **facts)
        case "lost":
            return AnswerLost(**facts)
        case "wrong":
            return WrongAnswer(facts.pop("code"), facts.pop("message"), **facts)
    raise ValueError(f"the journal knows no {kind!r}")


def _text(cost: Decimal | None) -> str | None:
    return None if cost is None else str(cost)
