"""The timeline: when every picture, line and word of a film is seen or heard. Times only; nothing is rendered here.

Everything a film is made from reads this one value: clips, captions, chapter markers, the audiobook. Time is counted
in frames of 1/24 s; a line starts on a frame, so that 48 kHz sound (2,000 samples a frame) and picture never drift.
What lies inside a clip is relative to that clip: a change in one scene moves the others without remaking them.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any, Literal

from litink.books.model import Frozen
from litink.media.camera import Move, choose_move
from litink.media.levels import balanced
from litink.providers.base import Ratio, Word
from litink.story.model import ShotSize

FPS = 24
TIMELINE_VERSION = 3  # part of every clip's recipe: raise it when the same input is to look or sound different
BED_VERSION = 1  # raise it when a bed is to lie under the same voices otherwise
PLACEHOLDER = "placeholder"  # the picture key of a picture that is not there

TITLE_SECONDS = 3.5
CHAPTER_CARD_SECONDS = 2.5
CHAPTER_CLIP = "chapter:"  # before the chapter's key: what the clip of its card is called
SCENE_LEAD_SECONDS = 0.6  # picture before the first word: the eye arrives before the ear
SILENT_SHOT_SECONDS = 4.0  # a shot without lines
LONGEST_SHOT_SECONDS = 12.0  # a picture that would stand longer is framed anew
SHORTEST_SHOT_SECONDS = 1.5  # a cut that would come sooner is left out
SLOWEST_MOTION = 1.5  # a video lasts at most so many times its own length; slower looks like slow motion

# Pauses after a line, measured in read-aloud speech: about a beat for a full stop, half of one inside a sentence.
PAUSE_INSIDE_SENTENCE = 0.12
PAUSE_SHORT_LINE = 0.22
PAUSE_SENTENCE = 0.35
PAUSE_TRAILING_OFF = 0.55
PAUSE_SPEAKER = 0.40  # at least, when another voice follows
PAUSE_PARAGRAPH = 0.65
PAUSE_SCENE = 1.3
PAUSE_CHAPTER = 2.0
_SHORT_LINE_WORDS = 3

# Estimates for a line whose sound is missing: English narration at about 160 words a minute.
_SECONDS_PER_CHARACTER = 0.065
_SHORTEST_LINE = 0.6


class WordPart(Frozen):
    """A spoken word: seconds from the start of its line, code points of the line's text."""

    text: str
    start: float
    end: float
    char_start: int
    char_end: int

    @classmethod
    def of(cls, word: Word) -> WordPart:
        return cls(text=word.text, start=word.start, end=word.end, char_start=word.char_start, char_end=word.char_end)


class LinePart(Frozen):
    """A line to be heard. ``seconds`` None: its sound is missing and its length is estimated."""

    id: str
    text: str
    seconds: float | None
    words: tuple[WordPart, ...] = ()
    paragraph_end: bool = False
    speaker: str | None = None  # the name to show; None is the narrator
    level: float = 0.0  # LU over a line that is simply spoken


class Motion(Frozen):
    """A video that begins with a shot's picture. ``video`` is an opaque key. ``synced``: it goes with the shot's sound,
    from its first visible frame on, so that its pace is its own."""

    video: str
    seconds: float
    synced: Literal[True] | None = None


class ShotPart(Frozen):
    """A picture and the lines it stands for. ``picture`` is an opaque key; None: missing."""

    picture: str | None
    size: ShotSize = "wide"
    lines: tuple[str, ...] = ()
    motion: Motion | None = None  # shown in place of a camera move over the picture


class ScenePart(Frozen):
    """``bed`` is the opaque key of a loop that lies under its voices; None: there is none."""

    id: str
    title: str
    shots: tuple[ShotPart, ...]
    lines: tuple[LinePart, ...]
    bed: str | None = None


class ChapterPart(Frozen):
    key: str
    title: str
    scenes: tuple[ScenePart, ...]
    card: str | None = None  # the picture key of its card; None: no card


