"""An MP4 file from sample tables and runs of bytes, its index before the media (fast start). Nothing is re-encoded."""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from litink.errors import PermanentFailure
from litink.media.mp4.boxes import box, full
from litink.media.mp4.tables import AudioFormat, Integers, TextFormat, Track, VideoFormat
from litink.media.mp4.tags import Tags, user_data

_MOVIE_TIMESCALE = 1000
_UNITY = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_BRANDS: dict[str, bytes] = {
    "film": b"isom" + struct.pack(">I", 0x200) + b"isomiso2avc1mp41",
    "audiobook": b"M4B " + struct.pack(">I", 0x200) + b"M4B M4A isommp42",
}


@dataclass(frozen=True)
class Run:
    """Bytes of a file, or given bytes, that go into the media data as they are."""

    source: Path | bytes
    start: int
    length: int


def write_movie(out: Path, tracks: Sequence[Track], runs: Sequence[Run], tags: Tags) -> None:
    """Write ``out``: the tracks' offsets count from the start of the joined ``runs``."""
    total = sum(run.length for run in runs)
    ftyp = box("ftyp", _BRANDS[tags.kind])
    mdat_head = struct.pack(">I4sQ", 1, b"mdat", total + 16)
    wide = total > 0xF000_0000
    size = len(_moov(tracks, tags, 0, wide))
    base = len(ftyp) + size + len(mdat_head)
    with out.open("wb") as file:
        file.write(ftyp + _moov(tracks, tags, base, wide) + mdat_head)
        for run in runs:
            if isinstance(run.source, bytes):
                file.write(run.source)
            else:
                _copy(run.source, run.start, run.length, file)


def _copy(source: Path, start: int, length: int, target: BinaryIO) -> None:
    with source.open("rb") as file:
        file.seek(start)
        while length:
            block = file.read(min(length, 1 << 20))
            if not block:
                raise PermanentFailure("clip-unreadable", f"{source.name} ends early. Make it again.")
            target.write(block)
            length -= len(block)


def _moov(tracks: Sequence[Track], tags: Tags, base: int, wide: bool) -> bytes:
    duration = max(_scaled(track) for track in tracks)
    mvhd = full(
        "mvhd", 1, 0,
        struct.pack(">QQIQIH10x", 0, 0, _MOVIE_TIMESCALE, duration, 0x10000, 0x0100), _UNITY, bytes(24),
        struct.pack(">I", len(tracks) + 1),
    )  # fmt: skip
    chapters = next((n for n, track in enumerate(tracks, 1) if track.format == TextFormat("chapters")), None)
    traks = [_trak(track, number, chapters, base, wide) for number, track in enumerate(tracks, 1)]
    return box("moov", mvhd, *traks, user_data(tags))


def _scaled(track: Track) -> int:
    return round(track.shown * _MOVIE_TIMESCALE / track.timescale)


def _trak(track: Track, number: int, chapters: int | None, base: int, wide: bool) -> bytes:
    format = track.format
    hidden = format == TextFormat("chapters")
    width, height = (format.width, format.height) if isinstance(format, VideoFormat) else (0, 0)
    group = {VideoFormat: 0, AudioFormat: 1, TextFormat: 2}[type(format)]
    tkhd = full(
        "tkhd", 1, 0x2 if hidden else 0x3,
        struct.pack(">QQIIQ8xHHHH", 0, 0, number, 0, _scaled(track), 0, group, 0x100 if group == 1 else 0, 0), _UNITY,
        struct.pack(">II", width << 16, height << 16),
    )  # fmt: skip
    edits = full("elst", 1, 0, struct.pack(">IQqI", 1, _scaled(track), track.start, 0x10000))
    parts = [tkhd, box("edts", edits)]
    if chapters is not None and chapters != number and group < 2:
        parts.append(box("tref", box("chap", struct.pack(">I", chapters))))
    return box("trak", *parts, _mdia(track, base, wide))


def _mdia(track: Track, base: int, wide: bool) -> bytes:
    language = 0
    for letter in track.language if re.fullmatch("[a-z]{3}", track.language) else "und":
        language = language << 5 | (ord(letter) - 0x60)
    mdhd = full("mdhd", 1, 0, struct.pack(">QQIQHH", 0, 0, track.timescale, track.duration, language, 0))
    handler, header = {
        VideoFormat: (b"vide", full("vmhd", 0, 1, bytes(8))),
        AudioFormat: (b"soun", full("smhd", 0, 0, bytes(4))),
        TextFormat: (b"sbtl", full("nmhd", 0, 0)),
    }[type(track.format)]
    if track.format == TextFormat("chapters"):
        gmin = full("gmin", 0, 0, struct.pack(">HHHHHH", 0x40, 0x8000, 0x8000, 0x8000, 0, 0))
        handler, header = b"text", box("gmhd", gmin, box("text", _UNITY))
    hdlr = full("hdlr", 0, 0, bytes(4), handler, bytes(12), track.name.encode() + b"\0")
    dinf = box("dinf", full("dref", 0, 0, struct.pack(">I", 1), full("url ", 0, 1)))
    return box("mdia", mdhd, hdlr, box("minf", header, dinf, _stbl(track, base, wide)))


