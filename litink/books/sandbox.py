"""``read_book``: reading.read in a child process with limits, so that a hostile or broken file is only ever refused.

The child is a fresh interpreter: it inherits no descriptors, environment, secrets or threads. It may neither open a
socket nor start a program, and memory, CPU time and output are bounded by the kernel. Where Tesseract is installed, two
pipes lead out: pictures of scanned pages go up, what was recognised on them comes down (ocr_channel.py).
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal

from litink.books.confine import leave_network, limit
from litink.books.ocr_channel import Channel, Progress, serve
from litink.errors import Refused

if TYPE_CHECKING:
    from litink.books.model import ReadBook
    from litink.books.ocr import Recogniser

MEMORY = 512 << 20  # bytes of address space
CPU_SECONDS = 60
WALL_SECONDS = 120
SCAN_CPU_SECONDS = 600  # drawing the pages of a long scan
SCAN_WALL_SECONDS = 3600  # recognising them
OUTPUT = 256 << 20  # bytes of result

_TOO_COMPLEX = Refused(
    "book-too-complex",
    "The file needs more memory or time to read than any ordinary book; please export it again or split it.",
)
_SCAN_TOO_LONG = Refused(
    "pdf-scan-too-long", "The scan needs more than an hour to be recognised here; please split it."
)
_DAMAGED = Refused(
    "book-unreadable", "The file could not be read: it is damaged or malformed; please download or export it again."
)
_FORBIDDEN = (
    *("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system", "os.spawn", "os.kill"),
    *("pty.", "ftplib.", "http.", "smtplib.", "urllib."),
)


def read_book(path: Path, *, filename: str | None = None, progress: Progress | None = None) -> ReadBook:
    """Read ``path``, a file or the archive of a work (works.py), in a child process and return a ReadBook.

    ``progress`` is called with the numbers of scanned pages read and to be read, while a scan is recognised.
    Raises Refused: what the reader refuses, and also a parser that dies, hangs, or wants too much memory or output.
    """
    from litink.books.works import is_work, unpacked

    name = filename or path.name
    if is_work(path):
        with unpacked(path) as (folder, manifest):
            return _read_in_child(folder, name, manifest.files, progress)
    return _read_in_child(path, name, (), progress)


def _read_in_child(path: Path, name: str, files: Sequence[str], progress: Progress | None) -> ReadBook:
    """``files`` are the names of what a work's folder holds."""
    from litink.books.model import Book, Cover, ReadBook

    with tempfile.TemporaryFile() as out:
        try:
            code = _run([str(path.resolve()), name], out, progress)
        except Refused as refused:
            out.seek(0)
            raise _about(refused, files, _header(out)[1]) from refused
        out.seek(0)
        header, part = _header(out)
        if header is None:
            # A negative code is the signal that ended the child: these are our limits.
            limits = (signal.SIGKILL, signal.SIGXCPU, signal.SIGXFSZ)
            raise _about(_TOO_COMPLEX if -code in limits else _DAMAGED, files, part)
        if "refused" in header:
            raise _about(Refused(*header["refused"]), files, part)
        body = out.read(header["book"])
        cover = header["cover"]
        return ReadBook(
            book=Book.model_validate_json(body),
            cover=Cover(media_type=cover, data=out.read()) if cover else None,
        )


def _run(arguments: list[str], out: IO[bytes], progress: Progress | None) -> int:
    """The child's exit code. Raises Refused when it had to be ended."""
    from litink.books.ocr import find_tesseract

    command = [sys.executable, "-I", "-m", __name__, *arguments]
    tesseract = find_tesseract()
    with ExitStack() as pipes:
        theirs: list[int] = []
        if tesseract:
            up, up_theirs = _pipe(pipes, "rb")
            down, down_theirs = _pipe(pipes, "wb")
            theirs = [up_theirs.fileno(), down_theirs.fileno()]
        child = subprocess.Popen(
            [*command, *map(str, theirs)],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            pass_fds=theirs,
        )
        watch = _Watch(child, _TOO_COMPLEX, WALL_SECONDS)
        try:
            if tesseract:
                up_theirs.close()  # so that the end of the child is the end of the pipe
                down_theirs.close()

                def told(done: int, total: int) -> None:
                    watch.extend(_SCAN_TOO_LONG, SCAN_WALL_SECONDS)
                    if progress:
                        progress(done, total)

                serve(up, down, tesseract, told)
            code = child.wait()
        finally:
            watch.end()
    if watch.ended_for:
        raise watch.ended_for
    return code


