"""The joined film: nothing re-encoded, sound in step to the end, chapters, captions and cover where players look."""

from __future__ import annotations

import hashlib
import subprocess
from dataclasses import replace
from pathlib import Path

import av
import cv2
import imageio_ffmpeg
import numpy as np
import pytest

from litink.errors import PermanentFailure
from litink.media.captions import captions
from litink.media.film import join_film
from litink.media.pieces import Piece, render_piece
from litink.media.probe import check_film, probe
from litink.media.sound import finish
from litink.media.timeline import ChapterPart, LinePart, ScenePart, ShotPart, Timeline, build_timeline
from litink.providers.base import Speech
from tests.media.material import SMALL, Film, audio, drawing, luma, onset, picture, small_film, speech_like, tone


def film_of(material: Film, folder: Path, **more: object) -> Path:
    out = folder / "film.mp4"
    clips = material.render(folder)
    join_film(
        clips, material.timeline, out, title="A film", author="A. Author", captions=captions(material.timeline), **more
    )
    return out


@pytest.fixture(scope="module")
def material() -> Film:
    return small_film(2, chapters=2, line=lambda number: speech_like(1.0 + 0.37 * number, seed=number, level=0.6))


@pytest.fixture(scope="module")
def film(material: Film, tmp_path_factory: pytest.TempPathFactory) -> Path:
    cover = picture((10, 20, 200), 160, 240)
    return film_of(material, tmp_path_factory.mktemp("film"), cover=cover, language="eng", comment="Made here.")


def test_players_find_everything(film: Path, material: Film) -> None:
    facts = probe(film)
    assert [stream.kind for stream in facts.streams] == ["video", "audio", "subtitle", "data", "cover"]
    assert [(title, round(start, 2)) for title, start, _ in facts.chapters] == [
        (marker.title, round(marker.start, 2)) for marker in material.timeline.markers
    ]
    assert facts.tags["title"] == "A film"
    assert facts.tags["artist"] == "A. Author"
    assert facts.tags["comment"] == "Made here."
    assert facts.seconds == pytest.approx(material.timeline.seconds, abs=0.05)
    subtitle = facts.first("subtitle")
    assert subtitle is not None
    assert (subtitle.codec, subtitle.language) == ("mov_text", "eng")


def test_the_captions_of_the_film_are_the_captions(film: Path, material: Film, tmp_path: Path) -> None:
    out = tmp_path / "out.srt"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(film), "-map", "0:s", str(out)]
    subprocess.run(command, check=True)
    text = out.read_text()
    for cue in captions(material.timeline):
        assert cue.text in text
    assert text.count("-->") == len(captions(material.timeline))


def test_ffmpeg_decodes_it_without_a_complaint(material: Film, tmp_path: Path) -> None:
    film = film_of(material, tmp_path)  # without a cover: ffmpeg warns about those of its own files, too
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        "-v",
        "warning",
        "-xerror",
        "-i",
        str(film),
        "-map",
        "0:v:0",
        "-map",
        "0:a",
    ]
    result = subprocess.run([*command, "-f", "null", "-"], capture_output=True, text=True, check=True)
    assert result.stderr == ""


