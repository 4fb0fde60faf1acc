"""Captions: the film's words cut into readable cues, and the cues as WebVTT and SubRip (karaoke: :mod:`.karaoke`). No
timing is decided here.

Limits follow the common broadcast rules (BBC Subtitle Guidelines; Netflix Timed Text Style Guide): two lines of 42
characters, at most 7 seconds. A cue is on screen while its words are spoken and never after them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from litink.books.model import Frozen
from litink.media.timeline import SpokenLine, SpokenWord, Timeline

LINE_CHARACTERS = 42
LINES = 2
LONGEST_CUE_SECONDS = 7.0
SHORTEST_CUE_SECONDS = 1.0  # wished for; a single short word between two speakers has to be shorter
AFTER_WORDS_SECONDS = 0.1  # how long a cue may stay after its last word
_JOIN_GAP_SECONDS = 0.5  # a pause within a cue is no longer than this

# Words that lead on to the next one: a line or cue does not end after them.
_LEADING_WORDS = """
a an the and or but nor of to in on at by for from with as if that than my your his her its our their this these those
i he she we they it is was are were be been not no mr mrs ms dr st who which when where
"""
_LEADING = frozenset(_LEADING_WORDS.split())


class Cue(Frozen):
    """Text on the screen: seconds from the start of the film, one or two lines."""

    start: float
    end: float
    lines: tuple[str, ...]
    speaker: str | None = None  # None is the narrator
    words: tuple[SpokenWord, ...] = ()  # what stands between blanks in the lines, one by one

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


@dataclass(frozen=True)
class _Token:
    """What stands between blanks in the printed text, and when it is spoken."""

    text: str
    start: float
    end: float
    speaker: str | None
    line_end: bool = False


def captions(timeline: Timeline) -> tuple[Cue, ...]:
    """The film's cues: rising, never overlapping, each with the words of one speaker."""
    cues: list[Cue] = []
    for run in _runs(_tokens(timeline.spoken())):
        cues += _cut(run)
    return tuple(_settled(cues))


def to_vtt(cues: Iterable[Cue]) -> str:
    """WebVTT (W3C), speakers as voice spans."""
    parts = ["WEBVTT\n"]
    for cue in cues:
        text = escape(cue.text, quote=False)
        if cue.speaker:
            text = f"<v {escape(' '.join(cue.speaker.split()), quote=False)}>{text}</v>"
        parts.append(f"{_clock(cue.start, '.')} --> {_clock(cue.end, '.')}\n{text}\n")
    return "\n".join(parts)


def to_srt(cues: Iterable[Cue]) -> str:
    """SubRip; it has no notion of a speaker."""
    return "\n".join(
        f"{number}\n{_clock(cue.start, ',')} --> {_clock(cue.end, ',')}\n{cue.text}\n"
        for number, cue in enumerate(cues, start=1)
    )


