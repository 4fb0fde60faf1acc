"""What a book will cost, said before anything is spent: by asset, at least and at most, from its words or its scenes.

At least: every call answers at once, by the first model, as short as answers usually are. At most: the dearest model of
each ladder answers, as long as it may. What is in the cache already costs nothing and is not known here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import get_args

from litink.books.model import Section
from litink.production.paid.music import MUSIC_SECONDS
from litink.production.speaking import LONGEST_VIDEO
from litink.providers.catalogue import Model, Task
from litink.story.cross_references import RECALLED
from litink.story.model import Mood, SceneDescription, Script
from litink.story.model_writer import plot, staging, things

Range = tuple[float, float]  # at least, at most

# A thousand words of text, as the rules divide them; measured over twelve books of fiction, essay, play and textbook.
SCENES: Range = (3.5, 4.5)
SHOTS: Range = (28.0, 42.0)
LINES: Range = (29.0, 77.0)
PEOPLE_DRAWN: Range = (0.3, 1.7)

TOKENS_A_WORD: Range = (1.3, 1.7)
PEOPLE_DESCRIBED: Range = (1, 24)
THINGS_DESCRIBED: Range = (0, 2 * things.MOST_OF_A_KIND)
_THE_COVER = 1


@dataclass(frozen=True)
class Shape:
    """How much of everything a book has. ``exact``: counted in its scenes, not reckoned from its words."""

    book_words: int
    book_chapters: int
    words: int  # of the chapters to be made, as all below
    chapters: int
    characters: int  # of text that is spoken
    scenes: Range
    shots: Range
    lines: Range
    people: Range  # who stand in pictures
    exact: bool


@dataclass(frozen=True)
class AssetEstimate:
    """USD for one asset. ``units``: what it is billed by, such as pictures, at least and at most."""

    asset: str
    models: tuple[str, ...]
    unit: str
    units: Range
    usd: tuple[Decimal, Decimal]


def shape_of_words(all_chapters: Sequence[Section], chapters: Sequence[Section]) -> Shape:
    """Reckoned from the words of the chapters, before anything has been made."""
    thousands = sum(chapter.word_count for chapter in chapters) / 1000

    def reckoned(rate: Range, least: float = 1) -> Range:
        return (max(least, rate[0] * thousands), max(least, rate[1] * thousands + 1))

    return Shape(
        book_words=sum(chapter.word_count for chapter in all_chapters),
        book_chapters=len(all_chapters),
        words=sum(chapter.word_count for chapter in chapters),
        chapters=len(chapters),
        characters=sum(len(chapter.text) for chapter in chapters),
        scenes=reckoned(SCENES),
        shots=reckoned(SHOTS),
        lines=reckoned(LINES),
        people=reckoned(PEOPLE_DRAWN, 0),
        exact=False,
    )


def shape_of_scenes(
    all_chapters: Sequence[Section],
    chapters: Sequence[Section],
    scripts: Iterable[Script],
    scenes: Iterable[SceneDescription],
) -> Shape:
    """Counted in scripts and scenes that have been made."""
    described = list(scenes)
    lines = [line for script in scripts for scene in script.scenes for line in scene.lines]
    shots = [shot for scene in described for shot in scene.shots]
    people = {figure.character for shot in shots for figure in shot.figures}
    return Shape(
        book_words=sum(chapter.word_count for chapter in all_chapters),
        book_chapters=len(all_chapters),
        words=sum(chapter.word_count for chapter in chapters),
        chapters=len(chapters),
        characters=sum(len(line.text) for line in lines),
        scenes=_twice(len(described)),
        shots=_twice(len(shots)),
        lines=_twice(len(lines)),
        people=_twice(len(people)),
        exact=True,
    )


def _twice(count: int) -> Range:
    return (count, count)


def estimate(shape: Shape, ladders: Mapping[Task, Sequence[Model]]) -> list[AssetEstimate]:
    """By asset, in the order in which they are made. ``ladders`` holds the tasks that are paid for; those that it
    lacks are done by local engines and cost nothing."""
    read, book = _tokens(shape.words), _tokens(shape.book_words)
    people = (min(PEOPLE_DESCRIBED[0], shape.people[1]), PEOPLE_DESCRIBED[1])
    spoken_of, sketched = _times(book, (0.2, 1.2)), _times(people, (900, 4000))
    attributed, described = _times(book, (0.001, 0.1)), _times(people, (250, 1800))
    looked_at, shown = _times(THINGS_DESCRIBED, (400, 2500)), _times(THINGS_DESCRIBED, (60, things.ANSWER_TOKENS))
    overview = (150.0 * shape.book_chapters, 2500 + 0.15 * book[1])
    told_to_plot = float(RECALLED * plot.EARLIER_TOKENS * shape.book_chapters)
    told_to_script = float(RECALLED * staging.EARLIER_TOKENS * shape.chapters)
    staged = _plus(_times(shape.scenes, (80, 300)), _times(shape.lines, (2, 18)))
    seen = _plus(_times(shape.shots, (30, 110)), _times(shape.scenes, (10, 25)))
    asked: list[tuple[str, Task, Range, Range]] = [  # asset, task, tokens in, tokens out
        ("passages", "embedding", _times(read, (1.0, 1.3)), (0, 0)),
        (
            "characters",
            "cast",
            _plus(_plus(spoken_of, sketched), looked_at),
            _plus(_plus(attributed, described), shown),
        ),
        ("plot_overview", "plot", _plus(_times(book, (1.05, 1.5)), (0, told_to_plot)), overview),
        ("scripts", "script", _plus(_times(read, (1.1, 1.8)), (0, told_to_script)), staged),
        ("scenes", "scenes", _times(read, (1.1, 1.6)), seen),
    ]
    found = [
        _chat(asset, ladders[task], tokens_in, tokens_out)
        for asset, task, tokens_in, tokens_out in asked
        if ladders.get(task)
    ]
    counted: list[tuple[str, Task, str, Range]] = [
        ("character_images", "portrait", "pictures", shape.people),
        ("scene_images", "scene_image", "pictures", shape.shots),
        ("scene_images", "cover", "pictures", (_THE_COVER, _THE_COVER)),
        ("motion", "motion", "seconds", _seconds(shape.scenes, ladders.get("motion", ()))),
        ("music", "music", "seconds", _music(shape.scenes)),
        ("audio", "speech", "characters", (shape.characters * 0.9, shape.characters * 1.05)),
        ("lipsync", "lipsync", "seconds", (0, shape.scenes[1] * LONGEST_VIDEO)),  # a shot a scene, if anybody speaks
    ]
    for asset, task, unit, units in counted:
        if ladders.get(task):
            found.append(_counted(asset, ladders[task], unit, units))
    return found


def total(estimates: Sequence[AssetEstimate]) -> tuple[Decimal, Decimal]:
    """USD for all of it, at least and at most."""
    return (sum((e.usd[0] for e in estimates), Decimal(0)), sum((e.usd[1] for e in estimates), Decimal(0)))


def _chat(asset: str, ladder: Sequence[Model], tokens_in: Range, tokens_out: Range) -> AssetEstimate:
    least = ladder[0].price.of({"tokens_in": tokens_in[0], "tokens_out": tokens_out[0]})
    most = max(model.at_most({"tokens_in": tokens_in[1], "tokens_out": tokens_out[1]}) for model in ladder)
    units = (tokens_in[0] + tokens_out[0], tokens_in[1] + tokens_out[1])
    return AssetEstimate(asset, tuple(model.id for model in ladder), "tokens", units, (least, max(least, most)))


def _counted(asset: str, ladder: Sequence[Model], unit: str, units: Range) -> AssetEstimate:
    least = ladder[0].price.of({unit: units[0]})
    most = max(model.at_most({unit: units[1]}) for model in ladder)
    return AssetEstimate(asset, tuple(model.id for model in ladder), unit, units, (least, max(least, most)))


def _seconds(scenes: Range, ladder: Sequence[Model]) -> Range:
    """A moving shot a scene, as short or long as the models make them."""
    lengths = [length for model in ladder for length in model.durations] or [0]
    return (scenes[0] * min(lengths), scenes[1] * max(lengths))


def _music(scenes: Range) -> Range:
    """A piece a mood."""
    return (MUSIC_SECONDS, min(scenes[1], len(get_args(Mood))) * MUSIC_SECONDS)


def _tokens(words: int) -> Range:
    return (words * TOKENS_A_WORD[0], words * TOKENS_A_WORD[1])


def _times(a: Range, b: Range) -> Range:
    return (a[0] * b[0], a[1] * b[1])


def _plus(a: Range, b: Range) -> Range:
    return (a[0] + b[0], a[1] + b[1])
