"""Scenes, casts and pixels for the painter's tests."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from litink.providers.base import Picture
from litink.providers.local.painter import LocalPainter
from litink.settings import get_settings
from litink.story.model import Character, Figure, Look, SceneDescription, Shot

Pixels = npt.NDArray[np.int16]


def pixels_of(picture: Picture) -> Pixels:
    """RGB, shape (height, width, 3)."""
    decoded = np.asarray(cv2.imdecode(np.frombuffer(picture.data, np.uint8), cv2.IMREAD_COLOR))
    return decoded[:, :, ::-1].astype(np.int16)


def scene_of(
    setting: str = "field",
    *,
    size: str = "wide",
    figures: tuple[Figure, ...] = (),
    time: str = "day",
    weather: str = "clear",
    mood: str = "calm",
    indoors: bool = False,
    place: str = "the place",
    props: tuple[str, ...] = (),
) -> tuple[SceneDescription, Shot]:
    """Built without validation, so that names no version knows can be tried too."""
    camera: dict[str, Any] = {"size": size}
    weather_and_hour: dict[str, Any] = {"time_of_day": time, "weather": weather, "mood": mood}
    shot = Shot.model_construct(id="c1-s1-1", figures=figures, lines=(), prompt="", **camera)
    scene = SceneDescription.model_construct(
        id="c1-s1", chapter="c1", number=1, title="", setting=setting, indoors=indoors, place=place, present=(),
        props=props, shots=(shot,), evidence=(), **weather_and_hour,
    )  # fmt: skip
    return scene, shot


CAST = {
    character.id: character
    for character in (
        Character(id="ruby", name="Ruby", gender="female", age="young", look=Look(hair="red", clothes="green dress")),
        Character(id="noah", name="Noah", gender="male", age="adult", look=Look(hair="black")),
        Character(id="wren", name="Wren", gender="female", age="child"),
        Character(id="abel", name="Abel", gender="male", age="old"),
        *(Character(id=f"guest-{k}", name=f"Guest {k}") for k in range(6)),
    )
}


@pytest.fixture(scope="session")
def painter() -> LocalPainter:
    return LocalPainter(get_settings().engines_dir)
