"""Pieces: clips, or stretches of them, as they go into another film: cut, faded, louder, with words over them.

A piece is made from the clip's own pictures and lines and never from its coded film, so it is as sharp as the clip.
Pieces become films by the same copy as clips do; which pieces a film has is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import Field

from litink.books.model import Frozen
from litink.media.aac import FRAME
from litink.media.captions import AFTER_WORDS_SECONDS, Cue, captions
from litink.media.clips import encode_clip, stills_of
from litink.media.frames import FADE_FRAMES, draw
from litink.media.loudness import Samples, factor, limit
from litink.media.mix import MIX_PEAK_DBTP, mix_clip
from litink.media.overlay import OVERLAY_VERSION, overlaid
from litink.media.profile import Profile
from litink.media.timeline import FPS, Clip, Missing, TimedLine, Timeline, WordPart

PIECES_VERSION = 1  # raised when the same piece is to look or sound different
_SLACK = 0.1  # seconds of a word that may be cut off for it to count as heard


class Piece(Frozen):
    """A stretch of a clip. ``cues`` are burned in, in seconds from its first frame; ``mark`` stands in a corner."""

    clip: Clip
    first: int = 0
    frames: int
    fade_in: int = FADE_FRAMES
    fade_out: int = FADE_FRAMES
    volume: float = Field(default=1.0, ge=0, le=2)
    cues: tuple[Cue, ...] = ()
    mark: str = ""

    @classmethod
    def whole(cls, clip: Clip, **more: Any) -> Piece:
        return cls(clip=clip, frames=clip.frames, **more)

    @property
    def plain(self) -> bool:
        """It is the clip as it is."""
        return self == Piece.whole(self.clip)

    def recipe(self) -> dict[str, Any]:
        """What decides the piece's bytes, besides the sounds of its lines."""
        words = {"words": OVERLAY_VERSION, "cues": self.cues, "mark": self.mark} if self.cues or self.mark else {}
        return {
            "version": PIECES_VERSION,
            "clip": self.clip.recipe(),
            "window": [self.first, self.frames],
            "fades": [self.fade_in, self.fade_out],
            "volume": self.volume,
            **words,
        }

    def as_clip(self, key: str, start_frame: int, chapter: str | None) -> Clip:
        """The piece as a clip of another film, with the words that are heard in it; pictures and bed are left out."""
        return self.clip.model_copy(
            update={
                "key": key,
                "chapter": chapter,
                "start_frame": start_frame,
                "frames": self.frames,
                "shots": (),
                "bed": None,
                "lines": tuple(self._lines()),
            }
        )

    def _lines(self) -> Iterator[TimedLine]:
        """Lines, or what is heard of them, timed from the piece's first frame. No caption outlasts the piece."""
        last = self.frames / FPS - AFTER_WORDS_SECONDS
        for line in self.clip.lines:
            start = (line.start_frame - self.first) / FPS  # of the line, in seconds of the piece
            words = [
                word
                for word in line.words
                if start + word.start >= -_SLACK and start + word.end <= last + 2 * _SLACK and start + word.start < last
            ]
            if not words:
                continue
            if len(words) == len(line.words) and start >= 0 and start + words[-1].end <= last:
                yield line.model_copy(update={"start_frame": line.start_frame - self.first})
            else:
                yield self._heard_part(line, words, last)

    def _heard_part(self, line: TimedLine, words: Sequence[WordPart], last: float) -> TimedLine:
        frame = max(0, line.start_frame + int(words[0].start * FPS) - self.first)
        shift = (line.start_frame - self.first - frame) / FPS  # from the line's clock to the part's
        begin = words[0].char_start
        moved = tuple(
            word.model_copy(
                update={
                    "start": max(0.0, word.start + shift),
                    "end": min(word.end + shift, last - frame / FPS),
                    "char_start": word.char_start - begin,
                    "char_end": word.char_end - begin,
                }
            )
            for word in words
        )
        text = line.text[begin : words[-1].char_end]
        changes = {"start_frame": frame, "seconds": moved[-1].end, "text": text, "words": moved}
        return line.model_copy(update=changes)


