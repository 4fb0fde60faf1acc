"""Text recognition by the program ``tesseract``, where it is installed: a picture in, hOCR out. No PDF, no layout.

Each picture is read in a process of its own with limits (confine.py). It gets the picture on its standard input, as
bare grey pixels under a header written here, so that no decoder of picture formats meets a stranger's bytes.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal, Protocol

MEMORY = 1 << 30  # bytes of address space for a page; a page of 300 dpi takes a third of it
CPU_SECONDS = 120  # for a page; one of 300 dpi takes two
WALL_SECONDS = 240
OUTPUT = 16 << 20  # bytes of hOCR
MAX_PIXELS = 16_000_000  # of a picture; A4 at 300 dpi has 9 million
AHEAD = max(1, min(4, os.cpu_count() or 1))  # pictures read side by side
INSTALL = (
    "install Tesseract on the machine that runs LitinkAI (Debian and Ubuntu: apt-get install tesseract-ocr; macOS: "
    "brew install tesseract)"
)
_LANGUAGE = re.compile(r"[A-Za-z]{3}[A-Za-z_/]{0,20}")
_NO_LANGUAGES = frozenset({"osd", "equ", "snum"})  # data files that are no language

Task = Literal["text", "orientation"]


@dataclass(frozen=True, slots=True)
class Picture:
    """Grey pixels, row by row from the top, one byte each, 255 is white."""

    width: int
    height: int
    dpi: int
    pixels: bytes


@dataclass(frozen=True, slots=True)
class Job:
    """A picture to read. ``language`` is Tesseract's name of it; ``done`` of ``total`` pages were read before."""

    picture: Picture
    task: Task
    language: str
    done: int = 0
    total: int = 0


class Recogniser(Protocol):
    """Reads pictures of text."""

    def languages(self) -> tuple[str, ...]:
        """Tesseract's names of the languages that are installed."""
        ...

    def run(self, jobs: Iterable[Job]) -> Iterator[bytes]:
        """The answers in order: hOCR of "text", Tesseract's own words of "orientation"; empty when it failed.

        Up to ``AHEAD`` jobs are taken before the first answer.
        """
        ...


def find_tesseract() -> Tesseract | None:
    """The installed program, or None."""
    program = shutil.which("tesseract") if os.name == "posix" else None
    return Tesseract(program) if program else None


class Tesseract:
    """The program at a path, a process a picture."""

    def __init__(self, program: str) -> None:
        self._program = program

    def languages(self) -> tuple[str, ...]:
        listed = self._start(["--list-langs"], b"").decode(errors="replace").splitlines()[1:]
        return tuple(sorted(name for name in listed if _LANGUAGE.fullmatch(name) and name not in _NO_LANGUAGES))

    def run(self, jobs: Iterable[Job]) -> Iterator[bytes]:
        pending: deque[Future[bytes]] = deque()
        with ThreadPoolExecutor(AHEAD, thread_name_prefix="ocr") as pool:
            try:
                for job in jobs:
                    pending.append(pool.submit(self._read, job))
                    if len(pending) >= AHEAD:
                        yield pending.popleft().result()
                while pending:
                    yield pending.popleft().result()
            finally:
                pool.shutdown(cancel_futures=True)

    def _read(self, job: Job) -> bytes:
        picture = job.picture
        image = f"P5 {picture.width} {picture.height} 255\n".encode() + picture.pixels
        arguments = ["stdin", "stdout", "--dpi", str(picture.dpi)]
        if job.task == "orientation":
            return self._start([*arguments, "--psm", "0"], image)
        return self._start([*arguments, "-l", job.language, "--psm", "3", "hocr"], image)

    def _start(self, arguments: list[str], given: bytes) -> bytes:
        """What the program prints; nothing when it fails or needs too much."""
        limits = [str(MEMORY), str(CPU_SECONDS), str(OUTPUT)]
        command = [sys.executable, "-I", "-m", "litink.books.confine", *limits, self._program, *arguments]
        kept = {name: os.environ[name] for name in ("TESSDATA_PREFIX",) if name in os.environ}
        with tempfile.TemporaryFile() as out:
            try:
                done = subprocess.run(
                    command,
                    input=given,
                    stdout=out,
                    stderr=subprocess.DEVNULL,
                    env={**kept, "OMP_THREAD_LIMIT": "1", "LC_ALL": "C"},
                    cwd="/",
                    timeout=WALL_SECONDS,
                    check=False,
                )
            except subprocess.TimeoutExpired:
                return b""
            out.seek(0)
            return out.read(OUTPUT) if done.returncode == 0 else b""