def test_the_index_stands_before_the_media(film: Path) -> None:
    data = film.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_every_picture_is_there_in_order(film: Path, material: Film) -> None:
    frames = luma(film)
    assert len(frames) == material.timeline.frames
    with av.open(str(film), "r") as container:
        stamps = [frame.pts * frame.time_base for frame in container.decode(video=0)]
    assert stamps == [pytest.approx(n / 24, abs=1e-4) for n in range(len(frames))]
    for clip in material.timeline.clips:
        assert frames[clip.start_frame].mean() < 18, "a clip begins black"
        assert frames[clip.start_frame + clip.frames - 1].mean() < 18, "and ends black"
        assert frames[clip.start_frame + clip.frames // 2].mean() > 40


def test_players_can_jump_to_any_chapter(film: Path, material: Film) -> None:
    marker = material.timeline.markers[1]
    with av.open(str(film), "r") as container:
        stream = container.streams.video[0]
        container.seek(round(marker.start / stream.time_base), stream=stream)
        first = next(container.decode(stream))
        assert first.time == pytest.approx(marker.start, abs=0.01)


def test_a_finished_film_passes_its_check(tmp_path: Path) -> None:
    lines = [finish(Speech(speech_like(2.0 + n, seed=n, level=0.3), 24_000, ())) for n in range(3)]
    parts = tuple(LinePart(id=f"l{n}", text="Said.", seconds=line.seconds) for n, line in enumerate(lines))
    shots = (ShotPart(picture="p", lines=("l0", "l1", "l2")),)
    scenes = (ScenePart(id="s", title="S", shots=shots, lines=parts),)
    timeline = build_timeline([ChapterPart(key="c", title="C", scenes=scenes)], ratio="16:9", title="T")
    made = Film(timeline, {"p": drawing(480, 270)}, {f"l{n}": line.data for n, line in enumerate(lines)})
    assert check_film(film_of(made, tmp_path), timeline) == []


def repeated(count: int) -> tuple[Film, Timeline]:
    """One scene to render, and a timeline in which it comes ``count`` times: 65 frames, never whole AAC frames."""
    one = small_film(1, line=lambda _: tone(0.5, hertz=1000))
    scenes = tuple(
        ScenePart(
            id=f"s{n}",
            title="S",
            shots=(ShotPart(picture="p0", lines=(f"l{n}",)),),
            lines=(LinePart(id=f"l{n}", text="Beep.", seconds=0.5),),
        )
        for n in range(count)
    )
    return one, build_timeline([ChapterPart(key="c", title="C", scenes=(*scenes, scenes[-1]))], ratio="16:9", title="T")


def test_sound_is_in_step_even_in_the_two_hundredth_clip(tmp_path: Path) -> None:
    one, timeline = repeated(200)
    short, long = timeline.clips[0], timeline.clips[-1]
    paths = {}
    for name, clip in (("short", short), ("long", long)):
        paths[clip.frames] = tmp_path / f"{name}.mp4"
        render_piece(
            Piece.whole(clip), lambda _: one.pictures["p0"], lambda _: one.sounds["l0"], paths[clip.frames], SMALL
        )
    out = tmp_path / "film.mp4"
    join_film([paths[clip.frames] for clip in timeline.clips], timeline, out, title="T")
    samples, stamps = audio(out)
    assert len(samples) / 48_000 == pytest.approx(timeline.seconds, abs=0.05)
    for number in (0, 1, 7, 100, 199, 200):
        clip = timeline.clips[number]
        planned = (clip.start_frame + clip.lines[0].start_frame) / 24
        counted = planned - 0.1 + onset(samples[round((planned - 0.1) * 48_000) :], 48_000)
        assert counted == pytest.approx(planned, abs=0.0125), "by counting samples, at most half an AAC frame off"
        frame = int(counted * 48_000) // 1024
        stamped = stamps[frame] + (counted * 48_000 - frame * 1024) / 48_000
        assert stamped == pytest.approx(planned, abs=0.0011), "by time stamps, as planned"


def test_a_long_film_is_checked_by_windows_of_it(tmp_path: Path) -> None:
    one, timeline = repeated(100)  # 4.5 minutes
    scene, last = timeline.clips[0], timeline.clips[-1]
    paths = {}
    for clip in (scene, last):
        paths[clip.frames] = tmp_path / f"{clip.frames}.mp4"
        render_piece(
            Piece.whole(clip), lambda _: one.pictures["p0"], lambda _: one.sounds["l0"], paths[clip.frames], SMALL
        )
    out = tmp_path / "film.mp4"
    join_film([paths[clip.frames] for clip in timeline.clips], timeline, out, title="T", captions=captions(timeline))
    whole = probe(out, decode=True).decoded
    assert whole is not None
    assert check_film(out, timeline, lufs=whole.lufs, pieces=True) == []
    assert len(check_film(out, timeline, lufs=whole.lufs - 2)) == 1, "its loudness is measured"
    fewer = timeline.model_copy(update={"clips": timeline.clips[:-1]})
    assert len(check_film(out, fewer, lufs=None)) >= 1, "and its pictures are counted"

    data = bytearray(out.read_bytes())
    data[len(data) * 2 // 5 : len(data) * 3 // 5] = bytes(len(data) * 3 // 5 - len(data) * 2 // 5)
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(data)
    with pytest.raises(PermanentFailure) as told:
        check_film(broken, timeline, lufs=None)
    assert told.value.code == "media-unreadable"


def test_no_click_at_the_seams(film: Path, material: Film) -> None:
    samples, _ = audio(film)
    for clip in material.timeline.clips[1:]:
        seam = clip.start_frame * 2000
        assert np.abs(samples[seam - 3000 : seam + 3000]).max() < 1e-3


def test_joining_copies_every_coded_picture(material: Film, tmp_path: Path) -> None:
    def packets(path: Path) -> list[bytes]:
        with av.open(str(path), "r") as container:
            return [hashlib.sha256(bytes(packet)).digest() for packet in container.demux(video=0) if packet.size]

    film = film_of(material, tmp_path)
    assert packets(film) == [packet for number in range(5) for packet in packets(tmp_path / f"{number:03}.mp4")]


def test_the_same_clips_give_the_same_bytes(material: Film, tmp_path: Path) -> None:
    first = film_of(material, tmp_path).read_bytes()
    assert film_of(material, tmp_path).read_bytes() == first


def test_more_chapters_than_a_short_list_holds(tmp_path: Path) -> None:
    # Nero's list counts in one byte; players that read the chapter track see all of them.
    one = small_film(1)
    part = one.timeline.clips[1]
    lines = (LinePart(id="l0", text="Beep.", seconds=0.6),)
    chapters = [
        ChapterPart(
            key=f"c{n}",
            title=f"Chapter {n} é",
            scenes=(ScenePart(id=f"s{n}", title="S", shots=(ShotPart(picture="p0", lines=("l0",)),), lines=lines),),
        )
        for n in range(300)
    ]
    timeline = build_timeline(chapters, ratio="16:9", title="T")
    assert {clip.frames for clip in timeline.clips} == {part.frames}
    paths = one.render(tmp_path)
    join_film([paths[1]] * 300, timeline, tmp_path / "film.mp4", title="T")
    assert [title for title, _, _ in probe(tmp_path / "film.mp4").chapters] == [f"Chapter {n} é" for n in range(300)]


def test_clips_that_do_not_fit_are_refused_and_no_film_is_left(material: Film, tmp_path: Path) -> None:
    clips = material.render(tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    larger = material.render(other, replace(SMALL, width=480, height=270))
    half = tmp_path / "half.mp4"
    half.write_bytes(clips[1].read_bytes()[: clips[1].stat().st_size // 2])
    out = tmp_path / "film.mp4"
    for paths, code in (
        (clips[:-1], "clip-out-of-step"),
        ([clips[0], clips[2], clips[1], *clips[3:]], "clip-out-of-step"),
        ([*clips[:-1], larger[-1]], "clip-profile"),
        ([clips[0], half, *clips[2:]], "clip-unreadable"),
        ([tmp_path / "absent.mp4", *clips[1:]], "clip-unreadable"),
    ):
        with pytest.raises(PermanentFailure) as failure:
            join_film(paths, material.timeline, out, title="T")
        assert failure.value.code == code
    assert not list(tmp_path.glob("*film.mp4*"))


def test_a_jpeg_or_png_cover_comes_back_as_it_went_in(material: Film, tmp_path: Path) -> None:
    for suffix in (".png", ".jpg"):
        cover = bytes(cv2.imencode(suffix, np.full((120, 80, 3), (20, 90, 200), np.uint8))[1])
        with av.open(str(film_of(material, tmp_path, cover=cover)), "r") as container:
            attached = container.streams.video[1]
            assert bytes(next(container.demux(attached))) == cover
