"""Pictures for every line: settings that can be drawn, shots in order, nobody who is not in the cast."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from litink.books.model import Section
from litink.story.model import Line, SceneDescription, Script
from litink.story.scenes import MOST_SHOTS, SHOT_WORDS, _runs
from litink.story.settings import PROPS, SETTINGS
from litink.story.writer import LocalWriter

from .conftest import book, chapter

WRITER = LocalWriter()


def described(text: str) -> tuple[Section, Script, list[SceneDescription]]:
    section = chapter(text)
    cast = WRITER.cast(book(section))
    made = WRITER.script(section, cast, None)
    return section, made, WRITER.scenes(section, made, cast)


LONG = "\n\n".join(
    f"Tom and Mary walked through the dark forest, mile {n}, with a lantern.\n\n“Are you tired?” asked Tom.\n\n"
    "“No,” said Mary."
    for n in range(60)
)


def test_every_line_is_in_exactly_one_shot_in_order() -> None:
    _, made, scenes = described(LONG)
    assert [s.id for s in scenes] == [s.id for s in made.scenes]
    for scene, of in zip(scenes, made.scenes, strict=True):
        assert [line for shot in scene.shots for line in shot.lines] == [line.id for line in of.lines]
        assert 1 <= len(scene.shots) <= MOST_SHOTS
        assert len({shot.id for shot in scene.shots}) == len(scene.shots)


def test_no_picture_stands_too_long() -> None:
    """About 11 s, but for a line that lasts longer by itself; and no shot is there for a word or two."""
    _, made, scenes = described(LONG)
    words = {line.id: len(line.text.split()) for scene in made.scenes for line in scene.lines}
    held = [(len(shot.lines), sum(words[i] for i in shot.lines)) for scene in scenes for shot in scene.shots]
    assert all(count <= SHOT_WORDS for lines, count in held if lines > 1)
    assert sum(count for _, count in held) / len(held) > SHOT_WORDS / 2


@given(st.lists(st.integers(1, 60), min_size=1, max_size=40))
@settings(deadline=None)
def test_shots_are_as_few_as_can_be_and_even(words: list[int]) -> None:
    lines = [Line(id=f"l{n}", speaker=None, text="x " * count, start=0, end=0) for n, count in enumerate(words)]
    runs = _runs(lines)
    assert [line for run in runs for line in run] == lines
    assert 1 <= len(runs) <= MOST_SHOTS
    lengths = [sum(len(line.text.split()) for line in run) for run in runs]
    limit = max([SHOT_WORDS, *(count for count, run in zip(lengths, runs, strict=True) if len(run) > 1)])
    filled, greedy = 0, 1  # putting in whatever still fits makes the fewest
    for count in words:
        filled, greedy = (filled + count, greedy) if not filled or filled + count <= limit else (count, greedy + 1)
    assert len(runs) == greedy or limit > SHOT_WORDS


def test_who_speaks_is_in_the_picture() -> None:
    _, made, scenes = described(LONG)
    speakers = {line.id: line.speaker for scene in made.scenes for line in scene.lines}
    for scene in scenes:
        for shot in scene.shots:
            said = {speakers[i] for i in shot.lines} - {None}
            if said:
                assert any(figure.speaking and figure.character in said for figure in shot.figures)


def test_settings_and_props_are_of_the_closed_lists() -> None:
    _, _, scenes = described(LONG)
    assert {scene.setting for scene in scenes} == {"forest"}
    assert all(scene.setting in SETTINGS and set(scene.props) <= set(PROPS) for scene in scenes)
    assert "lantern" in scenes[0].props
    assert not scenes[0].indoors


@pytest.mark.parametrize(
    ("text", "setting"),
    [
        ("He went down into the kitchen, where the cook stood at the oven.", "kitchen"),
        ("The schooner lay in the harbour beside the quay, and boats went to and fro.", "harbour"),
        ("They entered the church and knelt before the altar.", "church"),
        ("She walked down the street among the cabs and across the square.", "city_street"),
        ("The ferry office had a stove, a bed and a bench, and from its window one saw the river.", "office"),
        ("Dusty from the road, he came into the market office. “To the church!” he cried. “To the quay!”", "office"),
        ("The grain barge came to Tolm quay at ten, with a crate and a bed.", "harbour"),
        ("By noon the inn kitchen was full. She thought of the church, the street and the sea.", "kitchen"),
        (
            "He had come from the Board of Forests, and he stepped onto the quay with a bed, a chair and an oven.",
            "harbour",
        ),
        ("The judge looked at the jury across the court-room; the trial began.", "courtroom"),
    ],
)
def test_a_place_is_recognised(text: str, setting: str) -> None:
    assert described(text)[2][0].setting == setting


def test_a_place_lasts_until_another_is_named() -> None:
    _, _, scenes = described("Tom sat in the kitchen by the stove, in the old kitchen.\n\n" + "He thought on. " * 400)
    assert len(scenes) > 2
    assert {scene.setting for scene in scenes} == {"kitchen"}


def test_text_that_names_no_place_still_has_a_setting() -> None:
    assert described("Two and two make four, as everybody agrees.")[2][0].setting in SETTINGS


def test_nobody_stays_in_the_street_among_chairs_and_carpets() -> None:
    text = "They walked down the street. " * 12 + "\n\n" + "He sat in the armchair, she took the other chair. " * 40
    scenes = described(text)[2]
    assert scenes[0].setting == "city_street"
    assert scenes[-1].indoors


@pytest.mark.parametrize(
    ("text", "time", "weather"),
    [
        ("At seven in the morning, under a clear sky, the carts rolled into the village.", "morning", "clear"),
        ("By nine o’clock the sun lay on the floor of the mill.", "morning", "clear"),
        ("That night the storm reached the deck. Rain flew over it, more rain, and the wind rose.", "night", "storm"),
        ("Before dawn a fog stood on the beach. Every evening he came there, every evening alone.", "dawn", "fog"),
        ("In the afternoon he read the log: wind south, two sails.", "afternoon", "unknown"),
    ],
)
def test_hour_and_weather_are_read_where_the_scene_opens(text: str, time: str, weather: str) -> None:
    scene = described(text)[2][0]
    assert (scene.time_of_day, scene.weather) == (time, weather)