class TimedLine(Frozen):
    """A line inside its clip; word times are seconds from the start of the line."""

    id: str
    start_frame: int  # from the start of the clip
    seconds: float
    text: str
    speaker: str | None
    words: tuple[WordPart, ...]
    missing: bool = False  # nothing is heard: the sound was not there
    gain: float = 0.0  # dB that it is mixed louder than it is stored


class TimedShot(Frozen):
    picture: str
    start_frame: int  # from the start of the clip
    frames: int
    move: Move
    motion: Motion | None = None  # in place of the move
    mouths: str | None = None  # the key of a plan (litink.media.talking) by which mouths in the picture move


class Clip(Frozen):
    """One piece of film that is rendered, stored and remade by itself: a card or a scene."""

    key: str  # "title", "chapter:<key>" or the scene's id
    kind: Literal["title", "chapter", "scene"]
    title: str
    chapter: str | None
    start_frame: int  # in the film
    frames: int
    shots: tuple[TimedShot, ...]
    lines: tuple[TimedLine, ...] = ()
    bed: str | None = None  # the key of the loop under its voices

    def recipe(self) -> dict[str, Any]:
        """Everything of the timeline that decides the clip's bytes, besides the sounds of its lines in their order.

        Its place in the film, captions and the names of lines do not.
        """
        heard = [line for line in self.lines if not line.missing]
        gains = {"gains": [line.gain for line in heard]} if any(line.gain for line in heard) else {}
        bed = {"bed": [self.bed, BED_VERSION]} if self.bed else {}
        return {
            "version": TIMELINE_VERSION,
            "fps": FPS,
            "frames": self.frames,
            "shots": [shot.model_dump(mode="json", exclude_none=True) for shot in self.shots],
            "lines": [line.start_frame for line in heard],
            **gains,
            **bed,
        }

    def pictures(self) -> tuple[str, ...]:
        """The keys of the pictures it needs, each once, without the placeholder."""
        return tuple(dict.fromkeys(shot.picture for shot in self.shots if shot.picture != PLACEHOLDER))

    def bare(self) -> Clip:
        """The same times with nothing to see or hear."""
        return self.model_copy(
            update={
                "shots": tuple(
                    s.model_copy(update={"picture": PLACEHOLDER, "motion": None, "mouths": None}) for s in self.shots
                ),
                "lines": tuple(line.model_copy(update={"missing": True}) for line in self.lines),
                "bed": None,
            }
        )


class SpokenWord(Frozen):
    """A word in the film: seconds from its start."""

    text: str
    start: float
    end: float


class SpokenLine(Frozen):
    """A line in the film: seconds from its start."""

    line: TimedLine
    clip: str
    start: float
    end: float

    def words(self) -> tuple[SpokenWord, ...]:
        return tuple(
            SpokenWord(text=word.text, start=self.start + word.start, end=self.start + word.end)
            for word in self.line.words
        )


class Marker(Frozen):
    """A chapter of the film: seconds."""

    title: str
    start: float
    end: float


class Missing(Frozen):
    """Something the film goes without for now."""

    kind: Literal["picture", "line"]
    scene: str  # ScenePart.id
    item: str  # the line's id, or the number of the shot in its scene, from 1


class Timeline(Frozen):
    title: str
    ratio: Ratio
    clips: tuple[Clip, ...]
    chapters: dict[str, str]  # key to title
    missing: tuple[Missing, ...] = ()
    fps: int = FPS

    @property
    def frames(self) -> int:
        return self.clips[-1].start_frame + self.clips[-1].frames if self.clips else 0

    @property
    def seconds(self) -> float:
        return self.frames / self.fps

    @cached_property
    def markers(self) -> tuple[Marker, ...]:
        """Chapters, without a gap: the title card belongs to the first."""
        starts: dict[str, int] = {}
        for clip in self.clips:
            if clip.chapter is not None:
                starts.setdefault(clip.chapter, clip.start_frame if starts else 0)
        ends = [*list(starts.values())[1:], self.frames]
        return tuple(
            Marker(title=self.chapters[key], start=start / self.fps, end=end / self.fps)
            for (key, start), end in zip(starts.items(), ends, strict=False)
        )

    def spoken(self) -> Iterator[SpokenLine]:
        """Every line in the order of the film, with absolute times."""
        for clip in self.clips:
            for line in clip.lines:
                start = (clip.start_frame + line.start_frame) / self.fps
                yield SpokenLine(line=line, clip=clip.key, start=start, end=start + line.seconds)


