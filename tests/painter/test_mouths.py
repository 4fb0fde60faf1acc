"""Mouths that speech moves: of those who are seen near by, in the manner of the picture, at their place in it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from litink.media.mouths import SHAPES
from litink.media.talking import shows
from litink.providers.base import DrawnMouth
from litink.providers.local.painter import SIZES, LocalPainter
from litink.providers.local.painter.render import decoded
from litink.story.model import Figure
from tests.painter.conftest import CAST, scene_of

RUBY, NOAH = (Figure(character=who, speaking=who == "ruby") for who in ("ruby", "noah"))


def mouths(painter: LocalPainter, size: str, *figures: Figure, ratio: str = "16:9") -> tuple[bytes, list[DrawnMouth]]:
    asked = (*scene_of("kitchen", size=size, figures=figures, weather="rain"), CAST, ratio)
    return painter.scene(*asked).data, list(painter.mouths(*asked))  # type: ignore[arg-type]


@pytest.mark.parametrize("ratio", list(SIZES))
@pytest.mark.parametrize("size", ["close_up", "medium", "over_the_shoulder", "two_shot"])
def test_who_speaks_near_by_has_a_mouth_that_fits_the_picture(painter: LocalPainter, size: str, ratio: str) -> None:
    picture, found = mouths(painter, size, RUBY, NOAH, ratio=ratio)
    assert "ruby" in {mouth.character for mouth in found}
    assert len(found) == (2 if size in ("two_shot", "medium") else 1)
    width, height = SIZES[ratio]  # type: ignore[index]
    for mouth in found:
        x, y, w, h = mouth.box
        assert 0 < x < x + w < width
        assert 0 < y < y + h < height
        assert shows(picture, mouth.box, mouth.seen)


def test_every_shape_is_another_mouth_with_one_outline(painter: LocalPainter) -> None:
    _, (mouth,) = mouths(painter, "close_up", RUBY)
    height = mouth.box[3]
    shapes = np.split(decoded(mouth.shapes), len(SHAPES))
    assert all(shape.shape == (height, mouth.box[2], 4) for shape in shapes)
    assert all(np.array_equal(shape[:, :, 3], shapes[0][:, :, 3]) for shape in shapes)
    for number, one in enumerate(shapes):
        for other in shapes[number + 1 :]:
            assert (cv2.absdiff(one, other).max(axis=2) > 40).sum() > 200
    dark = {name: int((shape[:, :, 2] < 120).sum()) for name, shape in zip(SHAPES, shapes, strict=True)}
    assert dark["closed"] < dark["small"] < dark["wide"]
    assert dark["closed"] < dark["round"]


def test_laid_over_the_picture_it_changes_the_mouth_and_leaves_the_face(painter: LocalPainter) -> None:
    picture, (mouth,) = mouths(painter, "close_up", RUBY)
    x, y, w, h = mouth.box
    below = decoded(picture)[y : y + h, x : x + w, :3].astype(int)
    for shape in np.split(decoded(mouth.shapes), len(SHAPES)):
        alpha = shape[:, :, 3:].astype(float) / 255
        above = shape[:, :, :3] * alpha + below * (1 - alpha)
        rim = np.ones((h, w), bool)
        rim[4:-4, 4:-4] = False
        assert np.abs(above - below)[rim].max() < 16  # skin against skin
        assert np.abs(above - below).max() > 40


@pytest.mark.parametrize("expression", ["neutral", "joy", "sadness", "anger", "fear", "surprise", "disgust"])
def test_everybody_can_shut_the_mouth(painter: LocalPainter, expression: str) -> None:
    figure = Figure(character="noah", expression=expression, speaking=True)
    _, (mouth,) = mouths(painter, "close_up", figure)
    shapes = np.split(decoded(mouth.shapes), len(SHAPES))
    dark = [int((shape[:, :, :3].max(axis=2) < 110).sum()) for shape in shapes]
    assert dark[0] < 0.4 * dark[SHAPES.index("wide")]


@pytest.mark.parametrize("size", ["wide", "tracking", "pov"])
def test_far_away_nobody_sees_a_mouth_move(painter: LocalPainter, size: str) -> None:
    assert mouths(painter, size, RUBY)[1] == []


def test_a_place_without_people_has_no_mouths(painter: LocalPainter) -> None:
    assert mouths(painter, "close_up")[1] == []


def test_the_same_picture_has_the_same_mouths(painter: LocalPainter) -> None:
    assert mouths(painter, "close_up", RUBY) == mouths(painter, "close_up", RUBY)
