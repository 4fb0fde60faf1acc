"""The way between the sandboxed reader, which draws the pages of a scan, and its parent, which has them recognised.

Jobs go up as a line of JSON and the pixels; answers come down as their length and their bytes. Both sides count alike:
after ``AHEAD`` jobs without an answer the reader waits for one, so neither ever waits for the other in vain. What comes
up was written next to a stranger's file: the parent takes nothing but small numbers, known words and grey pixels.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any

from litink.books.ocr import AHEAD, MAX_PIXELS, OUTPUT, Job, Picture, Recogniser

_LENGTH = struct.Struct("!I")
_LINE = 512  # bytes of a job's head
_END = {"end": True}  # after the last job of a batch
_LANGUAGES = {"languages": True}

Progress = Callable[[int, int], None]


class Channel:
    """The reader's end: a Recogniser whose work is done elsewhere."""

    def __init__(self, up: IO[bytes], down: IO[bytes]) -> None:
        self._up = up
        self._down = down

    def languages(self) -> tuple[str, ...]:
        self._send(_LANGUAGES)
        return tuple(self._answer().decode().split())

    def run(self, jobs: Iterable[Job]) -> Iterator[bytes]:
        waiting = 0
        for job in jobs:
            picture = job.picture
            self._send(
                {
                    "width": picture.width,
                    "height": picture.height,
                    "dpi": picture.dpi,
                    "task": job.task,
                    "language": job.language,
                    "done": job.done,
                    "total": job.total,
                },
                picture.pixels,
            )
            waiting += 1
            if waiting >= AHEAD:
                yield self._answer()
                waiting -= 1
        self._send(_END)
        for _ in range(waiting):
            yield self._answer()

    def close(self) -> None:
        self._up.close()
        self._down.close()

    def _send(self, head: dict[str, Any], pixels: bytes = b"") -> None:
        self._up.write(json.dumps(head).encode() + b"\n")
        self._up.write(pixels)
        self._up.flush()

    def _answer(self) -> bytes:
        (length,) = _LENGTH.unpack(_exactly(self._down, _LENGTH.size))
        return _exactly(self._down, length)


def serve(up: IO[bytes], down: IO[bytes], recogniser: Recogniser, progress: Progress) -> None:
    """The parent's end: answer until the reader closes its side, or says something it should not.

    ``progress`` is called with the numbers of pages read and to be read.
    """
    installed: tuple[str, ...] | None = None
    try:
        while line := up.readline(_LINE):
            head = _parsed(line)
            if installed is None:
                installed = recogniser.languages()
            if head == _LANGUAGES:
                _answer(down, " ".join(installed).encode())
            elif head != _END:
                for answer in recogniser.run(_jobs(head, up, installed, progress)):
                    _answer(down, answer)
    except (EOFError, ValueError, BrokenPipeError):
        return  # its exit code tells the rest


def _jobs(head: dict[str, Any], up: IO[bytes], installed: tuple[str, ...], progress: Progress) -> Iterator[Job]:
    while head != _END:
        width, height, dpi, done, total = (_number(head, name) for name in ("width", "height", "dpi", "done", "total"))
        task, language = head.get("task"), head.get("language")
        if not 0 < width * height <= MAX_PIXELS or task not in ("text", "orientation") or language not in installed:
            raise ValueError("no job")
        progress(done, total)
        yield Job(Picture(width, height, dpi, _exactly(up, width * height)), task, language)
        head = _parsed(up.readline(_LINE))


def _parsed(line: bytes) -> dict[str, Any]:
    head = json.loads(line) if line.endswith(b"\n") else None
    if not isinstance(head, dict):
        raise ValueError("no head of a job")
    return head


def _number(head: dict[str, Any], name: str) -> int:
    value = head.get(name)
    if not isinstance(value, int) or not 0 <= value < 1 << 20:
        raise ValueError(f"no {name}")
    return value


def _answer(down: IO[bytes], answer: bytes) -> None:
    answer = answer[:OUTPUT]
    down.write(_LENGTH.pack(len(answer)) + answer)
    down.flush()


def _exactly(stream: IO[bytes], count: int) -> bytes:
    data = stream.read(count)
    if len(data) != count:
        raise EOFError
    return data
