"""Captions: readable, on time, complete, and valid in both formats."""

from __future__ import annotations

import re
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from litink.media.captions import (
    AFTER_WORDS_SECONDS,
    LINE_CHARACTERS,
    LINES,
    LONGEST_CUE_SECONDS,
    Cue,
    captions,
    to_srt,
    to_vtt,
)
from litink.media.timeline import ChapterPart, LinePart, ScenePart, ShotPart, Timeline, build_timeline

WORDS = st.lists(
    st.sampled_from(
        [*["a", "the", "of", "rain", "came", "down;"], "quietly,", "“Stop!”", "no.", "—", "x" * 50, "Привет", "ok…"]
    ),
    min_size=1,
    max_size=60,
)
LINES_OF_A_SCENE = st.lists(
    st.tuples(WORDS, st.sampled_from([None, "Ann", "Bo & <b>"]), st.one_of(st.none(), st.floats(0.2, 25))),
    min_size=1,
    max_size=6,
)


def film(rows: list[tuple[list[str], str | None, float | None]]) -> Timeline:
    lines = tuple(
        LinePart(id=f"l{n}", text=" ".join(words), seconds=seconds, speaker=speaker)
        for n, (words, speaker, seconds) in enumerate(rows)
    )
    shots = (ShotPart(picture="p", lines=tuple(line.id for line in lines)),)
    scenes = (ScenePart(id="s", title="S", shots=shots, lines=lines),)
    return build_timeline([ChapterPart(key="c", title="C", scenes=scenes)], ratio="16:9", title="T")


def say(text: str, seconds: float, speaker: str | None = None) -> tuple[Cue, ...]:
    return captions(film([(text.split(), speaker, seconds)]))


@given(LINES_OF_A_SCENE)
@settings(max_examples=120, deadline=None)
def test_whatever_is_said_the_captions_keep_the_rules(rows: list[tuple[list[str], str | None, float | None]]) -> None:
    timeline = film(rows)
    cues = captions(timeline)
    spoken = list(timeline.spoken())
    words = [word for line in spoken for word in line.words()]
    for cue in cues:
        assert 1 <= len(cue.lines) <= LINES
        assert all(0 < len(line) <= LINE_CHARACTERS for line in cue.lines)
        assert cue.start < cue.end
        last = max(word.end for word in words if word.start < cue.end - 1e-9)
        assert cue.end <= last + AFTER_WORDS_SECONDS + 1e-6
        assert any(abs(cue.start - word.start) < 1e-6 or word.start < cue.start < word.end for word in words)
        speakers = {line.line.speaker for line in spoken if line.start < cue.end - 0.11 and cue.start < line.end}
        assert speakers <= {cue.speaker}
        if " " in cue.text.replace("\n", " "):
            assert cue.end - cue.start <= LONGEST_CUE_SECONDS + AFTER_WORDS_SECONDS + 1e-6
    assert all(a.end <= b.start + 1e-9 for a, b in pairwise(cues))
    said = "".join("".join(words) for words, _, _ in rows)
    assert re.sub(r"\s", "", "".join(cue.text for cue in cues)) == said


def test_cues_end_where_the_sense_does() -> None:
    cues = say("It was late, and the rain had not stopped for three days. Nobody spoke of leaving the house.", 6.0)
    assert [cue.text.replace("\n", " ") for cue in cues] == [
        "It was late, and the rain had not stopped for three days.",
        "Nobody spoke of leaving the house.",
    ]


def test_lines_do_not_end_on_a_word_that_leads_on() -> None:
    (cue,) = say("She looked for a long time at the old house on the hill.", 4.0)
    assert len(cue.lines) == 2
    assert cue.lines[0].split()[-1] not in {"a", "the", "at", "for", "on"}


def test_a_title_with_a_full_stop_ends_no_cue() -> None:
    cues = say("It was in the spring of the year that Mr. Utterson first heard the name of Mr. Hyde spoken.", 7.0)
    assert not any(cue.text.endswith("Mr.") for cue in cues)


def test_speakers_are_named_and_markup_is_escaped() -> None:
    text = to_vtt(say("Cats < dogs & birds.", 2.0, speaker="Bo & <b>"))
    assert text.startswith("WEBVTT\n\n")
    assert "<v Bo &amp; &lt;b&gt;>Cats &lt; dogs &amp; birds.</v>" in text


def test_the_formats_say_the_same() -> None:
    cues = say("It was late, and the rain had not stopped for three days. Nobody spoke.", 6.0)
    vtt, srt = to_vtt(cues), to_srt(cues)
    assert re.findall(r"[\d:.]+ --> [\d:.]+", vtt) == [
        t.replace(",", ".") for t in re.findall(r"[\d:,]+ --> [\d:,]+", srt)
    ]
    assert re.findall(r"^\d+$", srt, re.M) == [str(n) for n in range(1, len(cues) + 1)]


def test_times_past_an_hour() -> None:
    assert "01:02:03.450 --> 01:02:04.000" in to_vtt([Cue(start=3723.45, end=3724.0, lines=("Hi",))])
