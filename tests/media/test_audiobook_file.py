"""The audiobook: every line in order, chapters and cover, the loudness of audiobooks, memory that does not grow."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from litink.errors import PermanentFailure
from litink.media.audiobook import write_audiobook
from litink.media.probe import check_audio, probe
from litink.media.sound import finish
from litink.media.timeline import ChapterPart, LinePart, ScenePart, Timeline, build_timeline
from litink.providers.base import Speech
from tests.media.material import audio, picture, speech_like

LINES = {f"l{n}": finish(Speech(speech_like(1.5 + 0.4 * n, seed=n, level=0.3), 24_000, ())) for n in range(4)}


def book(*, missing: str = "") -> Timeline:
    def part(id: str) -> LinePart:
        return LinePart(id=id, text="Something said.", seconds=None if id == missing else LINES[id].seconds)

    chapters = [
        ChapterPart(
            key=f"c{c}",
            title=f"Chapter {c}",
            card="card",
            scenes=(ScenePart(id=f"s{c}", title="S", shots=(), lines=(part(f"l{2 * c}"), part(f"l{2 * c + 1}"))),),
        )
        for c in range(2)
    ]
    return build_timeline(chapters, ratio="16:9", title="A book", title_card="title")


def write(timeline: Timeline, out: Path) -> float:
    return write_audiobook(
        timeline, lambda id: LINES[id].data, out=out, title="A book", author="A. Author", cover=picture((9, 9, 200))
    )


def test_a_player_finds_chapters_cover_and_names(tmp_path: Path) -> None:
    seconds = write(book(), tmp_path / "book.m4b")
    facts = probe(tmp_path / "book.m4b")
    assert [stream.kind for stream in facts.streams] == ["audio", "data", "cover"]
    assert [title for title, _, _ in facts.chapters] == ["Chapter 0", "Chapter 1"]
    assert facts.chapters[-1][2] == pytest.approx(seconds, abs=0.002)
    assert facts.seconds == pytest.approx(seconds, abs=0.05)
    assert (facts.tags["title"], facts.tags["artist"]) == ("A book", "A. Author")
    assert facts.tags["major_brand"] == "M4B "


def test_it_has_the_loudness_of_audiobooks(tmp_path: Path) -> None:
    write(book(), tmp_path / "book.m4b")
    assert check_audio(tmp_path / "book.m4b") == []
    assert check_audio(tmp_path / "book.m4b", lufs=-16) != []


def test_lines_stand_where_the_film_has_them_without_its_cards(tmp_path: Path) -> None:
    timeline = book()
    write(timeline, tmp_path / "book.m4b")
    samples, _ = audio(tmp_path / "book.m4b")
    chapters = probe(tmp_path / "book.m4b").chapters
    for clip, (_, start, _) in zip((c for c in timeline.clips if c.lines), chapters, strict=True):
        for line in clip.lines:
            begin = round((start + line.start_frame / 24) * 24_000)
            end = begin + round(line.seconds * 24_000)
            assert np.abs(samples[begin - 3000 : begin - 250]).max() < 0.01, "a pause before each line"
            assert np.abs(samples[begin:end]).max() > 0.1
            assert np.abs(samples[end + 250 : end + 1500]).max() < 0.01


def test_it_has_the_sample_rate_of_its_narrator(tmp_path: Path) -> None:
    write(book(), tmp_path / "book.m4b")
    assert probe(tmp_path / "book.m4b").streams[0].sample_rate == 24_000
    fine = finish(Speech(speech_like(2.0, 44_100, level=0.3), 44_100, ()))
    line = LinePart(id="l", text="Said.", seconds=fine.seconds)
    chapter = ChapterPart(key="c", title="C", scenes=(ScenePart(id="s", title="S", shots=(), lines=(line,)),))
    timeline = build_timeline([chapter], ratio="16:9", title="T")
    write_audiobook(timeline, lambda _: fine.data, out=tmp_path / "fine.m4b", title="T")
    assert probe(tmp_path / "fine.m4b").streams[0].sample_rate == 48_000


def test_a_line_that_is_missing_leaves_no_hole(tmp_path: Path) -> None:
    whole, without = write(book(), tmp_path / "a.m4b"), write(book(missing="l1"), tmp_path / "b.m4b")
    assert without < whole - LINES["l1"].seconds + 0.1
    samples, _ = audio(tmp_path / "b.m4b")
    loud = np.flatnonzero(np.abs(samples) > 0.01) / 24_000
    assert np.diff(loud).max() < 3.2


def test_a_book_nobody_has_read_aloud_is_refused(tmp_path: Path) -> None:
    silent = build_timeline([ChapterPart(key="c", title="C", scenes=())], ratio="16:9", title="T", title_card="t")
    with pytest.raises(PermanentFailure) as failure:
        write(silent, tmp_path / "book.m4b")
    assert failure.value.code == "nothing-to-hear"
    assert list(tmp_path.iterdir()) == []


def test_the_same_lines_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write(book(), tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


MEASURE = """
import resource, sys
from pathlib import Path
from litink.media.audiobook import write_audiobook
from litink.media.timeline import ChapterPart, LinePart, ScenePart, build_timeline
data = Path(sys.argv[1]).read_bytes(); seconds = float(sys.argv[2]); out = Path(sys.argv[3])
lines = tuple(LinePart(id="l", text="Said.", seconds=seconds) for _ in range(int(sys.argv[4])))
part = ChapterPart(key="c", title="C", scenes=(ScenePart(id="s", title="S", shots=(), lines=lines),))
write_audiobook(build_timeline([part], ratio="16:9", title="T"), lambda _: data, out=out, title="T")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_memory_does_not_grow_with_the_book(tmp_path: Path) -> None:
    line = LINES["l3"]
    (tmp_path / "line.flac").write_bytes(line.data)

    def kilobytes(lines: int) -> int:
        arguments = [str(tmp_path / "line.flac"), str(line.seconds), str(tmp_path / "out.m4b"), str(lines)]
        command = [sys.executable, "-c", MEASURE, *arguments]
        return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    assert kilobytes(70) - kilobytes(10) < 8_000, "held whole, three more minutes of sound would be 15 MB"
