"""The camera: it never looks past the picture, moves slowly and evenly, and does not tremble."""

from __future__ import annotations

import itertools
from typing import get_args

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from litink.errors import PermanentFailure
from litink.media.camera import Move, View, choose_move, ease
from litink.media.frames import draw
from litink.media.stills import Still, load_still, placeholder
from litink.media.timeline import TimedShot
from litink.story.model import ShotSize
from tests.media.material import drawing, picture

SIZES = st.sampled_from([*get_args(ShotSize), "card"])


@given(SIZES, st.text(max_size=8), st.floats(0.5, 12), st.integers(0, 5), st.floats(0, 1))
def test_the_view_stays_in_the_picture(size: ShotSize, seed: str, seconds: float, framing: int, at: float) -> None:
    view = choose_move(size, seed, seconds, framing=framing).at(at)
    assert view.zoom >= 1
    assert -1e-9 <= view.left <= 1 - 1 / view.zoom + 1e-9
    assert -1e-9 <= view.top <= 1 - 1 / view.zoom + 1e-9


@given(SIZES, st.text(max_size=8), st.floats(2, 12), st.integers(0, 5))
def test_moves_are_slow_and_never_jump(size: ShotSize, seed: str, seconds: float, framing: int) -> None:
    move = choose_move(size, seed, seconds, framing=framing)
    frames = round(seconds * 24)
    views = [move.at(n / frames) for n in range(frames + 1)]
    steps = [max(abs(a.left - b.left), abs(1 / a.zoom - 1 / b.zoom)) * 1280 for a, b in itertools.pairwise(views)]
    assert max(steps) < 0.7, "pixels a frame"
    assert max(abs(a - b) for a, b in itertools.pairwise(steps)) < 0.1


def test_the_same_shot_moves_in_the_same_way() -> None:
    assert choose_move("wide", "s1", 8) == choose_move("wide", "s1", 8)
    assert len({choose_move("wide", str(seed), 8) for seed in range(20)}) > 5


def test_easing_begins_and_ends_at_rest() -> None:
    assert (ease(0), ease(1)) == (0, 1)
    assert ease(0.5) == pytest.approx(0.5)
    assert ease(0.02) < 0.005
    assert ease(0.98) > 0.995


def offset(frame: np.ndarray, first: np.ndarray) -> float:
    """How far ``frame`` has moved to the left of ``first``, in pixels: the shift that explains it best."""
    shift = np.eye(2, 3, dtype=np.float32)
    criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 60, 1e-6)
    return float(cv2.findTransformECC(first, frame, shift, cv2.MOTION_TRANSLATION, criteria)[1][0, 2])


@pytest.mark.parametrize("seconds", [4.0, 10.0])
def test_a_pan_does_not_tremble(seconds: float) -> None:
    width, height = 640, 360
    move = choose_move("tracking", "steady", seconds)
    frames = round(seconds * 24)
    shot = TimedShot(picture="p", start_frame=0, frames=frames, move=move)
    still = load_still(drawing(seed=3), width, height)
    seen = [f[:height].copy() for f in draw([shot], lambda _: still, {}.__getitem__, width=width, height=height)][
        12:-12:2
    ]
    planned = [move.at(n / (frames - 1)) for n in range(frames)][12:-12:2]
    expected = np.array([(planned[0].left - view.left) * view.zoom * width for view in planned])
    error = np.array([offset(frame, seen[0]) for frame in seen]) - expected
    assert np.abs(error).max() < 0.12, "pixels off its path"
    assert np.abs(np.diff(error)).max() < 0.06, "pixels from one frame to the next"


def test_frames_between_two_views_are_as_good_as_views() -> None:
    width, height = 640, 360
    still = load_still(drawing(seed=1), width, height)
    move = choose_move("close_up", "x", 6.0)
    frames = 144
    shot = TimedShot(picture="p", start_frame=0, frames=frames, move=move)
    exact = np.empty((height * 3 // 2, width), np.uint8)
    for number, frame in enumerate(draw([shot], lambda _: still, {}.__getitem__, width=width, height=height)):
        if 12 <= number < frames - 12:
            still.look(move.at(number / (frames - 1)), exact, width, height)
            error = frame.astype(np.float32) - exact
            assert 10 * np.log10(255**2 / max(1e-9, float(np.square(error).mean()))) > 42


def test_colours_come_out_as_they_went_in() -> None:
    for colour in ((255, 255, 255), (0, 0, 0), (30, 60, 200), (200, 120, 20)):
        still = load_still(picture(colour), 64, 36)
        y, u, v = (float(plane.mean()) for plane in (still.y, still.u, still.v))
        # ITU-R BT.709, studio range, back to R'G'B'.
        luma, blue, red = (y - 16) / 219, (u - 128) / 224, (v - 128) / 224
        rgb = (luma + 1.5748 * red, luma - 0.1873 * blue - 0.4681 * red, luma + 1.8556 * blue)
        assert np.allclose([value * 255 for value in rgb], colour[::-1], atol=3)


@pytest.mark.parametrize(("columns", "rows"), [(1920, 1080), (1000, 3000), (64, 48), (641, 359)])
@pytest.mark.parametrize(("width", "height"), [(320, 180), (180, 320), (180, 180)])
def test_any_picture_fills_any_frame(columns: int, rows: int, width: int, height: int) -> None:
    still = load_still(drawing(columns, rows), width, height)
    out = np.zeros((height * 3 // 2, width), np.uint8)
    still.look(View(x=0.5, y=0.5, zoom=1.0), out, width, height)
    assert still.y.shape[1] / still.y.shape[0] == pytest.approx(width / height, rel=0.02)
    assert out[:height].min() > 20, "no black bars"


def test_transparent_and_grey_pictures_are_pictures() -> None:
    grey = bytes(cv2.imencode(".png", np.full((90, 160), 128, np.uint8))[1])
    clear = bytes(cv2.imencode(".png", np.full((90, 160, 4), 128, np.uint8))[1])
    for data in (grey, clear):
        assert 100 < load_still(data, 160, 90).y.mean() < 150


@pytest.mark.parametrize("data", [b"", b"<html>", picture((1, 2, 3))[:40]])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(PermanentFailure) as failure:
        load_still(data, 64, 36)
    assert failure.value.code == "picture-unreadable"


def test_the_placeholder_says_something() -> None:
    still = placeholder(320, 180)
    assert still.y.max() > 150
    assert still.y.mean() < 90


def test_shots_fade_into_each_other_and_to_black_at_the_ends() -> None:
    hold = Move(kind="push_in", start=View(x=0.5, y=0.5, zoom=1.0), end=View(x=0.5, y=0.5, zoom=1.0))
    shots = [TimedShot(picture=p, start_frame=s, frames=48, move=hold) for p, s in (("dark", 0), ("light", 48))]
    stills: dict[str, Still] = {
        "dark": load_still(picture((40, 40, 40)), 64, 36),
        "light": load_still(picture((220, 220, 220)), 64, 36),
    }
    brightness = [float(f[:36].mean()) for f in draw(shots, stills.__getitem__, {}.__getitem__, width=64, height=36)]
    assert len(brightness) == 96
    assert brightness[0] == brightness[-1] == 16
    assert all(a <= b for a, b in itertools.pairwise(brightness[:60])), "only ever brighter"
    assert brightness[20] == pytest.approx(16 + 40 * 219 / 255, abs=1)
    assert brightness[47] == pytest.approx((brightness[20] + brightness[60]) / 2, abs=10)