def _pipe(stack: ExitStack, ours: Literal["rb", "wb"]) -> tuple[IO[bytes], IO[bytes]]:
    """Our end and theirs of a new pipe, both closed with the stack."""
    reading, writing = os.pipe()
    read = stack.enter_context(os.fdopen(reading, "rb"))
    write = stack.enter_context(os.fdopen(writing, "wb"))
    return (read, write) if ours == "rb" else (write, read)


class _Watch:
    """Ends a child that takes too long; ``ended_for`` is then the refusal to give."""

    def __init__(self, child: subprocess.Popen[bytes], refusal: Refused, seconds: float) -> None:
        self.ended_for: Refused | None = None
        self._child = child
        self._timer: threading.Timer | None = None
        self._extended = False
        self._allow(refusal, seconds)

    def extend(self, refusal: Refused, seconds: float) -> None:
        """Allow it so many seconds more, from the first call on."""
        if not self._extended:
            self._extended = True
            self._allow(refusal, seconds)

    def end(self) -> None:
        if self._timer:
            self._timer.cancel()
        if self._child.poll() is None:
            self._child.kill()
            self._child.wait()

    def _allow(self, refusal: Refused, seconds: float) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = threading.Timer(seconds, self._end, (refusal,))
        self._timer.daemon = True
        self._timer.start()

    def _end(self, refusal: Refused) -> None:
        if self._child.poll() is None:
            self.ended_for = refusal
            self._child.kill()


def _about(refused: Refused, files: Sequence[str], part: int) -> Refused:
    from litink.books.works import refused_part

    return refused_part(files[part - 1], refused) if 0 < part <= len(files) else refused


def _header(out: IO[bytes]) -> tuple[dict[str, Any] | None, int]:
    """The line that tells what follows, None when the child did not come to it; and the part it read last."""
    part = 0
    while (line := out.readline(1 << 16)).endswith(b"\n"):
        try:
            header = json.loads(line)
        except ValueError:
            break
        if not isinstance(header, dict):
            break
        if "part" not in header:
            return header, part
        part = int(header["part"])
    return None, part


# -- in the child ------------------------------------------------------------------------------------------------------


def _forbid(event: str, arguments: tuple[Any, ...]) -> None:
    if event.startswith(_FORBIDDEN):
        raise PermissionError(f"{event} is not allowed while reading a book")
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        raise PermissionError("a reader does not write files")


def _read(path: Path, filename: str, out: IO[bytes], recogniser: Recogniser | None) -> ReadBook:
    """The book in a file, or in a work's folder: before each of its files a line tells that it is begun."""
    from litink.books import works
    from litink.books.reading import read

    if not path.is_dir():
        return read(path, filename=filename, recogniser=recogniser)
    manifest = works.manifest_of(path)
    readings = []
    for number, part in enumerate(works.parts_of(path, manifest), start=1):
        out.write(json.dumps({"part": number}).encode() + b"\n")
        out.flush()
        readings.append(read(part.path, filename=part.name, recogniser=recogniser))
    out.write(json.dumps({"part": 0}).encode() + b"\n")  # what goes wrong now is no one file's fault
    return works.joined(manifest, readings)


def _main(path: str, filename: str, *pipes: str) -> None:
    """``pipes`` are the descriptors that lead up to the parent and down from it, where there is Tesseract."""
    limit(memory=MEMORY, cpu=SCAN_CPU_SECONDS if pipes else CPU_SECONDS, output=OUTPUT)
    leave_network()
    channel = Channel(os.fdopen(int(pipes[0]), "wb"), os.fdopen(int(pipes[1]), "rb")) if pipes else None
    sys.addaudithook(_forbid)
    out = sys.stdout.buffer
    try:
        result = _read(Path(path), filename, out, channel)
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
    _main(*sys.argv[1:])
