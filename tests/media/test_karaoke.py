"""Captions that light up word by word: on time for every word, whatever is said, and shown by ffmpeg's own renderer."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
from hypothesis import given, settings

from litink.media.captions import Cue, captions
from litink.media.karaoke import to_ass
from litink.media.timeline import SpokenWord
from tests.media.test_caption_cues import LINES_OF_A_SCENE, film, say

EVENT = re.compile(r"^Dialogue: 0,(\d+):(\d\d):(\d\d)\.(\d\d),(\d+):(\d\d):(\d\d)\.(\d\d),Default,([^,]*),0,0,0,,(.*)$")


def events(text: str) -> list[tuple[float, float, str, str]]:
    found = []
    for row in text.splitlines():
        if match := EVENT.match(row):
            h, m, s, c, eh, em, es, ec = map(int, match.groups()[:8])
            start, end = h * 3600 + m * 60 + s + c / 100, eh * 3600 + em * 60 + es + ec / 100
            found.append((start, end, match[9], match[10]))
    return found


@given(LINES_OF_A_SCENE)
@settings(max_examples=60, deadline=None)
def test_whatever_is_said_every_word_lights_up_when_it_is_spoken(
    rows: list[tuple[list[str], str | None, float | None]],
) -> None:
    cues = captions(film(rows))
    shown = events(to_ass(cues, "16:9"))
    assert len(shown) == len(cues)
    for cue, (start, end, _, text) in zip(cues, shown, strict=True):
        assert (start, end) == (round(cue.start, 2), round(cue.end, 2)) or abs(start - cue.start) <= 0.006
        clock, starts = start, []
        for hundredths, word in re.findall(r"\{\\k(\d+)\}([^{]*)", text):
            if word.strip():
                starts.append(clock)
            clock += int(hundredths) / 100
        assert clock <= end + 1e-6
        wanted = [min(max(word.start, start), end) for word in cue.words]
        assert np.allclose(starts, wanted, atol=0.0101)
        assert re.sub(r"\{[^}]*\}", "", text).split("\\N") == list(cue.lines)


def test_a_book_cannot_smuggle_markup_in() -> None:
    words = ("{\\pos(0,0)}", "\\N", "fine")
    spoken = tuple(SpokenWord(text=word, start=n, end=n + 1) for n, word in enumerate(words))
    cue = Cue(start=0, end=3, lines=(" ".join(words),), speaker="Ann, {\\b1}\nBo", words=spoken)
    ((_, _, name, text),) = events(to_ass([cue], "16:9"))
    assert re.sub(r"\{\\k\d+\}", "", text) == "｛＼pos(0,0)｝ ＼N fine"
    assert name == "Ann; ｛＼b1｝ Bo"


def test_players_show_it_inside_the_frame_and_words_change_colour(tmp_path: Path) -> None:
    text = "Every word of this line is heard by its own, and it is wide WWW."
    for ratio in ("16:9", "9:16", "1:1"):
        (tmp_path / "c.ass").write_text(to_ass(say(text, 4.0), ratio), encoding="utf-8")
        size = {"16:9": "1280x720", "9:16": "720x1280", "1:1": "720x720"}[ratio]
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "lavfi", "-i", f"color=black:s={size}:r=2:d=4"]
        command += ["-vf", "ass=c.ass", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
        raw = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=60).stdout
        width, height = map(int, size.split("x"))
        frames = np.frombuffer(raw, np.uint8).reshape(-1, height, width, 3).astype(int)
        gold = ((frames[..., 0] > 200) & (frames[..., 2] < 60)).sum(axis=(1, 2))
        assert gold[3] > 0, "nothing is lit in the middle"
        assert gold[6] > 1.3 * gold[3] > 1.3 * gold[2]
        lit = np.argwhere(frames[4].max(axis=2) > 60)
        assert lit[:, 1].min() > 0.01 * width
        assert lit[:, 1].max() < 0.99 * width
        assert lit[:, 0].min() > 0.7 * height
