"""Drawn mouths over a picture: the right shape at the right frame, where the camera shows the mouth, nothing else
touched."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from litink.errors import PermanentFailure
from litink.media.camera import Move, View
from litink.media.frames import draw
from litink.media.mouths import SHAPES, Shape
from litink.media.pieces import Piece, render_piece
from litink.media.probe import check_clip
from litink.media.profile import profile_for
from litink.media.sound import encode
from litink.media.stills import Still, load_still
from litink.media.talking import Face, MouthPlan, PictureMouths, read_plan, shapes_text, shows
from litink.media.timeline import Clip, TimedLine, TimedShot
from tests.media.material import SMALL, drawing, luma, tone

BOX = (900, 600, 120, 80)
LEVELS = dict(zip(SHAPES, (40, 90, 140, 190, 240), strict=True))  # each shape is a grey of its own
TRACK: tuple[tuple[int, Shape], ...] = ((4, "wide"), (8, "round"), (12, "closed"), (20, "teeth"))
STILL = Move(kind="push_in", start=View(x=0.5, y=0.5, zoom=1.0), end=View(x=0.5, y=0.5, zoom=1.0))
PUSH = Move(kind="push_in", start=View(x=0.5, y=0.5, zoom=1.0), end=View(x=0.48, y=0.52, zoom=1.3))


def png(pixels: npt.NDArray[np.uint8]) -> bytes:
    return bytes(cv2.imencode(".png", pixels)[1])


def atlas() -> bytes:
    """Opaque in the middle, nothing at the rim."""
    width, height = BOX[2:]
    rows = np.zeros((height * len(SHAPES), width, 4), np.uint8)
    for number, level in enumerate(LEVELS.values()):
        rows[number * height : (number + 1) * height, :, :3] = level
        rows[number * height + 10 : (number + 1) * height - 10, 10:-10, 3] = 255
    return png(rows)


def plan(*, picture: str = "p", track: tuple[tuple[int, Shape], ...] = TRACK) -> bytes:
    face = Face(box=BOX, shapes=shapes_text(atlas()), track=track)
    mouths = PictureMouths(width=1920, height=1080, faces=(face,))
    return MouthPlan(pictures={picture: mouths}).model_dump_json().encode()


def frames(mouths: str | None, move: Move, *, count: int = 30, start: int = 0, data: bytes = b"") -> list[Still]:
    """The frames of a shot, as planes."""
    shot = TimedShot(picture="p", start_frame=0, frames=count, move=move, mouths=mouths)
    profile = profile_for("16:9")
    size = (profile.width, profile.height)
    still = load_still(drawing(), *size)
    window = range(start, count)
    shown = draw([shot], lambda _: still, lambda _: data or plan(), width=size[0], height=size[1], window=window,
                 fades=(0, 0))  # fmt: skip
    return [
        Still(buffer[: size[1]].copy(), buffer[size[1] : size[1] * 5 // 4].copy(), buffer[size[1] * 5 // 4 :].copy())
        for buffer in shown
    ]


def middle(move: Move, number: int, count: int = 30) -> tuple[int, int]:
    """Column and row of the frame where the middle of the mouth is seen."""
    view = move.at(number / (count - 1))
    x, y = (BOX[0] + BOX[2] / 2) / 1920, (BOX[1] + BOX[3] / 2) / 1080
    return round((x - view.left) * view.zoom * 1280), round((y - view.top) * view.zoom * 720)


@pytest.mark.parametrize("move", [STILL, PUSH])
def test_the_mouth_takes_each_shape_at_its_frame_wherever_the_camera_looks(move: Move) -> None:
    found = frames("m", move)
    expected: dict[int, Shape] = {0: "closed", 3: "closed", 4: "wide", 7: "wide", 8: "round", 12: "closed", 29: "teeth"}
    for number, shape in expected.items():
        x, y = middle(move, number)
        seen = found[number].y[y - 8 : y + 8, x - 12 : x + 12]
        level = 16 + LEVELS[shape] * 219 / 255
        assert abs(float(seen.mean()) - level) < 1.5, (number, shape)


@pytest.mark.parametrize("move", [STILL, PUSH])
def test_nothing_but_the_mouth_differs_from_the_picture(move: Move) -> None:
    for number, (plain, moving) in enumerate(zip(frames(None, move), frames("m", move), strict=True)):
        x, y = middle(move, number)
        reach = int(1.35 * 40) + 3
        changed = np.abs(plain.y.astype(int) - moving.y) > 3  # a place between two views is their mean or sampled anew
        rows, columns = np.nonzero(changed)
        assert len(rows) > 500
        assert abs(rows - y).max() <= reach
        assert abs(columns - x).max() <= int(1.35 * 60 / 1.5) + 3


def test_a_stretch_begins_with_the_shape_that_is_due_there() -> None:
    whole, part = frames("m", PUSH), frames("m", PUSH, start=9)
    assert len(part) == 21
    assert np.array_equal(whole[10].y, part[1].y)
    assert np.array_equal(whole[29].y, part[20].y)


def test_another_picture_of_the_scene_keeps_its_mouths() -> None:
    plain, other = frames(None, PUSH), frames("m", PUSH, data=plan(picture="another"))
    assert all(np.array_equal(one.y, two.y) for one, two in zip(plain, other, strict=True))


@pytest.mark.parametrize("data", [b"{}", b"\x00\x01", plan()[:-20], plan().replace(b"iVBOR", b"xxxxx")])
def test_a_plan_that_is_none_says_so(data: bytes) -> None:
    with pytest.raises(PermanentFailure) as failure:
        frames("m", STILL, data=data)
    assert failure.value.code == "mouths-unreadable"


def test_a_clip_with_mouths_is_rendered_whole_in_every_ratio(tmp_path: Path) -> None:
    shot = TimedShot(picture="p", start_frame=0, frames=36, move=PUSH, mouths="m")
    line = TimedLine(id="a", start_frame=4, seconds=1.0, text="Said.", speaker=None, words=())
    clip = Clip(key="s", kind="scene", title="S", chapter="c", start_frame=0, frames=36, shots=(shot,), lines=(line,))
    material = {"p": drawing(), "m": plan()}
    for number, (width, height) in enumerate(((320, 180), (180, 320), (200, 200))):
        out = tmp_path / f"{number}.mp4"
        profile = type(SMALL)(**{**vars(SMALL), "width": width, "height": height})
        render_piece(
            Piece.whole(clip), material.__getitem__, {"a": encode(tone(1.0), 24_000)}.__getitem__, out, profile
        )
        assert check_clip(out, clip, profile) == []
    talking = luma(tmp_path / "0.mp4")
    render_piece(
        Piece.whole(clip.model_copy(update={"shots": (shot.model_copy(update={"mouths": None}),)})),
        material.__getitem__, {"a": encode(tone(1.0), 24_000)}.__getitem__, tmp_path / "still.mp4", SMALL,
    )  # fmt: skip
    assert np.abs(talking.astype(int) - luma(tmp_path / "still.mp4")).max() > 60


def test_a_clip_is_the_same_clip_as_before_mouths_moved() -> None:
    shot = TimedShot(picture="p", start_frame=0, frames=36, move=PUSH)
    clip = Clip(key="s", kind="scene", title="S", chapter="c", start_frame=0, frames=36, shots=(shot,))
    assert set(clip.recipe()["shots"][0]) == {"picture", "start_frame", "frames", "move"}
    with_mouths = clip.model_copy(update={"shots": (shot.model_copy(update={"mouths": "m"}),)})
    assert with_mouths.recipe() != clip.recipe()
    assert with_mouths.bare().shots[0].mouths is None


def test_a_mouth_fits_only_the_picture_that_it_was_drawn_for() -> None:
    image = np.asarray(cv2.imdecode(np.frombuffer(drawing(), np.uint8), cv2.IMREAD_COLOR), np.uint8)
    x, y, width, height = BOX
    seen = np.dstack([image[y : y + height, x : x + width], np.full((height, width), 255, np.uint8)])
    assert shows(drawing(), BOX, png(seen))
    assert not shows(drawing(seed=1), BOX, png(seen))
    assert not shows(drawing(), (1900, 600, 120, 80), png(seen))
    assert not shows(b"no picture", BOX, png(seen))


def test_a_plan_is_read_as_it_was_written() -> None:
    assert read_plan(plan()).pictures["p"].faces[0].track == TRACK
