"""What a viewer sees in scene pictures: the hour, the weather, the place, the frame."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from litink.providers.base import Ratio
from litink.providers.local.painter import SIZES, LocalPainter
from litink.providers.local.painter.scenery.places import INDOORS, OUTDOORS, PAINTERS
from litink.story.model import Figure
from litink.story.settings import SETTINGS
from tests.painter.conftest import CAST, pixels_of, scene_of


def brightness(painter: LocalPainter, setting: str = "field", **how: str) -> float:
    return float(pixels_of(painter.scene(*scene_of(setting, **how), CAST, "16:9")).mean())


def test_every_kind_of_setting_has_its_own_painting() -> None:
    assert set(PAINTERS) == set(SETTINGS)
    assert not set(INDOORS) & set(OUTDOORS)


@pytest.mark.parametrize("setting", sorted(PAINTERS))
def test_each_setting_is_painted_and_looks_like_no_flat_card(painter: LocalPainter, setting: str) -> None:
    picture = painter.scene(*scene_of(setting, indoors=setting in INDOORS), CAST, "16:9")
    image = pixels_of(picture)
    assert image.shape == (1080, 1920, 3)
    assert image.std() > 18
    assert len(np.unique(image[::8, ::8].reshape(-1, 3), axis=0)) > 200


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


@pytest.mark.parametrize("ratio", ["16:9", "9:16", "1:1"])
@pytest.mark.parametrize("size", ["wide", "medium", "close_up", "over_the_shoulder", "two_shot", "pov", "tracking"])
def test_the_frame_has_the_asked_ratio(painter: LocalPainter, ratio: Ratio, size: str) -> None:
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
    first, again, other = (
        pixels_of(painter.scene(s, shot, CAST, "16:9"))[:, :500] for s in (scene, later, elsewhere)
    )
    assert np.abs(first - again).mean() < 2
    assert np.abs(first - other).mean() > 6


def test_unknown_words_and_strangers_never_fail(painter: LocalPainter) -> None:
    strangers = (Figure.model_construct(character="nobody", expression="neutral", speaking=False),)
    odd = (Figure.model_construct(character="ruby", expression="perplexed", speaking=True),)
    for indoors, figures in ((True, strangers), (False, odd)):
        arguments = scene_of(
            "the moon", size="helicopter", time="teatime", weather="frogs", mood="peckish", indoors=indoors,
            place="", props=("gadget", "key"), figures=figures,
        )  # fmt: skip
        assert pixels_of(painter.scene(*arguments, CAST, "1:1")).std() > 10


@pytest.mark.parametrize("count", range(9))
def test_any_number_of_figures_stands_inside_the_safe_area(painter: LocalPainter, count: int) -> None:
    figures = tuple(Figure(character=key) for key in list(CAST)[:count])
    with_people = pixels_of(painter.scene(*scene_of("desert", figures=figures), CAST, "9:16"))
    empty = pixels_of(painter.scene(*scene_of("desert", figures=()), CAST, "9:16"))
    if not count:
        assert np.array_equal(with_people, empty)
        return
    # the empty shot's camera differs a little, so only strong differences near the ground count as people
    changed = np.abs(with_people - pixels_of(painter.scene(*scene_of("desert", size="wide", figures=figures[:0]), CAST, "9:16"))).max(axis=2) > 90
    columns = np.flatnonzero(changed[1000:1560].sum(axis=0) > 25)
    assert columns.size
    assert columns.min() > 1080 * 0.05
    assert columns.max() < 1080 * 0.95


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
            [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."}
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1
