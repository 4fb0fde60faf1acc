"""``read_book``: reading.read in a child process with limits, so that a hostile or broken file is only ever refused.

The child is a fresh interpreter: it inherits no descriptors, environment, secrets or threads. It may neither open a
socket nor start a program, and memory, CPU time and output are bounded by the kernel.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from litink.errors import Refused

if TYPE_CHECKING:
    from litink.books.model import ReadBook

MEMORY = 512 << 20  # bytes of address space
CPU_SECONDS = 60
WALL_SECONDS = 120
OUTPUT = 256 << 20  # bytes of result

_TOO_COMPLEX = Refused(
    "book-too-complex",
    "The file needs more memory or time to read than any ordinary book; please export it again or split it.",
)
_DAMAGED = Refused(
    "book-unreadable", "The file could not be read: it is damaged or malformed; please download or export it again."
)
_FORBIDDEN = (
    *("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system", "os.spawn", "os.kill"),
    *("pty.", "ftplib.", "http.", "smtplib.", "urllib."),
)


def read_book(path: Path, *, filename: str | None = None) -> ReadBook:
    """Read ``path`` in a child process and return a ReadBook.

    Raises Refused: what the reader refuses, and also a parser that dies, hangs, or wants too much memory or output.
    """
    from litink.books.model import Book, Cover, ReadBook

    command = [sys.executable, "-I", "-m", __name__, str(path.resolve()), filename or path.name]
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.DEVNULL, env={}, cwd="/"
        )
        try:
            code = child.wait(WALL_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise _TOO_COMPLEX from error
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
        out.seek(0)
        header = _header(out)
        if header is None:
            # A negative code is the signal that ended the child: SIGXCPU, SIGKILL and SIGXFSZ are our limits.
            raise _TOO_COMPLEX if -code in (9, 24, 25) else _DAMAGED
        if "refused" in header:
            raise Refused(*header["refused"])
        body = out.read(header["book"])
        cover = header["cover"]
        return ReadBook(
            book=Book.model_validate_json(body),
            cover=Cover(media_type=cover, data=out.read()) if cover else None,
        )


def _header(out: IO[bytes]) -> dict[str, Any] | None:
    line = out.readline(1 << 16)
    if not line.endswith(b"\n"):
        return None
    try:
        header = json.loads(line)
    except ValueError:
        return None
    return header if isinstance(header, dict) else None


# -- in the child ------------------------------------------------------------------------------------------------------


def _limit() -> None:
    try:
        import resource
    except ImportError:  # not a POSIX system: the wall clock is the only limit
        return
    for what, limit in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, OUTPUT),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        resource.setrlimit(what, (limit if hard == resource.RLIM_INFINITY else min(limit, hard),) * 2)


def _forbid(event: str, arguments: tuple[Any, ...]) -> None:
    if event.startswith(_FORBIDDEN):
        raise PermissionError(f"{event} is not allowed while reading a book")
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        raise PermissionError("a reader does not write files")


def _main(path: str, filename: str) -> None:
    _limit()
    sys.addaudithook(_forbid)
    out = sys.stdout.buffer
    try:
        from litink.books.reading import read

        result = read(Path(path), filename=filename)
        book = result.book.model_dump_json().encode()
        header: dict[str, Any] = {"book": len(book), "cover": result.cover.media_type if result.cover else None}
    except Refused as refused:
        header, result, book = {"refused": [refused.code, refused.message]}, None, b""
    except (MemoryError, RecursionError):
        header, result, book = {"refused": [_TOO_COMPLEX.code, _TOO_COMPLEX.message]}, None, b""
    except Exception:
        # Whatever else a parser throws at a malformed file: the person can only fetch a better copy.
        header, result, book = {"refused": [_DAMAGED.code, _DAMAGED.message]}, None, b""
    out.write(json.dumps(header).encode() + b"\n" + book)
    if result is not None and result.cover:
        out.write(result.cover.data)
    out.flush()


if __name__ == "__main__":
    _main(sys.argv[1], sys.argv[2])
