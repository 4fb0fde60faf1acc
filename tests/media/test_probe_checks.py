"""Nothing is called done that is empty, black, silent, cut off or too loud: each is told in a sentence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from litink.errors import PermanentFailure
from litink.media.pieces import Piece, render_piece
from litink.media.probe import check_audio, check_clip, check_film, probe
from litink.media.sound import encode
from tests.media.material import SMALL, drawing, picture, small_film, tone


def rendered(folder: Path, *, colour: tuple[int, int, int] = (90, 120, 200), level: float = 0.3) -> Path:
    film = small_film(1)
    path = folder / "clip.mp4"
    sound = encode(tone(0.6, level=level), 24_000)
    render_piece(Piece.whole(film.timeline.clips[1]), lambda _: picture(colour), lambda _: sound, path, SMALL)
    return path


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({}, None),
        ({"colour": (0, 0, 0)}, "black"),
        ({"level": 0.0}, "Nothing is heard"),
        ({"level": 0.99}, None),  # a loud line is held below the ceiling when it is mixed
    ],
)
def test_a_clip_is_watched_and_heard(change: dict[str, object], complaint: str | None, tmp_path: Path) -> None:
    problems = check_clip(rendered(tmp_path, **change), small_film(1).timeline.clips[1], SMALL)
    assert (problems == []) if complaint is None else any(complaint in problem for problem in problems)


def test_a_clip_of_another_length_or_size_is_told(tmp_path: Path) -> None:
    path, clip = rendered(tmp_path), small_film(1).timeline.clips[1]
    longer = clip.model_copy(update={"frames": clip.frames + 5})
    assert any("pictures instead of" in problem for problem in check_clip(path, longer, SMALL))
    assert any("instead of 640 x 360" in p for p in check_clip(path, clip, replace(SMALL, width=640, height=360)))


def test_a_clip_is_no_film(tmp_path: Path) -> None:
    problems = check_film(rendered(tmp_path), small_film(2).timeline)
    assert {"It has no captions.", "Its chapter markers are not the chapters."} <= set(problems)


@pytest.mark.parametrize("data", [b"", b"<html>busy</html>", encode(tone(1.0), 24_000)[:300]])
def test_what_cannot_be_read_is_refused(data: bytes) -> None:
    with pytest.raises(PermanentFailure) as failure:
        check_audio(data)
    assert failure.value.code == "media-unreadable"


def test_silence_and_wrong_loudness_are_told() -> None:
    assert any("peaks" in problem for problem in check_audio(encode(tone(2.0, level=0.99), 24_000), lufs=-3))
    assert check_audio(encode(np.zeros(24_000, np.float32), 24_000)) == ["It is silent."]
    assert check_audio(encode(tone(2.0, level=0.3), 24_000), lufs=None) == []
    assert any("LUFS" in problem for problem in check_audio(encode(tone(2.0, level=0.01), 24_000)))


def test_a_picture_has_no_sound_in_it() -> None:
    assert check_audio(drawing(64, 36)) == ["There is no sound in it."]


def test_facts_without_decoding_are_quick_and_say_so() -> None:
    facts = probe(encode(tone(2.0), 24_000))
    assert facts.decoded is None
    assert facts.seconds == pytest.approx(2.0)
