"""Who is seen to speak in a film's shots, near enough for lips to be followed. Reads the timeline; makes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from litink.generation.keys import content_hash
from litink.generation.records import ItemRecord
from litink.media.frames import span_of
from litink.media.timeline import FPS, LONGEST_SHOT_SECONDS, Clip, TimedLine, TimedShot, Timeline
from litink.production.context import Production
from litink.production.credits import made_by
from litink.production.names import lines_of
from litink.story.model import SceneDescription, Shot, ShotSize

_NEAR: frozenset[ShotSize] = frozenset({"close_up", "medium", "two_shot", "over_the_shoulder"})
_ONE_FACE: tuple[ShotSize, ...] = ("close_up", "medium", "over_the_shoulder")  # the best for a provider's eye first
LONGEST_VIDEO = LONGEST_SHOT_SECONDS + 1.0  # seconds, with the cross-fades on both sides
_SHORTEST_SPEECH = 1.0  # seconds: for less nobody is paid


@dataclass(frozen=True)
class Spoken:
    """A line as it is heard in a clip. ``who``: Character.id."""

    line: TimedLine
    who: str
    sound: str  # hash of its FLAC

    @property
    def frames(self) -> tuple[float, float]:
        """Of the clip: its first, and where it ends."""
        return self.line.start_frame, self.line.start_frame + self.line.seconds * FPS


@dataclass(frozen=True)
class Seen:
    """A shot of a clip in which people who say something are seen near by."""

    timed: TimedShot
    shot: Shot
    span: tuple[int, int]  # the frames of the clip in which it is seen, cross-fades included
    lines: tuple[Spoken, ...]
    drawn_here: bool

    @property
    def seconds(self) -> float:
        return (self.span[1] - self.span[0]) / FPS

    @property
    def spoken_seconds(self) -> float:
        first, last = self.span
        return sum(max(0.0, min(last, one.frames[1]) - max(first, one.frames[0])) for one in self.lines) / FPS


@dataclass(frozen=True)
class Speaking:
    """What lips do in a scene. ``video``: the one shot that a provider is asked for; else the mouths of pictures that
    were drawn here are moved."""

    scene: SceneDescription
    clip: Clip
    shots: tuple[Seen, ...]
    video: bool
    inputs: Mapping[str, str]


def speaking(production: Production, timeline: Timeline) -> Iterator[Speaking]:
    """The scenes in which lips are to move, in the order of the film. ``timeline``: without moving mouths."""
    whole = _Whole(production)
    for clip in timeline.clips:
        scene = whole.scenes.get(clip.key)
        if clip.kind != "scene" or scene is None:
            continue
        seen = tuple(whole.seen(clip, scene))
        if bought := whole.bought(seen):
            inputs = {
                "picture": bought.timed.picture,
                "camera": content_hash([bought.timed.move, bought.span[1] - bought.span[0]]),
                "audio": content_hash([[one.sound, one.frames[0] - bought.span[0]] for one in bought.lines]),
                "seconds": content_hash(priced_seconds(bought.seconds)),
                "ratio": content_hash(production.options.ratio),
            }
            yield Speaking(scene, clip, (bought,), True, inputs)
        elif drawn := tuple(one for one in seen if one.drawn_here):
            lines = {one.line.id: one for one in chain.from_iterable(shot.lines for shot in drawn)}.values()
            inputs = {
                "pictures": content_hash(sorted({one.timed.picture for one in drawn})),
                "audio": content_hash([[one.who, one.sound, one.line.start_frame] for one in lines]),
            }
            yield Speaking(scene, clip, drawn, False, inputs)


def priced_seconds(seconds: float) -> int:
    """Whole seconds that hold a video."""
    return int(-(-seconds // 1))


class _Whole:
    """What all scenes of a book are looked up in."""

    def __init__(self, production: Production) -> None:
        self._pictures, self._audio = production.done("scene_images"), production.done("audio")
        self._buys = lips_are_bought(production)
        self.scenes = {scene.id: scene for scenes in production.scenes.values() for scene in scenes}
        self._speakers = {key: line.speaker for key, _, line in lines_of(production.scripts)}

    def seen(self, clip: Clip, scene: SceneDescription) -> Iterator[Seen]:
        near = {
            item.blob_sha: (shot, item)
            for shot in reversed(scene.shots)
            if shot.size in _NEAR and shot.figures and (item := self._pictures.get(shot.id))
        }
        lines = [
            Spoken(line, who, self._audio[line.id].blob_sha or "")
            for line in clip.lines
            if not line.missing and (who := self._speakers.get(line.id))
        ]
        for number, timed in enumerate(clip.shots):
            if timed.motion is not None or timed.picture not in near:
                continue
            shot, item = near[timed.picture]
            first, last = span = span_of(clip.shots, number, clip.frames)
            people = {figure.character for figure in shot.figures}
            mine = tuple(one for one in lines if one.who in people and one.frames[0] < last and one.frames[1] > first)
            if mine:
                yield Seen(timed, shot, span, mine, drawn_here(item))

    def bought(self, seen: tuple[Seen, ...]) -> Seen | None:
        """The shot that a provider is asked for: of one who speaks, as near and as long as there is one."""
        if not self._buys:
            return None
        able = [
            one
            for one in seen
            if not one.drawn_here
            and one.shot.size in _ONE_FACE
            and len({line.who for line in one.lines}) == 1
            and one.spoken_seconds >= _SHORTEST_SPEECH
        ]
        return min(able, key=lambda one: (_ONE_FACE.index(one.shot.size), -one.spoken_seconds), default=None)


def lips_are_bought(production: Production) -> bool:
    """Whether a provider moves lips in painted pictures of this book."""
    return production.options.lipsync and bool(production.engines.ladder(production.tier, "lipsync"))


def drawn_here(picture: ItemRecord) -> bool:
    return made_by(picture.meta, "drawn") == "drawn locally"
