"""Which moments of a film its trailer shows. Only choosing: how pieces are cut and joined is next door.

A trailer keeps the film's order and stops well before the end. It shows the turning points first, then the best moment
of every part that has none yet, then the next best until its time is full. A moment is a run of whole lines: nobody is
cut off in the middle of a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from litink.errors import PermanentFailure
from litink.media.camera import choose_move
from litink.media.pieces import Piece
from litink.media.timeline import FPS, PLACEHOLDER, Clip, TimedLine, TimedShot, Timeline, frames_of

TRAILER_VERSION = 1  # raised when other moments are chosen
SHOWN = 0.75  # of the film at most: what comes after it would spoil the ending
SHORTEST, LONGEST, USUAL = 2.5, 12.0, 6.0  # seconds of a moment
LONGEST_BEAT = 15.0  # of one in which the plot turns: that is often told in a long sentence
LEAST_MOMENTS = 3
CARD_SECONDS = 3.5
_LEAD, _TAIL = 0.3, 0.45  # seconds of picture around the first and after the last word
_FADE = 6  # frames
_BEATS = 12  # parts of the film of which each shows one turning point at most
_QUOTES = " \"'“‘«("
_LEANING = ("and ", "but ", "so ", "for ", "then ", "yet ", "or ", "which ", "who ", "that ")  # on what was said before


@dataclass(frozen=True)
class _Moment:
    clip: Clip
    first: int  # frames of the clip
    frames: int
    score: float
    beat: bool

    @property
    def at(self) -> int:
        """Its first frame in the film."""
        return self.clip.start_frame + self.first

    @property
    def end(self) -> int:
        return self.at + self.frames


def moments(timeline: Timeline, *, seconds: float, beats: Mapping[str, float], until: float = SHOWN) -> list[Piece]:
    """Pieces of the film, in its order, of ``seconds`` at most and nearly that long.

    ``beats``: line ids of turning points, with how much each matters (about 1 to 3). ``until``: the share of the film
    after which nothing is shown. Raises PermanentFailure ``film-too-short`` when there is not enough to choose from.
    """
    limit = round(timeline.frames * min(until, SHOWN))
    room = int(seconds * FPS)
    found = [m for clip in timeline.clips if clip.kind == "scene" for m in _moments(clip, beats) if m.end <= limit]
    chosen = _chosen(found, limit, room)
    if len(chosen) < LEAST_MOMENTS or sum(m.frames for m in chosen) < 0.6 * room:
        raise PermanentFailure(
            "film-too-short",
            "The film has too few moments before its end for so long a trailer; ask for a shorter one.",
        )
    return [Piece(clip=m.clip, first=m.first, frames=m.frames, fade_in=_FADE, fade_out=_FADE) for m in chosen]


def _chosen(found: Sequence[_Moment], limit: int, room: int) -> list[_Moment]:
    chosen: list[_Moment] = []
    left = room

    def take(best: Sequence[_Moment], *, most: int = 1) -> None:
        nonlocal left
        for moment in best:
            if most and moment.frames <= left and not any(_clash(moment, other) for other in chosen):
                chosen.append(moment)
                left -= moment.frames
                most -= 1

    ranked = sorted(found, key=lambda m: (-m.score, m.at))
    for beat in sorted({_part(m, limit, _BEATS) for m in ranked if m.beat}):
        most = left - room / 2  # the other half is for what else happens
        take([m for m in ranked if m.beat and m.frames <= most and _part(m, limit, _BEATS) == beat])
    parts = max(LEAST_MOMENTS, round(room / (USUAL * FPS)))
    for part in range(parts):
        if not any(_part(m, limit, parts) == part for m in chosen):
            take([m for m in ranked if _part(m, limit, parts) == part])
    take(ranked, most=len(ranked))
    return sorted(chosen, key=lambda m: m.at)


def _part(moment: _Moment, limit: int, parts: int) -> int:
    return min(parts - 1, moment.at * parts // max(1, limit))


def _clash(one: _Moment, other: _Moment) -> bool:
    return one.at < other.end and other.at < one.end


def _moments(clip: Clip, beats: Mapping[str, float]) -> list[_Moment]:
    """Every run of whole lines of the clip that may be shown."""
    found = []
    lines = clip.lines
    ends = [0, *(line.start_frame + frames_of(line.seconds) for line in lines)]
    starts = [*(line.start_frame for line in lines), clip.frames]
    cuts = [shot.start_frame for shot in clip.shots]
    for i in range(len(lines)):
        if _goes_on(lines[i]):
            continue
        # From the cut before the first word to the one behind the last: no picture flashes up at either end.
        first = max(ends[i], starts[i] - frames_of(_LEAD), 0)
        first = max([first, *(cut for cut in cuts if first < cut <= starts[i])])
        for j in range(i, len(lines)):
            last = min(starts[j + 1], ends[j + 1] + frames_of(_TAIL))
            last = min([last, *(cut for cut in cuts if ends[j + 1] <= cut < last)])
            length = (last - first) / FPS
            run = lines[i : j + 1]
            beat = max((beats.get(line.id, 0.0) for line in run), default=0.0)
            if length > LONGEST_BEAT or any(line.missing for line in run):
                break
            if length < SHORTEST or (length > LONGEST and not beat) or _unseen(clip, first, last):
                continue
            speakers = {line.speaker for line in run if line.speaker}
            words = " ".join(line.text for line in run)
            score = (
                2.0 * beat
                + 0.8 * min(2, len(speakers))
                + 0.3 * min(2, words.count("!") + words.count("?"))
                - abs(length - USUAL) / USUAL
                - (0.6 if words.lower().lstrip(_QUOTES).startswith(_LEANING) else 0.0)
                - (1.5 if j + 1 < len(lines) and _goes_on(lines[j + 1]) else 0.0)
            )
            found.append(_Moment(clip, first, last - first, score, beat > 0))
    return found


def _goes_on(line: TimedLine) -> bool:
    """It is the rest of a sentence, such as "said Ines"."""
    return line.text.lstrip(_QUOTES)[:1].islower()


def _unseen(clip: Clip, first: int, last: int) -> bool:
    """A picture in the stretch is missing, or stands too short to be seen."""
    edges = [*(shot.start_frame for shot in clip.shots), clip.frames]
    for shot, (start, end) in zip(clip.shots, pairwise(edges), strict=True):
        seen = min(end, last) - max(start, first)
        if seen > 0 and (shot.picture == PLACEHOLDER or seen < FPS // 2):
            return True
    return False


def card(picture: str, title: str) -> Piece:
    """The closing card: ``picture`` is the key of what is drawn on it."""
    frames = frames_of(CARD_SECONDS)
    shot = TimedShot(picture=picture, start_frame=0, frames=frames, move=choose_move("card", "card", CARD_SECONDS))
    clip = Clip(key="closing", kind="title", title=title, chapter=None, start_frame=0, frames=frames, shots=(shot,))
    return Piece.whole(clip)
