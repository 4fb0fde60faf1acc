"""Scenes as a picture-maker needs them: setting, props and shots that together stand for every line."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise

from litink.books.model import Section
from litink.story.circumstances import Circumstances, circumstances, narration_of
from litink.story.entities import place_named
from litink.story.model import (
    Cast,
    Character,
    Figure,
    Line,
    SceneDescription,
    Script,
    ScriptScene,
    Shot,
    ShotSize,
    Span,
)
from litink.story.settings import SETTINGS

SHOT_WORDS = 30  # at most, but for a longer line: about 11 s at 160 words a minute
MOST_SHOTS = 16
# Where the text names no place: people talk in a room; who only reasons does so among books.
SETTING_OF_TALK = "room"
SETTING_OF_THOUGHT = "library"


def describe_scenes(section: Section, script: Script, cast: Cast) -> list[SceneDescription]:
    """One description per scene of ``script``, with the same id. Every line is in exactly one shot, in order."""
    characters = {c.id: c for c in cast.characters}
    quotations = [q for q in cast.quotations if q.chapter == section.key]
    talk = any(q.speaker for q in quotations)
    out: list[SceneDescription] = []
    before: Circumstances | None = None
    for scene in script.scenes:
        found = circumstances(narration_of(section.text, scene.start, scene.end, quotations), before=before)
        before = found
        setting = found.setting or (SETTING_OF_TALK if scene.present or talk else SETTING_OF_THOUGHT)
        out.append(
            SceneDescription(
                id=scene.id,
                chapter=section.key,
                number=scene.number,
                title=scene.title,
                setting=setting,
                indoors=SETTINGS[setting].indoors,
                place=scene.place,
                location=place_named(scene.place, cast.entities),
                time_of_day=scene.time_of_day,
                weather=scene.weather,
                mood=scene.mood,
                present=tuple(who for who in scene.present if who in characters),
                props=found.props,
                shots=_shots(scene, setting, found.props, characters),
                evidence=(Span(chapter=section.key, start=scene.start, end=scene.end),),
            )
        )
    return out


def _shots(
    scene: ScriptScene, setting: str, props: Sequence[str], characters: Mapping[str, Character]
) -> tuple[Shot, ...]:
    shots: list[Shot] = []
    for number, run in enumerate(_runs(scene.lines), start=1):
        speakers = [who for who, _ in Counter(line.speaker for line in run if line.speaker in characters).most_common()]
        size = _size(number, speakers, run)
        figures = _figures(size, speakers, run, scene, characters)
        shots.append(
            Shot(
                id=f"{scene.id}-{number}",
                size=size,
                figures=figures,
                lines=tuple(line.id for line in run),
                prompt=_prompt(size, figures, scene, setting, props, characters),
            )
        )
    return tuple(shots)


def _runs(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines in as few runs as go with at most ``SHOT_WORDS`` words each, of about the same length. A line that is
    longer by itself is a run; in a scene that would need more than ``MOST_SHOTS`` all runs are longer."""
    ends = [0, *accumulate(len(line.text.split()) for line in lines)]
    limit = max(SHOT_WORDS, math.ceil(ends[-1] / MOST_SHOTS))
    while len(cuts := _cut(ends, limit)) > MOST_SHOTS:
        limit += limit // 4
    return [list(lines[begin:end]) for begin, end in pairwise([0, *cuts])]


def _cut(ends: Sequence[int], limit: int) -> list[int]:
    """Behind how many lines each run ends: the fewest runs, then the smallest sum of squared lengths. ``ends`` are the
    words that stand before each line, and behind the last."""
    best: list[tuple[int, int, int]] = [(0, 0, 0)]  # runs, squares, where the last of them begins
    for end in range(1, len(ends)):
        options = []
        for begin in range(end - 1, -1, -1):
            words = ends[end] - ends[begin]
            if words > limit and begin < end - 1:
                break
            options.append((best[begin][0] + 1, best[begin][1] + words * words, begin))
        best.append(min(options))
    cuts = [len(ends) - 1]
    while best[cuts[-1]][2]:
        cuts.append(best[cuts[-1]][2])
    return cuts[::-1]


def _size(number: int, speakers: Sequence[str | None], run: Sequence[Line]) -> ShotSize:
    if number == 1:
        return "wide"
    if len(speakers) >= 2:
        return "two_shot" if number % 2 else "over_the_shoulder"
    if len(speakers) == 1:
        strong = max(line.intensity for line in run if line.speaker) >= 6
        return "close_up" if strong or number % 2 else "medium"
    return ("medium", "wide", "tracking")[number % 3]


def _figures(
    size: ShotSize,
    speakers: Sequence[str | None],
    run: Sequence[Line],
    scene: ScriptScene,
    characters: Mapping[str, Character],
) -> tuple[Figure, ...]:
    most = {"wide": 4, "medium": 2, "close_up": 1, "over_the_shoulder": 2, "two_shot": 2, "pov": 1, "tracking": 3}[size]
    order = [who for who in speakers if who] + [who for who in scene.present if who in characters]
    figures: list[Figure] = []
    for who in list(dict.fromkeys(order))[:most]:
        said = [line for line in run if line.speaker == who]
        felt = max(said, key=lambda line: (line.emotion != "neutral", line.intensity)).emotion if said else "neutral"
        figures.append(Figure(character=who, expression=felt, speaking=bool(said)))
    return tuple(figures)


_SIZES: dict[ShotSize, str] = {
    "wide": "Wide shot",
    "medium": "Medium shot",
    "close_up": "Close-up",
    "over_the_shoulder": "Over-the-shoulder shot",
    "two_shot": "Two-shot",
    "pov": "Point-of-view shot",
    "tracking": "Tracking shot",
}


def _prompt(
    size: ShotSize,
    figures: Sequence[Figure],
    scene: ScriptScene,
    setting: str,
    props: Sequence[str],
    characters: Mapping[str, Character],
) -> str:
    where = SETTINGS[setting].label
    when = "" if scene.time_of_day == "unknown" else f", {scene.time_of_day}"
    sky = "" if scene.weather == "unknown" or SETTINGS[setting].indoors else f", {scene.weather}"
    who = "; ".join(_portrait(characters[f.character], f) for f in figures)
    things = f" With {', '.join(p.replace('_', ' ') for p in props[:3])}." if props else ""
    people = f" {who}." if who else ""
    return f"{_SIZES[size]} of {where}{when}{sky}, {scene.mood} mood.{people}{things}"


def _portrait(character: Character, figure: Figure) -> str:
    kind = {"female": "girl", "male": "boy"} if character.age in ("child",) else {"female": "woman", "male": "man"}
    noun = kind.get(character.gender, "person")
    age = f"{character.age} " if character.age in ("young", "old") else ""
    look = character.look
    details = [
        look.build,
        f"{look.skin} skin" if look.skin else "",
        "bald" if look.hair == "bald" else f"{look.hair} hair" if look.hair else "",
        f"hair: {look.hair_style}" if look.hair_style else "",
        "beard" if look.beard else "",
        "glasses" if look.glasses else "",
        look.hat,
        look.clothes,
    ]
    described = ", ".join(d for d in details if d)
    manner = "" if figure.expression == "neutral" else f", showing {figure.expression}"
    doing = ", speaking" if figure.speaking else ""
    return f"{character.name} ({age}{noun}{', ' + described if described else ''}){manner}{doing}"