def build_timeline(
    chapters: Sequence[ChapterPart], *, ratio: Ratio, title: str, title_card: str | None = None
) -> Timeline:
    """Lay everything out. A missing picture or line never fails: it is bridged and listed in ``missing``.

    ``title_card`` is the picture key of the opening card; without it the film opens with its first chapter.
    """
    clips: list[Clip] = []
    missing: list[Missing] = []
    frame = 0

    def add(clip: Clip) -> None:
        nonlocal frame
        clips.append(clip)
        frame += clip.frames

    if title_card is not None:
        add(_card("title", "title", title, None, title_card, TITLE_SECONDS, frame))
    for chapter in chapters:
        if chapter.card is not None:
            key = f"{CHAPTER_CLIP}{chapter.key}"
            add(_card(key, "chapter", chapter.title, chapter.key, chapter.card, CHAPTER_CARD_SECONDS, frame))
        for scene in chapter.scenes:
            last = scene is chapter.scenes[-1]
            add(_scene(scene, chapter.key, frame, PAUSE_CHAPTER if last else PAUSE_SCENE))
            missing += _missing(scene)
    titles = {chapter.key: chapter.title for chapter in chapters}
    return Timeline(title=title, ratio=ratio, clips=tuple(clips), chapters=titles, missing=tuple(missing))


def frames_of(seconds: float) -> int:
    """The number of whole frames that holds ``seconds``."""
    return math.ceil(round(seconds * FPS, 6))


def pause_after(line: LinePart, following: LinePart | None) -> float:
    """Seconds of silence between a line and the next one of the same scene."""
    if following is None:
        return 0.0
    words = line.text.rstrip("\"'”’»)] \n")
    if words.endswith(("…", "...")):
        pause = PAUSE_TRAILING_OFF
    elif words.endswith((".", "!", "?", ":", ";", "—", "–")):
        short = len(words.split()) <= _SHORT_LINE_WORDS
        pause = PAUSE_SHORT_LINE if short else PAUSE_SENTENCE
    else:
        pause = PAUSE_INSIDE_SENTENCE
    if line.paragraph_end:
        return max(pause, PAUSE_PARAGRAPH)
    if line.speaker != following.speaker and pause > PAUSE_INSIDE_SENTENCE:
        return max(pause, PAUSE_SPEAKER)
    return pause


def _card(
    key: str, kind: Literal["title", "chapter"], title: str, chapter: str | None, picture: str, seconds: float, at: int
) -> Clip:
    frames = frames_of(seconds)
    shot = TimedShot(picture=picture, start_frame=0, frames=frames, move=choose_move("card", "card", seconds))
    return Clip(key=key, kind=kind, title=title, chapter=chapter, start_frame=at, frames=frames, shots=(shot,))


def _scene(scene: ScenePart, chapter: str, at: int, pause: float) -> Clip:
    lines, frames = _place_lines(scene.lines, pause)
    if not lines:
        frames = frames_of(SILENT_SHOT_SECONDS) * max(1, len(scene.shots))
    return Clip(
        key=scene.id,
        kind="scene",
        title=scene.title,
        chapter=chapter,
        start_frame=at,
        frames=frames,
        shots=_place_shots(scene, lines, frames),
        lines=lines,
        bed=scene.bed,
    )


def _place_lines(parts: Sequence[LinePart], pause: float) -> tuple[tuple[TimedLine, ...], int]:
    """Lines one after the other, and the frames of the whole clip."""
    lines = []
    clock = SCENE_LEAD_SECONDS
    gains = balanced([part.level for part in parts], [part.seconds or 0.0 for part in parts])
    for part, following, gain in zip(parts, [*parts[1:], None], gains, strict=False):
        start = frames_of(clock)
        seconds = part.seconds
        words = part.words
        if seconds is None:
            seconds = max(_SHORTEST_LINE, len(part.text) * _SECONDS_PER_CHARACTER)
        if not words:
            words = _estimated_words(part.text, seconds)
        lines.append(
            TimedLine(
                id=part.id,
                start_frame=start,
                seconds=seconds,
                text=part.text,
                speaker=part.speaker,
                words=words,
                missing=part.seconds is None,
                gain=gain,
            )
        )
        clock = start / FPS + seconds + pause_after(part, following)
    return tuple(lines), frames_of(clock + pause)


