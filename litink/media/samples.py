"""Recordings that strangers send: decoded in a child process with limits, handed on as sound of our own making.

What comes out is samples encoded anew, so that nothing of the file but its sound goes any further: no tags, no picture,
no trick of a container.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from litink.books.confine import leave_network, limit
from litink.errors import Refused

MEMORY = 2 << 30  # bytes of address space: libraries of signal processing map much and use little
CPU_SECONDS, WALL_SECONDS = 60, 90
OUTPUT = 128 << 20
RATE = 44_100
_ONLY = {  # no format that leads to other files or addresses
    "format_whitelist": "wav,w64,flac,mp3,ogg,mov,matroska,aac,aiff,caf",
    "protocol_whitelist": "file",
}

_UNREADABLE = Refused(
    "recording-unreadable", "The file is no sound that can be read here; send WAV, FLAC, MP3, Ogg, M4A or WebM."
)


@dataclass(frozen=True)
class Recording:
    """Mono 16-bit FLAC at ``RATE``."""

    data: bytes
    seconds: float
    lufs: float  # integrated loudness, EBU R 128


def read_recording(path: Path, *, longest: float) -> Recording:
    """The sound of a file. Raises Refused "recording-unreadable", "recording-too-long" (``longest``, seconds)."""
    with tempfile.TemporaryFile() as out:
        command = [sys.executable, "-I", "-m", __name__, str(path.resolve()), str(longest)]
        try:
            child = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.DEVNULL, env={}, cwd="/",
                timeout=WALL_SECONDS, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise _UNREADABLE from None
        out.seek(0)
        if child.returncode:
            raise _UNREADABLE
        head = json.loads(out.readline())
        if "refused" in head:
            raise Refused(*head["refused"])
        return Recording(out.read(), head["seconds"], head["lufs"])


# -- in the child ------------------------------------------------------------------------------------------------------


def _main(path: str, longest: str) -> None:
    limit(memory=MEMORY, cpu=CPU_SECONDS, output=OUTPUT)
    leave_network()
    import av
    import numpy as np

    from litink.media.loudness import integrated
    from litink.media.sound import encode

    pieces, count, most = [], 0, float(longest)
    head: dict[str, object]
    body = b""
    try:
        with av.open(path, metadata_errors="ignore", options=_ONLY) as container:
            resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
            for frame in container.decode(audio=0):
                for piece in resampler.resample(frame):
                    pieces.append(piece.to_ndarray().reshape(-1))
                    count += len(pieces[-1])
                if count > most * RATE:
                    break
        samples = np.concatenate(pieces).astype(np.float32)
        if count > most * RATE:
            head = {"refused": ["recording-too-long", f"A recording may last {most / 60:.0f} minutes at most."]}
        elif not np.isfinite(samples).all():
            raise ValueError("no numbers")
        else:
            body = encode(samples, RATE)
            head = {"seconds": count / RATE, "lufs": max(-120.0, float(integrated(samples, RATE)))}
    except (av.FFmpegError, IndexError, ValueError, MemoryError, OSError):
        head = {"refused": [_UNREADABLE.code, _UNREADABLE.message]}
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + body)


if __name__ == "__main__":
    _main(*sys.argv[1:])
