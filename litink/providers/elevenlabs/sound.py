"""The sound and the times in what ElevenLabs sends, checked."""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Sequence
from typing import Any

from litink.providers.magic import media_type

# An output format begins with one of these; raw formats have no mark to be known by.
_KINDS = {"mp3": "audio/mpeg", "wav": "audio/wav", "opus": "audio/ogg"}
_RAW = {"pcm": ("audio/pcm", 2), "ulaw": ("audio/basic", 1), "alaw": ("audio/alaw", 1)}  # bytes a sample


def decoded(text: object) -> bytes | None:
    """The bytes behind base64, None for anything else and for nothing."""
    if not isinstance(text, str):
        return None
    try:
        return base64.b64decode(text, validate=True) or None
    except (binascii.Error, ValueError):
        return None


def sound_type(data: bytes, output_format: str) -> str | None:
    """The media type of ``data`` when it is what ``output_format`` says (mp3_44100_128, pcm_24000, …), else None.

    Raw samples are told by their rate: "audio/pcm;rate=24000", 16 bits, little-endian, mono.
    """
    kind, _, rest = output_format.partition("_")
    if kind in _RAW:
        name, width = _RAW[kind]
        rate = rest.partition("_")[0]
        whole = len(data) >= width and len(data) % width == 0 and rate.isdigit()
        return f"{name};rate={rate}" if whole and not _is_text(data) else None
    found = media_type(data)
    return found if found == _KINDS.get(kind) else None


def alignment_of(value: Any) -> dict[str, list[Any]] | None:
    """{characters, character_start_times_seconds, character_end_times_seconds}, as many of each; None for none. Raises
    ValueError otherwise."""
    if value is None:
        return None
    characters = getattr(value, "characters", None)
    starts = getattr(value, "character_start_times_seconds", None)
    ends = getattr(value, "character_end_times_seconds", None)
    if not (isinstance(characters, list) and isinstance(starts, list) and isinstance(ends, list)):
        raise ValueError("the times of the characters are missing")
    if not len(characters) == len(starts) == len(ends):
        raise ValueError("not every character has its times")
    if not all(isinstance(c, str) for c in characters):
        raise ValueError("the characters are no text")
    if not all(isinstance(t, (int, float)) and math.isfinite(t) and t >= 0 for t in (*starts, *ends)):
        raise ValueError("a character's time is no time")
    return {
        "characters": characters,
        "character_start_times_seconds": starts,
        "character_end_times_seconds": ends,
    }


def joined(parts: Sequence[dict[str, list[Any]] | None]) -> dict[str, list[Any]] | None:
    """The alignments of a stream's chunks as one; their times count from the beginning of the speech. None for none."""
    there = [part for part in parts if part is not None]
    if not there:
        return None
    return {name: [value for part in there for value in part[name]] for name in there[0]}


def says_all(alignment: dict[str, list[Any]] | None, text: str) -> bool:
    """Whether as many letters and figures were timed as the text has. True where nothing was timed: nobody knows."""
    if alignment is None:
        return True
    timed = sum(map(_letters, alignment["characters"]))
    return timed >= _letters(text)


def _letters(text: str) -> int:
    return sum(character.isalnum() for character in text)


def _is_text(data: bytes) -> bool:
    """A web page or JSON in place of samples."""
    return data.lstrip()[:1] in (b"<", b"{") and all(32 <= byte < 127 or byte in b"\r\n\t" for byte in data[:64])
