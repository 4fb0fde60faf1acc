"""A shot with a video in place of a camera move: at its own pace, slowed, held, cut to the film's ratio."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from litink.errors import PermanentFailure
from litink.media.moving import MovingTake
from litink.media.pieces import Piece, render_piece
from litink.media.probe import check_clip
from litink.media.sound import encode
from litink.media.timeline import (
    FPS,
    LONGEST_SHOT_SECONDS,
    SLOWEST_MOTION,
    ChapterPart,
    Clip,
    LinePart,
    Motion,
    ScenePart,
    ShotPart,
    build_timeline,
)
from tests.media.material import SMALL, luma, picture, tone, video


def brightness(data: bytes, seconds: float, frames: int, width: int = 320, height: int = 180) -> list[float]:
    take = MovingTake(data, seconds, frames, width, height)
    return [float(take.frame(n)[height // 3 : height // 2, width // 3 : -width // 3].mean()) for n in range(frames)]


def scene(seconds: float, motion: Motion | None) -> Clip:
    lines = (LinePart(id="a", text="Spoken.", seconds=seconds),)
    shots = (ShotPart(picture="p", lines=("a",), motion=motion),)
    scenes = (ScenePart(id="s", title="S", shots=shots, lines=lines),)
    return build_timeline([ChapterPart(key="c", title="C", scenes=scenes)], ratio="16:9", title="T").clips[0]


def test_a_video_that_is_long_enough_plays_at_its_own_pace() -> None:
    assert brightness(video(96), 4.0, 48) == pytest.approx([40 + 2 * n for n in range(48)], abs=1.5)


def test_a_video_of_another_frame_rate_keeps_its_pace() -> None:
    assert brightness(video(32, fps=16), 2.0, 47)[::6] == pytest.approx([40 + 8 * n for n in range(8)], abs=1.5)


def test_a_shorter_video_is_slowed_and_fills_the_shot() -> None:
    found = brightness(video(48), 2.0, 60)
    assert found == pytest.approx([40 + 2 * n * 48 / 60 for n in range(60)], abs=2)
    assert np.diff(found).min() > -0.5


def test_a_much_shorter_video_is_slowed_by_half_and_its_last_frame_held() -> None:
    found = brightness(video(24), 1.0, 72)
    assert found[:34] == pytest.approx([40 + 2 * n / SLOWEST_MOTION for n in range(34)], abs=2)
    assert found[36:] == pytest.approx([40 + 2 * 23] * 36, abs=1.5)


@pytest.mark.parametrize("size", [(180, 320), (200, 200), (320, 180)])
def test_a_video_is_cut_to_the_films_ratio_around_its_middle(size: tuple[int, int]) -> None:
    take = MovingTake(video(2, width=640, height=360), 1.0, 2, *size)
    plane = take.frame(0)
    assert plane.shape == (size[1] * 3 // 2, size[0])
    row = plane[size[1] // 2].astype(int)
    assert row[size[0] // 2] == pytest.approx(40, abs=2.5)
    assert abs(int((row[: size[0] // 2] > 140).sum()) - int((row[size[0] // 2 :] > 140).sum())) <= 2
    assert (row > 140).any() == (size == (320, 180))  # only the whole width shows the white edges


@pytest.mark.parametrize("data", [b"", b"<html>", b"\x00" * 500, video(24)[:700]])
def test_what_is_no_video_is_named(data: bytes) -> None:
    with pytest.raises(PermanentFailure) as failure:
        brightness(data, 1.0, 24)
    assert failure.value.code == "motion-unreadable"


def test_a_clip_shows_the_video_and_lasts_as_planned(tmp_path: Path) -> None:
    clip = scene(2.0, Motion(video="v", seconds=5.0))
    material = {"p": picture((0, 0, 0)), "v": video(120)}
    out = tmp_path / "clip.mp4"
    render_piece(Piece.whole(clip), material.__getitem__, {"a": encode(tone(2.0), 24_000)}.__getitem__, out, SMALL)
    assert check_clip(out, clip, SMALL) == []
    middle = luma(out)[:, 80:100, 150:170].mean(axis=(1, 2))
    assert middle[24] == pytest.approx(40 + 48, abs=3)
    assert middle[48] == pytest.approx(40 + 96, abs=3)


def test_after_the_video_the_picture_is_framed_anew_and_no_frame_is_lost() -> None:
    clip = scene(30.0, Motion(video="v", seconds=5.0))
    moving, *still = clip.shots
    assert moving.frames == 5 * SLOWEST_MOTION * FPS
    assert moving.motion is not None
    assert still
    assert all(shot.motion is None and shot.move.start.zoom > 1 for shot in still)
    assert all(shot.frames <= LONGEST_SHOT_SECONDS * FPS for shot in still)
    assert sum(shot.frames for shot in clip.shots) == clip.frames


def test_a_clip_is_the_same_clip_as_before_there_were_videos() -> None:
    plain, moving = scene(2.0, None).recipe(), scene(2.0, Motion(video="v", seconds=4.0)).recipe()
    assert set(plain["shots"][0]) == {"picture", "start_frame", "frames", "move"}
    assert plain != moving
    assert {**moving["shots"][0], "motion": None} == {**plain["shots"][0], "motion": None}
