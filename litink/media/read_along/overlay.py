"""What is heard when, for a page: a SMIL 3.0 document of the page's fragments and the chapter's sound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from litink.media.read_along.markup import clock, text
from litink.media.read_along.page import Fragment
from litink.media.timeline import TimedLine


@dataclass(frozen=True)
class Part:
    """A fragment and its stretch of the sound, milliseconds."""

    fragment: str
    begin: int
    end: int


@dataclass(frozen=True)
class Heard:
    """A line in the chapter's sound: seconds from its start."""

    line: TimedLine
    start: float


def parts_of(fragments: Sequence[Fragment], heard: Mapping[str, Heard], seconds: float) -> tuple[Part, ...]:
    """Fragments with the stretches that they are read in, without a gap from 0 to the end: a player that goes from one
    to the next plays the pauses too. What is not heard, or begins no millisecond later than what stands before it, has
    none."""
    begins: list[tuple[str, int]] = []
    total = int(seconds * 1000)
    for fragment in fragments:
        found = heard.get(fragment.line)
        if found is None:
            continue
        begin = int(_begin(found, fragment.offset) * 1000)
        if begin < total and (not begins or begin > begins[-1][1]):
            begins.append((fragment.id, begin))
    edges = [0, *(begin for _, begin in begins[1:]), total]
    return tuple(Part(id_, begin, end) for (id_, _), begin, end in zip(begins, edges[:-1], edges[1:], strict=False))


def _begin(heard: Heard, offset: int) -> float:
    """Seconds into the sound at which what stands ``offset`` code points into the line is read."""
    word = next((word for word in heard.line.words if word.char_start >= offset), None) if offset else None
    return heard.start + (word.start if word else heard.line.seconds if offset else 0.0)


def overlay(parts: Sequence[Part], page: str, sound: str) -> str:
    """``page`` and ``sound`` are the names of the files, beside which this one lies."""
    rows = "\n".join(
        f'<par id="p{number}"><text src="{text(page)}#{part.fragment}"/>'
        f'<audio src="{text(sound)}" clipBegin="{clock(part.begin)}" clipEnd="{clock(part.end)}"/></par>'
        for number, part in enumerate(parts, start=1)
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<smil xmlns="http://www.w3.org/ns/SMIL" xmlns:epub="http://www.idpf.org/2007/ops" version="3.0">\n'
        f'<body><seq id="s" epub:textref="{text(page)}" epub:type="chapter">\n{rows}\n</seq></body>\n</smil>\n'
    )
