"""The sample tables of an MP4 file that one of our encoders wrote: its H.264 and AAC-LC tracks, no others.

Not a reader for files from outside: those go through PyAV.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from litink.errors import PermanentFailure
from litink.media.mp4.boxes import boxes
from litink.media.mp4.tables import AudioFormat, Format, Integers, Movie, Track, VideoFormat


def read_movie(path: Path) -> Movie:
    """Raises PermanentFailure ``clip-unreadable`` when the file is not a whole MP4 file."""
    try:
        return Movie(path, tuple(_tracks(_moov(path))))
    except (OSError, struct.error, KeyError, ValueError, IndexError) as error:
        raise PermanentFailure("clip-unreadable", f"{path.name} is not a whole MP4 file. Make it again.") from error


def _moov(path: Path) -> memoryview:
    length = path.stat().st_size
    with path.open("rb") as file:
        while True:
            head = file.read(16)
            size, kind = struct.unpack(">I4s", head[:8])
            skip = 8
            if size == 1:
                size, skip = struct.unpack(">Q", head[8:16])[0], 16
            start = file.tell() - len(head)
            if start + size > length or size < skip:
                raise ValueError("truncated")
            if kind == b"moov":
                file.seek(start + skip)
                return memoryview(file.read(size - skip))
            file.seek(start + size)


def _tracks(moov: memoryview) -> Iterator[Track]:
    for kind, trak in boxes(moov):
        if kind != "trak":
            continue
        mdia = dict(boxes(dict(boxes(trak))["mdia"]))
        stbl = dict(boxes(dict(boxes(mdia["minf"]))["stbl"]))
        format = _format(stbl["stsd"])
        if format is not None:
            yield _track(format, trak, mdia["mdhd"], stbl)


def _track(format: Format, trak: memoryview, mdhd: memoryview, stbl: dict[str, memoryview]) -> Track:
    (timescale,) = struct.unpack_from(">I", mdhd, 20 if mdhd[0] == 1 else 12)
    fixed, count = struct.unpack_from(">II", stbl["stsz"], 4)
    sizes = np.full(count, fixed, np.int64) if fixed else _numbers(stbl["stsz"], 12, count)
    durations = _runs(stbl["stts"], "stts")
    shifts = _runs(stbl["ctts"], "ctts") if "ctts" in stbl else np.zeros(count, np.int64)
    keys = np.ones(count, np.bool_)
    if "stss" in stbl:
        keys[:] = False
        keys[_numbers(stbl["stss"], 8, _count(stbl["stss"])) - 1] = True
    if not len(durations) == len(shifts) == count:
        raise ValueError("tables")
    return Track(format, timescale, sizes, _offsets(stbl, sizes), durations, shifts, keys, start=_start(trak))


def _count(box: memoryview) -> int:
    return int(struct.unpack_from(">I", box, 4)[0])


def _numbers(box: memoryview, at: int, count: int, type: str = ">u4") -> Integers:
    return np.frombuffer(box, type, count, at).astype(np.int64)


def _runs(box: memoryview, name: str) -> Integers:
    pairs = np.frombuffer(box, ">i4" if name == "ctts" else ">u4", 2 * _count(box), 8).reshape(-1, 2).astype(np.int64)
    return np.repeat(pairs[:, 1], pairs[:, 0])


def _offsets(stbl: dict[str, memoryview], sizes: Integers) -> Integers:
    """Chunk offsets and samples a chunk, as one offset a sample."""
    wide = "co64" in stbl
    table = stbl["co64" if wide else "stco"]
    chunks = _numbers(table, 8, _count(table), ">u8" if wide else ">u4")
    runs = _numbers(stbl["stsc"], 8, 3 * _count(stbl["stsc"])).reshape(-1, 3)
    firsts = np.append(runs[:, 0] - 1, len(chunks))
    per_chunk = np.repeat(runs[:, 1], np.diff(firsts))
    chunk_of = np.repeat(np.arange(len(chunks)), per_chunk)
    before = np.cumsum(sizes) - sizes
    first_of_chunk = np.cumsum(per_chunk) - per_chunk
    result: Integers = chunks[chunk_of] + before - before[first_of_chunk[chunk_of]]
    return result


def _start(trak: memoryview) -> int:
    edts = dict(boxes(trak)).get("edts")
    if edts is None:
        return 0
    elst = dict(boxes(edts))["elst"]
    layout, step = (">Qqhh", 20) if elst[0] == 1 else (">Iihh", 12)
    times: list[int] = [struct.unpack_from(layout, elst, 8 + step * number)[1] for number in range(_count(elst))]
    return max([0, *times])


def _format(stsd: memoryview) -> Format | None:
    kind, entry = next(boxes(stsd[8:]))
    if kind == "avc1":
        width, height = struct.unpack_from(">HH", entry, 24)
        return VideoFormat(width, height, bytes(dict(boxes(entry[78:]))["avcC"]))
    if kind == "mp4a":
        channels, _, _, _, rate = struct.unpack_from(">HHHHI", entry, 16)
        return AudioFormat(channels, rate >> 16, _config(dict(boxes(entry[28:]))["esds"]))
    return None


def _config(esds: memoryview) -> bytes:
    """The AudioSpecificConfig: the DecoderSpecificInfo (tag 5) inside DecoderConfig (4) inside ES (3)."""
    at = 4
    skip = {3: 3, 4: 13}
    while True:
        tag = esds[at]
        at += 1
        size = 0
        while True:
            byte = esds[at]
            at += 1
            size = size << 7 | byte & 0x7F
            if not byte & 0x80:
                break
        if tag == 5:
            return bytes(esds[at : at + size])
        at += skip.get(tag, size)
