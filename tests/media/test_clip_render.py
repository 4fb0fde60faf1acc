"""A rendered clip: as long as planned, with the right pictures and sound at the right time, the same every time."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from litink.errors import PermanentFailure
from litink.media.mp4.read import read_movie
from litink.media.pieces import Piece, render_piece
from litink.media.probe import check_clip, probe
from litink.media.profile import profile_for
from litink.media.sound import encode
from litink.media.timeline import ChapterPart, LinePart, ScenePart, ShotPart, build_timeline
from tests.media.material import SMALL, audio, luma, onset, picture, small_film, tone


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clips")
    small_film(2).render(folder)
    return folder


def test_a_clip_is_what_the_timeline_asks_for(rendered: Path) -> None:
    clip = small_film(2).timeline.clips[1]
    path = rendered / "001.mp4"
    assert check_clip(path, clip, SMALL) == []
    facts = probe(path)
    video, sound = facts.first("video"), facts.first("audio")
    assert video is not None
    assert sound is not None
    assert (video.codec, video.width, video.height, video.fps) == ("h264", 320, 180, 24)
    assert (sound.codec, sound.sample_rate, sound.channels) == ("aac", 48_000, 1)


def test_words_are_heard_when_the_timeline_says(rendered: Path) -> None:
    clip = small_film(2).timeline.clips[1]
    samples, _ = audio(rendered / "001.mp4")
    assert onset(samples, 48_000) == pytest.approx(clip.lines[0].start_frame / 24, abs=0.002)


def test_a_clip_begins_and_ends_black_and_silent(rendered: Path) -> None:
    frames, (samples, _) = luma(rendered / "001.mp4"), audio(rendered / "001.mp4")
    assert frames[0].mean() < 18
    assert frames[-1].mean() < 18
    assert frames[len(frames) // 2].mean() > 60
    assert np.abs(samples[:2048]).max() < 1e-4
    assert np.abs(samples[-4096:]).max() < 1e-4


def test_the_same_clip_is_the_same_bytes_whatever_runs_beside_it(tmp_path: Path) -> None:
    film = small_film(2)

    def render(number: int) -> str:
        path = tmp_path / f"{number}.mp4"
        render_piece(
            Piece.whole(film.timeline.clips[2]), film.pictures.__getitem__, film.sounds.__getitem__, path, SMALL
        )
        return hashlib.sha256(path.read_bytes()).hexdigest()

    with ThreadPoolExecutor(3) as pool:
        assert len(set(pool.map(render, range(4)))) == 1


@pytest.mark.parametrize("ratio", ["16:9", "9:16", "1:1"])
def test_clips_of_one_profile_have_one_format(ratio: str, tmp_path: Path) -> None:
    film = small_film(1)
    profile = replace(profile_for(ratio), width=profile_for(ratio).width // 4, height=profile_for(ratio).height // 4)
    formats = [[track.format for track in read_movie(path).tracks] for path in film.render(tmp_path, profile)]
    assert len(formats[0]) == 2
    assert all(format == formats[0] for format in formats)


def test_the_profiles_of_the_tiers() -> None:
    assert (profile_for("16:9").width, profile_for("16:9").height) == (1280, 720)
    assert (profile_for("9:16", "1080p").width, profile_for("9:16", "1080p").height) == (1080, 1920)
    assert (profile_for("1:1", "2160p").width, profile_for("1:1", "2160p").height) == (2160, 2160)


def test_what_is_missing_does_not_fail_the_clip(tmp_path: Path) -> None:
    lines = (LinePart(id="a", text="Not spoken yet.", seconds=None), LinePart(id="b", text="Spoken.", seconds=1.0))
    shots = (ShotPart(picture=None, lines=("a",)), ShotPart(picture="p", lines=("b",)))
    scenes = (ScenePart(id="s", title="S", shots=shots, lines=lines),)
    clip = build_timeline([ChapterPart(key="c", title="C", scenes=scenes)], ratio="16:9", title="T").clips[0]
    out = tmp_path / "clip.mp4"
    render_piece(
        Piece.whole(clip),
        {"p": picture((40, 90, 200))}.__getitem__,
        {"b": encode(tone(1.0), 24_000)}.__getitem__,
        out,
        SMALL,
    )
    assert check_clip(out, clip, SMALL) == []
    samples, _ = audio(out)
    assert onset(samples, 48_000) == pytest.approx(clip.lines[1].start_frame / 24, abs=0.002)


@pytest.mark.parametrize(
    ("broken", "value", "code"),
    [
        ("pictures", b"no picture", "picture-unreadable"),
        ("sounds", b"no sound", "sound-unreadable"),
        ("sounds", encode(tone(5.0), 24_000), "line-out-of-step"),
    ],
)
def test_a_broken_part_is_named_and_no_file_is_left(broken: str, value: bytes, code: str, tmp_path: Path) -> None:
    film = small_film(1)
    getattr(film, broken).update({"p0": value, "l0": value})
    with pytest.raises(PermanentFailure) as failure:
        render_piece(
            Piece.whole(film.timeline.clips[1]),
            film.pictures.__getitem__,
            film.sounds.__getitem__,
            tmp_path / "x.mp4",
            SMALL,
        )
    assert failure.value.code == code
    assert list(tmp_path.iterdir()) == []
