"""What a viewer sees of people: the same one looks the same everywhere, two do not look alike, faces speak and feel."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from litink.providers.base import Picture
from litink.providers.local.painter import LocalPainter
from litink.providers.local.painter.colour import rgb
from litink.providers.local.painter.figures.appearance import HAIR, Appearance, appearance_of
from litink.providers.local.painter.figures.figure import paint_figure
from litink.providers.local.painter.light import light_of
from litink.providers.local.painter.svg import Drawing
from litink.story.model import Character, Figure, Look
from tests.painter.conftest import CAST, Pixels, pixels_of, scene_of


def near(image: Pixels, colour: str, within: int = 34) -> npt.NDArray[np.bool_]:
    wanted = np.array([round(255 * channel) for channel in rgb(colour)])
    return np.asarray(np.abs(image - wanted).max(axis=2) <= within)


def face_of(look: Appearance, expression: str = "neutral", *, speaking: bool = False) -> Pixels:
    drawing = Drawing(200, 240)
    drawing.rect(0, 0, 200, 240, "#d0d0d0")
    light = light_of("day", "clear", "calm")
    paint_figure(drawing, look, light, 100, 1070, 1.0, facing=1, expression=expression, speaking=speaking, shadow=False)
    return pixels_of(Picture(drawing.png(), "image/png", 200, 240))


def test_red_hair_is_red_in_the_portrait_and_in_every_shot(painter: LocalPainter) -> None:
    ruby = (Figure(character="ruby"),)
    assert near(pixels_of(painter.portrait(CAST["ruby"])), HAIR["red"]).sum() > 4000
    for size, least in (("close_up", 8000), ("medium", 2500), ("wide", 120)):
        image = pixels_of(painter.scene(*scene_of("beach", size=size, figures=ruby), CAST, "16:9"))
        assert near(image, HAIR["red"]).sum() > least, size


def test_two_characters_differ_and_each_is_stable(painter: LocalPainter) -> None:
    noah, abel = (pixels_of(painter.portrait(CAST[key])) for key in ("noah", "abel"))
    assert np.abs(noah - abel).mean() > 8
    assert painter.portrait(CAST["noah"]).data == painter.portrait(CAST["noah"].model_copy()).data


def test_a_discovery_about_the_hair_changes_nothing_else() -> None:
    before = Character(id="eve", name="Eve", gender="female", age="adult")
    after = before.model_copy(update={"look": Look(hair="golden")})
    first, second = appearance_of(before), appearance_of(after)
    assert second.hair == HAIR["golden"]
    assert (first.skin, first.garment, first.cloth, first.hair_style, first.hat, first.face) == (
        second.skin, second.garment, second.cloth, second.hair_style, second.hat, second.face,
    )  # fmt: skip


def test_what_the_text_says_is_what_is_drawn() -> None:
    look = Look(
        hair="bald", skin="dark", glasses=True, hat="a tall silk hat", clothes="a scarlet uniform", build="stout"
    )
    seen = appearance_of(Character(id="c", name="C", gender="male", age="adult", look=look))
    assert (seen.hair_style, seen.glasses, seen.hat, seen.garment) == ("bald", True, "top", "uniform")
    assert seen.width > 1.15
    red, green, blue = rgb(seen.cloth)
    assert red > 2 * max(green, blue)


def test_a_title_tells_the_gender_when_the_text_does_not() -> None:
    assert appearance_of(Character(id="h", name="Mrs. Hudson")).feminine
    assert not appearance_of(Character(id="s", name="Sir Henry")).feminine


@given(st.text(max_size=12), st.sampled_from(["female", "male"]), st.sampled_from(["child", "young", "adult", "old"]))
@settings(max_examples=150, deadline=None)
def test_nobody_gets_a_beard_or_grey_hair_who_should_not(name: str, gender: str, age: str) -> None:
    look = appearance_of(Character(id=name or "x", name=name, gender=gender, age=age))
    if gender == "female" or age == "child":
        assert look.beard == ""
    if age != "old":
        assert look.hair not in {HAIR["grey"], HAIR["white"], HAIR["silver"]}
    if gender == "female":
        assert look.hair_style not in ("bald", "receding")


_WORDS = st.text(max_size=20)


@given(st.builds(Look, hair=_WORDS, hair_style=_WORDS, skin=_WORDS, beard=st.booleans(), hat=_WORDS, clothes=_WORDS))
@settings(max_examples=40, deadline=None)
def test_odd_words_about_looks_never_fail(look: Look) -> None:
    assert face_of(appearance_of(Character(id="o", name="", look=look))).shape == (240, 200, 3)


def test_a_cast_of_twenty_has_no_doubles() -> None:
    looks = [appearance_of(Character(id=f"p{k}", name=f"Person {k}")) for k in range(20)]
    assert len({(look.feminine, look.hair, look.hair_style, look.skin, look.cloth) for look in looks}) == 20


def test_speaking_opens_the_mouth() -> None:
    look = appearance_of(CAST["noah"])
    inside = "#5a1f26"
    assert near(face_of(look, speaking=True), inside, 24).sum() > near(face_of(look), inside, 24).sum() + 100


@pytest.mark.parametrize(
    "first", ["joy", "sadness", "anger", "fear", "surprise", "disgust", "tenderness", "excitement"]
)
def test_every_feeling_shows(first: str) -> None:
    look = appearance_of(CAST["noah"])
    assert (np.abs(face_of(look, first) - face_of(look)).max(axis=2) > 40).sum() > 60


def test_a_location_and_an_object_have_portraits_too(painter: LocalPainter) -> None:
    for name, kind in (("Baker Street", "location"), ("the Silver Key", "object"), ("Zorg", "object"), ("", "object")):
        picture = painter.portrait(Character(id="x", name=name, kind=kind))
        assert pixels_of(picture).shape == (768, 768, 3)
        assert pixels_of(picture).std() > 8
