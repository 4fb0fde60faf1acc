"""Captions as Advanced SubStation Alpha (ASS, v4.00+): each word changes its colour when it is spoken.

The times within a line are centiseconds from its start (``\\k``): before them a word has the secondary colour.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from litink.media.captions import Cue
from litink.media.profile import profile_for
from litink.providers.base import Ratio

_SIZES: Final[dict[Ratio, int]] = {"16:9": 44, "9:16": 30, "1:1": 30}  # pixels; 42 characters fit beside the margins
_HEADER: Final = """\
[Script Info]
ScriptType: v4.00+
WrapStyle: 2
ScaledBorderAndShadow: yes
YCbCr Matrix: TV.709
PlayResX: {width}
PlayResY: {height}

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, \
StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Sans,{size},&H0000D7FF,&H00FFFFFF,&H00101010,&H80000000,0,0,0,0,100,100,0,0,1,2.5,0,2,24,24,{margin},1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""
# A brace opens an override and a backslash begins one; nothing escapes them everywhere.
_MARKUP: Final = str.maketrans({"{": "｛", "}": "｝", "\\": "＼", "\n": " ", "\r": " "})


def to_ass(cues: Iterable[Cue], ratio: Ratio) -> str:
    """For a film of this ratio at any resolution."""
    profile = profile_for(ratio)
    header = _HEADER.format(
        width=profile.width, height=profile.height, size=_SIZES[ratio], margin=round(profile.height * 0.06)
    )
    return header + "".join(f"{_event(cue)}\n" for cue in cues)


def _event(cue: Cue) -> str:
    name = " ".join((cue.speaker or "").replace(",", ";").translate(_MARKUP).split())
    return f"Dialogue: 0,{_clock(cue.start)},{_clock(cue.end)},Default,{name},0,0,0,,{''.join(_sung(cue))}"


def _sung(cue: Cue) -> Iterator[str]:
    """The cue's words, each with the time from the beginning of it to that of the next one."""
    begin, end = _hundredths(cue.start), _hundredths(cue.end)
    starts = [min(max(_hundredths(word.start), begin), end) for word in cue.words]
    breaks = {len(line.split()) for line in cue.lines[:1]} if len(cue.lines) > 1 else set()
    if starts and starts[0] > begin:
        yield f"{{\\k{starts[0] - begin}}}"
    for number, (word, start, following) in enumerate(zip(cue.words, starts, [*starts[1:], end], strict=True), start=1):
        last = number == len(cue.words)
        yield f"{{\\k{max(0, following - start)}}}{word.text.translate(_MARKUP)}"
        yield "" if last else "\\N" if number in breaks else " "


def _hundredths(seconds: float) -> int:
    return round(seconds * 100)


def _clock(seconds: float) -> str:
    minutes, hundredths = divmod(_hundredths(seconds), 6000)
    return f"{minutes // 60}:{minutes % 60:02}:{hundredths // 100:02}.{hundredths % 100:02}"