def render_piece(
    piece: Piece, pictures: Callable[[str], bytes], lines: Callable[[str], bytes], out: Path, profile: Profile
) -> None:
    """Write ``piece`` to ``out``. ``pictures`` gives bytes by the key of a picture, video or bed, ``lines`` by line id.

    Uses one core and releases the GIL nearly all of the time: run several side by side in threads. The same arguments
    give the same bytes. Raises PermanentFailure ``picture-unreadable``, ``motion-unreadable``, ``sound-unreadable`` or
    ``line-out-of-step``.
    """
    window = range(piece.first, piece.first + piece.frames)
    frames = draw(
        piece.clip.shots,
        stills_of(pictures, profile),
        pictures,
        width=profile.width,
        height=profile.height,
        window=window,
        fades=(piece.fade_in, piece.fade_out),
    )
    sound = _sound(mix_clip(piece.clip, lines, pictures, profile.sample_rate, window), piece, profile)
    encode_clip(overlaid(frames, piece.cues, piece.mark, profile.width, profile.height), sound, out, profile)


def _sound(samples: Samples, piece: Piece, profile: Profile) -> Samples:
    """The stretch at its volume, faded at both ends.

    Its first and last AAC frame are silent where it is cut out of a clip: they are coded together with what lies
    beside them, which in the new film is something else.
    """
    if piece.volume > 1:
        samples = limit(samples * np.float32(piece.volume), profile.sample_rate, factor(MIX_PEAK_DBTP))
    else:
        samples = samples * np.float32(piece.volume)
    cut_in, cut_out = piece.first > 0, piece.first + piece.frames < piece.clip.frames
    if cut_in or piece.fade_in != FADE_FRAMES:
        ramp = _ramp(piece.fade_in, profile)[: len(samples)]
        samples[: len(ramp)] *= ramp
    if cut_out or piece.fade_out != FADE_FRAMES:
        ramp = _ramp(piece.fade_out, profile)[: len(samples)]
        samples[len(samples) - len(ramp) :] *= ramp[::-1]
    return samples


def _ramp(frames: int, profile: Profile) -> Samples:
    length = max(FRAME, frames * profile.samples_per_frame - FRAME)
    rising = np.sin(np.linspace(0, np.pi / 2, length, dtype=np.float32)) ** 2
    return np.concatenate([np.zeros(FRAME, np.float32), rising.astype(np.float32)])


def laid_out(
    pieces: Sequence[Piece], source: Timeline, *, titles: Sequence[str] | None = None, title: str = ""
) -> Timeline:
    """The timeline of a film of these pieces, one after the other.

    Chapters are those of the source; with ``titles`` each piece is a chapter of its own, called so; an empty list: the
    film has none. What the source goes without is told of the pieces' scenes.
    """
    clips: list[Clip] = []
    frame = 0
    for number, piece in enumerate(pieces):
        chapter = piece.clip.chapter if titles is None else str(number) if titles else None
        clips.append(piece.as_clip(f"{number:03}", frame, chapter))
        frame += piece.frames
    chapters = source.chapters if titles is None else {str(n): name for n, name in enumerate(titles)}
    scenes = {piece.clip.key for piece in pieces}
    missing: tuple[Missing, ...] = tuple(one for one in source.missing if one.scene in scenes)
    return Timeline(
        title=title or source.title, ratio=source.ratio, clips=tuple(clips), chapters=chapters, missing=missing
    )


def captioned(pieces: Sequence[Piece], timeline: Timeline) -> tuple[Piece, ...]:
    """The pieces with the captions of their film burned in. ``timeline``: as laid out of them."""
    cues = captions(timeline)
    result = []
    for piece, clip in zip(pieces, timeline.clips, strict=True):
        start, end = clip.start_frame / FPS, (clip.start_frame + clip.frames) / FPS
        mine = tuple(
            cue.model_copy(update={"start": round(cue.start - start, 4), "end": round(min(cue.end, end) - start, 4)})
            for cue in cues
            if start <= cue.start < end
        )
        result.append(piece.model_copy(update={"cues": mine}))
    return tuple(result)