def _stbl(track: Track, base: int, wide: bool) -> bytes:
    parts = [full("stsd", 0, 0, struct.pack(">I", 1), _entry(track)), _runs("stts", 0, track.durations)]
    if track.shifts.any():
        parts.append(_runs("ctts", 0, track.shifts))
    if not track.keys.all():
        numbers = np.flatnonzero(track.keys) + 1
        parts.append(full("stss", 0, 0, struct.pack(">I", len(numbers)), numbers.astype(">u4").tobytes()))
    first = np.ones(len(track.sizes), np.bool_)
    first[1:] = track.offsets[1:] != track.offsets[:-1] + track.sizes[:-1]
    starts = np.flatnonzero(first)
    counts = np.diff(np.append(starts, len(first)))
    change = np.ones(len(counts), np.bool_)
    change[1:] = counts[1:] != counts[:-1]
    at = np.flatnonzero(change)
    rows = np.stack([at + 1, counts[at], np.ones(len(at), np.int64)], axis=1)
    parts.append(full("stsc", 0, 0, struct.pack(">I", len(rows)), rows.astype(">u4").tobytes()))
    sizes = track.sizes.astype(">u4").tobytes()
    parts.append(full("stsz", 0, 0, struct.pack(">II", 0, len(track.sizes)), sizes))
    chunks = (track.offsets[starts] + base).astype(">u8" if wide else ">u4").tobytes()
    parts.append(full("co64" if wide else "stco", 0, 0, struct.pack(">I", len(starts)), chunks))
    return box("stbl", *parts)


def _runs(kind: str, version: int, values: Integers) -> bytes:
    """Run-length pairs (count, value)."""
    change = np.ones(len(values), np.bool_)
    change[1:] = values[1:] != values[:-1]
    at = np.flatnonzero(change)
    pairs = np.stack([np.diff(np.append(at, len(values))), values[at]], axis=1)
    return full(kind, version, 0, struct.pack(">I", len(pairs)), pairs.astype(">u4").tobytes())


def _entry(track: Track) -> bytes:
    """The sample description: how the samples of the track are coded."""
    format = track.format
    reserved = bytes(6) + struct.pack(">H", 1)
    if isinstance(format, VideoFormat):
        visual = struct.pack(
            ">16xHHIIIH32sHh", format.width, format.height, 0x480000, 0x480000, 0, 1, b"", 24, -1
        )  # fmt: skip
        colour = box("colr", b"nclx", struct.pack(">HHHB", 1, 1, 1, 0))
        square = box("pasp", struct.pack(">II", 1, 1))
        return box("avc1", reserved, visual, box("avcC", format.avcc), colour, square)
    if isinstance(format, AudioFormat):
        audio = struct.pack(">8xHHHHI", format.channels, 16, 0, 0, format.rate << 16)
        return box("mp4a", reserved, audio, full("esds", 0, 0, _descriptors(format, track)))
    if format.kind == "chapters":
        return box("text", reserved, bytes(44))
    # White text at the bottom, no background (3GPP TS 26.245, 5.16).
    style = struct.pack(">HHHBBI", 0, 0, 1, 0, 18, 0xFFFFFFFF)
    fonts = box("ftab", struct.pack(">HHB", 1, 1, 5), b"Serif")
    return box("tx3g", reserved, struct.pack(">IbbI8x", 0, 1, -1, 0), style, fonts)


def _descriptors(format: AudioFormat, track: Track) -> bytes:
    rate = round(track.bytes * 8 * track.timescale / max(1, track.duration))

    def descriptor(tag: int, body: bytes) -> bytes:
        return struct.pack(">BB", tag, len(body)) + body

    # 0x40: MPEG-4 audio; 0x15: an audio stream.
    specific = descriptor(5, format.config)
    config = descriptor(4, struct.pack(">BBBHII", 0x40, 0x15, 0, 0, rate, rate) + specific)
    return descriptor(3, struct.pack(">HB", 1, 0) + config + descriptor(6, b"\2"))