def _clock(seconds: float, point: str) -> str:
    milliseconds = round(seconds * 1000)
    hours, rest = divmod(milliseconds, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    whole, rest = divmod(rest, 1000)
    return f"{hours:02}:{minutes:02}:{whole:02}{point}{rest:03}"


def _tokens(lines: Iterable[SpokenLine]) -> Iterator[_Token]:
    for spoken in lines:
        line = spoken.line
        tokens: list[_Token] = []
        clock, number = spoken.start, 0
        for found in re.finditer(r"\S+", line.text):
            start, end = clock, clock
            heard = False
            while number < len(line.words) and line.words[number].char_start < found.end():
                word = line.words[number]
                if not heard:
                    start = max(clock, spoken.start + word.start)
                heard = True
                end = max(start, spoken.start + word.end)
                number += 1
            clock = end
            tokens += _broken(_Token(found.group(), start, end, line.speaker))
        if tokens:
            last = tokens[-1]
            tokens[-1] = _Token(last.text, last.start, last.end, last.speaker, line_end=True)
        yield from tokens


def _broken(token: _Token) -> list[_Token]:
    """A token longer than a line, in pieces that are not."""
    text, count = token.text, -(-len(token.text) // LINE_CHARACTERS)
    if count == 1:
        return [token]
    span = (token.end - token.start) / len(text)
    return [
        _Token(
            text[at : at + LINE_CHARACTERS],
            token.start + span * at,
            token.start + span * min(len(text), at + LINE_CHARACTERS),
            token.speaker,
        )
        for at in range(0, len(text), LINE_CHARACTERS)
    ]


def _runs(tokens: Iterable[_Token]) -> Iterator[list[_Token]]:
    """Stretches of one speaker without a long pause: no cue crosses their ends."""
    run: list[_Token] = []
    for token in tokens:
        if run and (token.speaker != run[-1].speaker or token.start - run[-1].end > _JOIN_GAP_SECONDS):
            yield run
            run = []
        run.append(token)
    if run:
        yield run


def _cut(run: Sequence[_Token]) -> list[Cue]:
    """The cheapest division of a run into cues, by dynamic programming over the places to cut."""
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(run) + 1):
        options = []
        for start in range(end - 1, -1, -1):
            piece = run[start:end]
            too_long = piece[-1].end - piece[0].start > LONGEST_CUE_SECONDS
            if start < end - 1 and (too_long or _layout(piece) is None):
                break
            options.append((best[start][0] + _cost(piece, last=end == len(run)), start))
        best.append(min(options))
    cues = []
    end = len(run)
    while end:
        start = best[end][1]
        piece = run[start:end]
        lines = _layout(piece)
        assert lines is not None, "a single token always fits: longer ones were broken"
        words = tuple(SpokenWord(text=token.text, start=token.start, end=token.end) for token in piece)
        cues.append(Cue(start=piece[0].start, end=piece[-1].end, lines=lines, speaker=piece[0].speaker, words=words))
        end = start
    return cues[::-1]


def _cost(piece: Sequence[_Token], *, last: bool) -> float:
    """How badly a cue reads: cut inside a phrase, too short to be read, or simply one cue more."""
    seconds = piece[-1].end - piece[0].start
    cost = 1.0
    if seconds < SHORTEST_CUE_SECONDS:
        cost += 6.0 * (SHORTEST_CUE_SECONDS - seconds)
    if not last:
        cost += _break_cost(piece[-1])
    return cost


def _break_cost(token: _Token) -> float:
    """How much a reader minds that the text stops after ``token``."""
    bare = token.text.rstrip("\"'”’»)]")
    if bare.endswith((".", "!", "?", "…")) and bare.lower().rstrip(".") not in _LEADING:
        return 0.0
    if bare.endswith((";", ":", "—", "–")):
        return 0.4
    if bare.endswith(",") or token.line_end:
        return 0.7
    return 4.0 if bare.lower().strip("\"'“‘«([.") in _LEADING else 2.0


def _layout(piece: Sequence[_Token]) -> tuple[str, ...] | None:
    """The cue's lines, or None when it does not fit: one if it fits, else two, well cut and even, the lower longer."""
    words = [token.text for token in piece]
    whole = " ".join(words)
    if len(whole) <= LINE_CHARACTERS:
        return (whole,)
    if len(whole) > LINES * LINE_CHARACTERS + 1:
        return None
    options = []
    for cut in range(1, len(words)):
        upper, lower = " ".join(words[:cut]), " ".join(words[cut:])
        if max(len(upper), len(lower)) <= LINE_CHARACTERS:
            uneven = abs(len(upper) - len(lower)) / 12 + (0.2 if len(upper) > len(lower) else 0)
            options.append((_break_cost(piece[cut - 1]) + uneven, (upper, lower)))
    return min(options)[1] if options else None


def _settled(cues: Sequence[Cue]) -> Iterator[Cue]:
    """Cues stay a moment after their last word, yet not into the next one, and last at least a millisecond."""
    for cue, following in zip(cues, [*cues[1:], None], strict=False):
        limit = following.start if following else cue.end + AFTER_WORDS_SECONDS
        end = max(min(cue.end + AFTER_WORDS_SECONDS, limit), min(cue.end, limit))
        if end - cue.start >= 0.001:
            yield cue.model_copy(update={"end": end})