def _estimated_words(text: str, seconds: float) -> tuple[WordPart, ...]:
    """Words in proportion to their letters: good enough for captions when the engine told no times."""
    words = []
    position = 0
    spans = []
    for word in text.split():
        position = text.index(word, position)
        spans.append((word, position, position + len(word)))
        position += len(word)
    total = sum(len(word) + 1 for word, _, _ in spans)
    clock = 0.0
    for word, start, end in spans:
        share = seconds * (len(word) + 1) / total
        words.append(WordPart(text=word, start=clock, end=clock + share, char_start=start, char_end=end))
        clock += share
    return tuple(words)


def _place_shots(scene: ScenePart, lines: Sequence[TimedLine], frames: int) -> tuple[TimedShot, ...]:
    """Shots that fill the clip: each cut falls in the pause before the line it belongs to."""
    parts = scene.shots or (ShotPart(picture=None),)
    cuts = _cuts(parts, lines, frames)
    shots: list[TimedShot] = []
    for (part, start), end in zip(cuts, [start for _, start in cuts[1:]] + [frames], strict=True):
        for piece, (first, last) in enumerate(pairwise(_edges(part, start, end))):
            seed = hashlib.sha256(f"{part.picture}\0{len(shots)}".encode()).hexdigest()
            move = choose_move(part.size, seed, (last - first) / FPS, framing=piece)
            shots.append(
                TimedShot(
                    picture=part.picture or PLACEHOLDER,
                    start_frame=first,
                    frames=last - first,
                    move=move,
                    motion=None if piece else part.motion,
                )
            )
    return tuple(shots)


def _edges(part: ShotPart, start: int, end: int) -> list[int]:
    """Where the shot is framed anew: after its video, as long as that can be made to last, then as often as a picture
    would stand too long."""
    moving = []
    if part.motion is not None:
        still = start + math.floor(part.motion.seconds * SLOWEST_MOTION * FPS)
        if end - still < frames_of(SHORTEST_SHOT_SECONDS):  # the last frame is held instead
            return [start, end]
        moving, start = [start], still
    pieces = max(1, math.ceil((end - start) / (LONGEST_SHOT_SECONDS * FPS)))
    return moving + [start + round((end - start) * piece / pieces) for piece in range(pieces + 1)]


def _cuts(parts: Sequence[ShotPart], lines: Sequence[TimedLine], frames: int) -> list[tuple[ShotPart, int]]:
    """The shots that are shown and the frame each begins at, the first at 0."""
    if not lines:
        return [(part, frames * number // len(parts)) for number, part in enumerate(parts)]
    order = {line.id: number for number, line in enumerate(lines)}
    heard = [
        (min(order[id] for id in part.lines if id in order), part) for part in parts if order.keys() & set(part.lines)
    ]
    heard.sort(key=lambda pair: pair[0])
    if not heard:
        heard = [(0, parts[0])]
    shortest = frames_of(SHORTEST_SHOT_SECONDS)
    cuts = [(heard[0][1], 0)]
    for number, part in heard[1:]:
        before = lines[number - 1]
        pause_start = before.start_frame + frames_of(before.seconds)
        cut = (min(pause_start, lines[number].start_frame) + lines[number].start_frame) // 2
        if cut - cuts[-1][1] >= shortest and frames - cut >= shortest:
            cuts.append((part, cut))
    return cuts


def _missing(scene: ScenePart) -> list[Missing]:
    pictures = [
        Missing(kind="picture", scene=scene.id, item=str(number))
        for number, shot in enumerate(scene.shots or (ShotPart(picture=None),), start=1)
        if shot.picture is None
    ]
    lines = [Missing(kind="line", scene=scene.id, item=line.id) for line in scene.lines if line.seconds is None]
    return pictures + lines
