"""Films as MOV and WebM, audiobooks as MP3: the same pictures, words, chapters, in files that players take."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from litink.errors import PermanentFailure
from litink.media.captions import captions
from litink.media.film import join_film
from litink.media.mp3 import write_mp3
from litink.media.probe import check_audio, probe
from litink.media.recoded import to_mov, to_webm
from litink.media.sound import encode, finish
from litink.providers.base import Speech
from tests.media.material import Film, luma, picture, small_film, speech_like


@pytest.fixture(scope="module")
def film() -> Film:
    return small_film(1, chapters=2, line=lambda number: speech_like(1.2, seed=number, level=0.5))


@pytest.fixture(scope="module")
def mp4(film: Film, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("film")
    out = folder / "film.mp4"
    cues = captions(film.timeline)
    join_film(
        film.render(folder), film.timeline, out, title="A film", author="A. Author", captions=cues, language="eng"
    )
    return out


def packets(path: Path, kind: str) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(**{kind: 0}) if packet.size]


def test_quicktime_is_a_copy(film: Film, mp4: Path, tmp_path: Path) -> None:
    out = tmp_path / "film.mov"
    to_mov(mp4, out)
    facts = probe(out, decode=True)
    assert facts.tags["major_brand"] == "qt  "
    assert facts.tags["title"] == "A film"
    assert [(s.kind, s.codec) for s in facts.streams][:3] == [
        ("video", "h264"),
        ("audio", "aac"),
        ("subtitle", "mov_text"),
    ]
    assert [title for title, _, _ in facts.chapters] == ["Chapter 0", "Chapter 1"]
    assert facts.seconds == pytest.approx(film.timeline.seconds, abs=0.1)
    assert packets(out, "video") == packets(mp4, "video")


def test_webm_has_pictures_sound_captions_and_chapters_in_step(film: Film, mp4: Path, tmp_path: Path) -> None:
    out = tmp_path / "film.webm"
    cues = captions(film.timeline)
    to_webm(mp4, out, cues, language="eng")
    facts = probe(out, decode=True)
    assert [(s.kind, s.codec, s.language) for s in facts.streams] == [
        ("video", "vp9", ""),
        ("audio", "opus", ""),
        ("subtitle", "webvtt", "eng"),
    ]
    assert [(title, round(start, 2)) for title, start, _ in facts.chapters] == [
        (marker.title, round(marker.start, 2)) for marker in film.timeline.markers
    ]
    assert facts.seconds == pytest.approx(film.timeline.seconds, abs=0.1)
    assert facts.tags["title"] == "A film"
    before, after = luma(mp4), luma(out)
    assert len(after) == film.timeline.frames
    assert np.abs(before.astype(int) - after.astype(int)).mean() < 4
    with av.open(str(out)) as container:
        starts = [float(p.pts * p.time_base) for p in container.demux(subtitles=0) if p.size]
    assert starts == [pytest.approx(cue.start, abs=0.01) for cue in cues]
    assert facts.decoded is not None
    original = probe(mp4, decode=True).decoded
    assert original is not None
    assert facts.decoded.lufs == pytest.approx(original.lufs, abs=0.5)


def test_what_is_no_film_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no film")
    for change, out in ((to_mov, tmp_path / "a.mov"), (to_webm, tmp_path / "a.webm")):
        with pytest.raises(PermanentFailure) as told:
            change(broken, out)
        assert told.value.code == "film-unreadable"
        assert not out.exists()
    assert [path.name for path in tmp_path.iterdir()] == ["broken.mp4"]


def test_an_mp3_has_chapters_a_cover_and_the_loudness_of_an_audiobook(tmp_path: Path) -> None:
    lines = [finish(Speech(speech_like(3.0, seed=n, level=0.3), 24_000, ())) for n in range(2)]
    made = small_film(1, chapters=2, line=lambda _: speech_like(lines[0].seconds))
    sounds = {"l0": lines[0].data, "l1": lines[1].data}
    clips = tuple(
        clip.model_copy(
            update={
                "lines": tuple(
                    line.model_copy(update={"seconds": lines[int(line.id[1:])].seconds}) for line in clip.lines
                )
            }
        )
        for clip in made.timeline.clips
    )
    timeline = made.timeline.model_copy(update={"clips": clips})
    out = tmp_path / "book.mp3"
    cover = picture((10, 20, 200), 160, 240)
    seconds = write_mp3(timeline, sounds.__getitem__, out=out, title="A book", author="A. Author", cover=cover)
    facts = probe(out)
    assert [(s.kind, s.codec) for s in facts.streams] == [("audio", "mp3float"), ("cover", "png")]
    assert facts.tags | {"title": "A book", "artist": "A. Author", "genre": "Audiobook"} == facts.tags
    assert [title for title, _, _ in facts.chapters] == ["Chapter 0", "Chapter 1"]
    assert facts.chapters[1][1] == pytest.approx(timeline.clips[1].frames / 24, abs=0.01)
    assert facts.seconds == pytest.approx(seconds, abs=0.1)
    assert check_audio(out) == []
    with av.open(str(out)) as container:
        assert bytes(next(p for p in container.demux(video=0) if p.size)) == cover


def test_an_mp3_of_nothing_is_refused(tmp_path: Path) -> None:
    made = small_film(1)
    silent = made.timeline.model_copy(update={"clips": tuple(clip.bare() for clip in made.timeline.clips)})
    with pytest.raises(PermanentFailure) as told:
        write_mp3(silent, lambda _: encode(speech_like(1), 24_000), out=tmp_path / "book.mp3", title="T")
    assert told.value.code == "nothing-to-hear"
    assert list(tmp_path.iterdir()) == []
