"""What a viewer sees in scene pictures: the hour, the weather, the place, the frame."""

from __future__ import annotations

import subprocess
import sys
from itertools import cycle
from typing import Any

import numpy as np
import pytest

from litink.providers.base import Picture, Ratio
from litink.providers.local.painter import SIZES, LocalPainter
from litink.providers.local.painter.chance import Chance
from litink.providers.local.painter.light import light_of
from litink.providers.local.painter.scenery.place import place_for
from litink.providers.local.painter.scenery.places import INDOORS, OUTDOORS, PAINTERS, paint_place
from litink.story.model import Figure
from litink.story.settings import SETTINGS
from tests.painter.conftest import CAST, pixels_of, scene_of


def test_every_kind_of_setting_has_its_own_painting() -> None:
    assert set(PAINTERS) == set(SETTINGS)
    assert not set(INDOORS) & set(OUTDOORS)


@pytest.mark.parametrize(("setting", "ratio"), list(zip(sorted(PAINTERS), cycle(SIZES), strict=False)))
def test_each_setting_is_painted_and_is_no_flat_card(setting: str, ratio: Ratio) -> None:
    width, height = SIZES[ratio]
    place = place_for(
        width, height, light_of("afternoon", "cloudy", "calm"), Chance("test", setting), setting in INDOORS
    )
    paint_place(place, setting)
    image = pixels_of(Picture(place.d.png(width // 6), "image/png", width // 6, height // 6))
    assert image.std() > 18
    assert len(np.unique(image.reshape(-1, 3), axis=0)) > 200
    assert (image.std(axis=(1, 2)) > 4).mean() > 0.5, "most of the frame has something in it"


@pytest.mark.parametrize("setting", ["field", "parlour"])
def test_night_is_darker_than_day(painter: LocalPainter, setting: str) -> None:
    indoors = setting in INDOORS
    day, night = (
        pixels_of(painter.scene(*scene_of(setting, time=time, indoors=indoors), CAST, "16:9")).mean()
        for time in ("day", "night")
    )
    assert night < day * (0.85 if indoors else 0.55)


def test_dusk_is_warmer_than_noon(painter: LocalPainter) -> None:
    def warmth(time: str) -> float:
        sky = pixels_of(painter.scene(*scene_of("sea", time=time), CAST, "16:9"))[300:560]
        return float((sky[:, :, 0] - sky[:, :, 2]).mean())

    assert warmth("dusk") > warmth("day") + 40


def test_snow_whitens_the_ground(painter: LocalPainter) -> None:
    def paleness(weather: str) -> float:
        meadow = pixels_of(painter.scene(*scene_of("country_road", weather=weather), CAST, "16:9"))[950:]
        return float(meadow.min(axis=2).mean())

    assert paleness("snow") > paleness("clear") + 50


def test_a_sad_picture_is_greyer_than_a_joyful_one(painter: LocalPainter) -> None:
    def colour(mood: str) -> float:
        image = pixels_of(painter.scene(*scene_of("garden", mood=mood), CAST, "16:9"))
        return float((image.max(axis=2) - image.min(axis=2)).mean())

    assert colour("sad") < colour("joyful") * 0.75


@pytest.mark.parametrize(
    ("size", "ratio"),
    [
        ("wide", "16:9"), ("wide", "9:16"), ("wide", "1:1"), ("medium", "9:16"), ("close_up", "1:1"),
        ("over_the_shoulder", "16:9"), ("two_shot", "9:16"), ("pov", "16:9"), ("tracking", "1:1"),
    ],
)  # fmt: skip
def test_the_frame_has_the_asked_ratio(painter: LocalPainter, size: str, ratio: Ratio) -> None:
    figures = (Figure(character="ruby", speaking=True), Figure(character="noah"))
    picture = painter.scene(*scene_of("library", size=size, figures=figures, indoors=True), CAST, ratio)
    assert (picture.width, picture.height) == SIZES[ratio]
    assert pixels_of(picture).shape[:2] == SIZES[ratio][::-1]
    assert picture.media_type == "image/png"


def test_the_same_place_looks_the_same_in_another_scene(painter: LocalPainter) -> None:
    figures = (Figure(character="noah"),)
    scene, shot = scene_of("parlour", indoors=True, place="Baker Street", figures=figures)
    later = scene.model_copy(update={"id": "c9-s3"})
    elsewhere = scene.model_copy(update={"place": "Saville Row"})
    first, again, other = (pixels_of(painter.scene(s, shot, CAST, "16:9"))[:, :500] for s in (scene, later, elsewhere))
    assert np.abs(first - again).mean() < 2
    assert np.abs(first - other).mean() > 6


def test_unknown_words_and_strangers_never_fail(painter: LocalPainter) -> None:
    strangers = (Figure.model_construct(character="nobody", expression="neutral", speaking=False),)
    feeling: dict[str, Any] = {"expression": "perplexed"}
    odd = (Figure.model_construct(character="ruby", speaking=True, **feeling),)
    for indoors, figures in ((True, strangers), (False, odd)):
        arguments = scene_of(
            "the moon", size="helicopter", time="teatime", weather="frogs", mood="peckish", indoors=indoors,
            place="", props=("gadget", "key"), figures=figures,
        )  # fmt: skip
        assert pixels_of(painter.scene(*arguments, CAST, "1:1")).std() > 10


@pytest.mark.parametrize("count", [1, 3, 8])
def test_people_stand_inside_the_safe_area(painter: LocalPainter, count: int) -> None:
    figures = tuple(Figure(character=key) for key in list(CAST)[:count])
    crowd = pixels_of(painter.scene(*scene_of("desert", figures=figures, size="tracking"), CAST, "9:16"))
    alone = pixels_of(painter.scene(*scene_of("desert", figures=figures[:0], size="tracking"), CAST, "9:16"))
    changed = np.abs(crowd - alone).max(axis=2) > 60
    columns = np.flatnonzero(changed[1000:1580].sum(axis=0) > 25)
    assert columns.size
    assert columns.min() > 1080 * 0.06
    assert columns.max() < 1080 * 0.94


SCRIPT = """
import hashlib
from litink.providers.local.painter import LocalPainter
from litink.settings import get_settings
from litink.story.model import Figure
from tests.painter.conftest import CAST, scene_of
painter = LocalPainter(get_settings().engines_dir)
figures = (Figure(character="ruby", speaking=True), Figure(character="noah"))
digest = hashlib.sha256()
digest.update(painter.scene(*scene_of("forest", figures=figures, props=("dog",)), CAST, "1:1").data)
digest.update(painter.scene(*scene_of("tavern", size="two_shot", figures=figures, indoors=True), CAST, "16:9").data)
digest.update(painter.title_card("Chapter One", "In which", "9:16", seed="s").data)
print(digest.hexdigest())
"""


def test_two_fresh_processes_paint_the_same_bytes() -> None:
    digests = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1
