"""Stretches of clips in new films: the right pictures and words, faded, at their volume, with words over them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from litink.media.captions import captions
from litink.media.film import join_film
from litink.media.loudness import integrated
from litink.media.pieces import Piece, captioned, laid_out, render_piece
from litink.media.profile import Profile, profile_for
from litink.media.timeline import WordPart
from tests.media.material import SMALL, Film, audio, luma, small_film, speech_like


@pytest.fixture(scope="module")
def film() -> Film:
    """Two chapters of a scene; every line is two seconds and says four words."""
    made = small_film(1, chapters=2, line=lambda number: speech_like(2.0, seed=number, level=0.4))
    words = tuple(
        WordPart(text=word, start=0.5 * n, end=0.5 * n + 0.4, char_start=at, char_end=at + len(word))
        for n, (word, at) in enumerate((("Scene", 0), ("number", 6), ("is", 13), ("here.", 16)))
    )
    clips = tuple(
        clip.model_copy(
            update={
                "lines": tuple(
                    line.model_copy(update={"words": words, "text": "Scene number is here."}) for line in clip.lines
                )
            }
        )
        for clip in made.timeline.clips
    )
    return replace(made, timeline=made.timeline.model_copy(update={"clips": clips}))


def render(film: Film, piece: Piece, out: Path, profile: Profile = SMALL) -> Path:
    render_piece(piece, film.pictures.__getitem__, film.sounds.__getitem__, out, profile)
    return out


def test_a_whole_clip_is_the_clip_to_the_byte(film: Film, tmp_path: Path) -> None:
    (rendered,) = film.render(tmp_path)[1:2]
    piece = Piece.whole(film.timeline.clips[1])
    assert piece.plain
    assert render(film, piece, tmp_path / "piece.mp4").read_bytes() == rendered.read_bytes()


def test_a_stretch_shows_and_sounds_what_the_clip_does_there(film: Film, tmp_path: Path) -> None:
    clip = film.timeline.clips[1]
    whole = film.render(tmp_path)[1]
    piece = Piece(clip=clip, first=18, frames=30, fade_in=0, fade_out=0)
    part = render(film, piece, tmp_path / "part.mp4")
    frames, pictures = luma(part), luma(whole)[18:48]
    assert len(frames) == 30
    assert np.abs(frames.astype(int) - pictures.astype(int)).mean() < 1.5
    heard, original = audio(part)[0], audio(whole)[0]
    begin, middle = 18 * 2000, slice(6000, 50_000)
    assert np.corrcoef(heard[middle], original[begin:][middle])[0, 1] > 0.98
    assert np.abs(original[begin : begin + 900]).max() > 0.02, "somebody is speaking there"
    assert np.abs(heard[:900]).max() < 1e-3, "no click where it is cut"


def test_fades_and_volume_are_as_asked(film: Film, tmp_path: Path) -> None:
    clip = film.timeline.clips[1]
    loud = Piece(clip=clip, first=10, frames=48, fade_in=0, fade_out=24)
    soft = loud.model_copy(update={"volume": 0.25})
    levels = []
    for number, piece in enumerate((loud, soft)):
        path = render(film, piece, tmp_path / f"{number}.mp4")
        levels.append(integrated(audio(path)[0], 48_000))
        brightness = luma(path).mean(axis=(1, 2))
        assert brightness[0] > 40, "no fade in"
        assert brightness[-1] < 18, "faded out"
        assert brightness[-12] == pytest.approx((brightness[0] + 16) / 2, abs=8), "evenly, over a second"
    assert levels[0] - levels[1] == pytest.approx(12.04, abs=0.3)


def test_louder_never_clips(film: Film, tmp_path: Path) -> None:
    path = render(film, Piece.whole(film.timeline.clips[1], volume=2.0), tmp_path / "loud.mp4")
    assert np.abs(audio(path)[0]).max() < 0.9


def test_what_is_heard_of_a_line_is_what_captions_say(film: Film) -> None:
    clip = film.timeline.clips[1]
    start = clip.lines[0].start_frame
    piece = Piece(clip=clip, first=start + 10, frames=30, fade_in=0, fade_out=0)  # 0.42 s to 1.67 s of the line
    timeline = laid_out([piece, Piece.whole(clip)], film.timeline)
    first, *_ = captions(timeline)
    assert first.text == "number is"
    assert first.start == pytest.approx(0.5 - 10 / 24, abs=1 / 24)
    assert [line.line.text for line in timeline.spoken()] == ["number is", "Scene number is here."]
    assert timeline.frames == 30 + clip.frames


def test_pieces_join_to_a_film_with_their_own_chapters(film: Film, tmp_path: Path) -> None:
    clips = film.timeline.clips
    pieces = [Piece.whole(clips[2]), Piece(clip=clips[1], first=5, frames=25), Piece.whole(clips[2])]
    timeline = laid_out(pieces, film.timeline, titles=["B", "A", "B again"], title="Mine")
    files = [render(film, piece, tmp_path / f"{n}.mp4") for n, piece in enumerate(pieces)]
    join_film(files, timeline, tmp_path / "film.mp4", title="Mine", captions=captions(timeline))
    with av.open(str(tmp_path / "film.mp4")) as container:
        assert [chapter["metadata"]["title"] for chapter in container.chapters()] == ["B", "A", "B again"]
        assert sum(1 for _ in container.decode(video=0)) == timeline.frames
    own = laid_out(pieces[:1], film.timeline)
    assert [marker.title for marker in own.markers] == ["Chapter 1"]


@pytest.mark.parametrize("ratio", ["16:9", "9:16"])
def test_captions_stand_in_the_picture_while_they_are_spoken(film: Film, tmp_path: Path, ratio: str) -> None:
    profile = replace(profile_for(ratio), width=320 if ratio == "16:9" else 180, height=180 if ratio == "16:9" else 320)
    plain = [Piece.whole(film.timeline.clips[1])]
    burned = captioned(plain, laid_out(plain, film.timeline))
    marked = Piece.whole(film.timeline.clips[1], mark="Made by a test")
    pictures = {
        name: luma(render(film, piece, tmp_path / f"{name}.mp4", profile)).astype(int)
        for name, piece in (("plain", plain[0]), ("burned", burned[0]), ("marked", marked))
    }
    cue = burned[0].cues[0]
    middle, before = round((cue.start + cue.end) / 2 * 24), max(0, round(cue.start * 24) - 2)
    changed = np.abs(pictures["burned"] - pictures["plain"]) > 24
    assert changed[middle].sum() > 150
    assert changed[before].sum() == 0
    rows = np.flatnonzero(changed[middle].any(axis=1))
    assert rows.min() > profile.height * 0.7, "at the bottom"
    assert rows.max() < profile.height * 0.96
    assert pictures["burned"][middle][rows.min() : rows.max()].max() > 200, "white letters"
    mark = np.abs(pictures["marked"] - pictures["plain"]) > 12
    assert mark[middle].sum() > 20
    assert np.flatnonzero(mark[middle].any(axis=1)).max() < profile.height * 0.12, "in the upper corner"
    assert np.flatnonzero(mark[middle].any(axis=0)).min() > profile.width * 0.4
