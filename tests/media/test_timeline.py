"""The timeline: everything has its place, nothing overlaps, what is missing is bridged, a change stays where it is."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from litink.media.timeline import (
    FPS,
    LONGEST_SHOT_SECONDS,
    PAUSE_PARAGRAPH,
    PAUSE_SPEAKER,
    PLACEHOLDER,
    SCENE_LEAD_SECONDS,
    ChapterPart,
    LinePart,
    Missing,
    ScenePart,
    ShotPart,
    Timeline,
    build_timeline,
    frames_of,
    pause_after,
)

TEXTS = st.sampled_from(["No.", "He came in and sat down,", "“Why?” she said.", "It rained…", "", "* * *", "Été: oui"])
SPEAKERS = st.sampled_from([None, "Ann", "Bob"])
SECONDS = st.one_of(st.none(), st.floats(0.05, 40))


@st.composite
def books(draw: st.DrawFn) -> list[ChapterPart]:
    chapters = []
    for c in range(draw(st.integers(1, 3))):
        scenes = []
        for s in range(draw(st.integers(0, 3))):
            scene = f"c{c}-s{s}"
            lines = tuple(
                LinePart(
                    id=f"{scene}-{n}",
                    text=draw(TEXTS),
                    seconds=draw(SECONDS),
                    paragraph_end=draw(st.booleans()),
                    speaker=draw(SPEAKERS),
                )
                for n in range(draw(st.integers(0, 6)))
            )
            ids = [line.id for line in lines] + ["a line of another scene"]
            shots = tuple(
                ShotPart(
                    picture=draw(st.one_of(st.none(), st.just(f"p{n}"))),
                    size=draw(st.sampled_from(["wide", "medium", "close_up", "tracking", "two_shot"])),
                    lines=tuple(draw(st.lists(st.sampled_from(ids), max_size=4))),
                )
                for n in range(draw(st.integers(0, 4)))
            )
            scenes.append(ScenePart(id=scene, title=f"Scene {s}", shots=shots, lines=lines))
        card = draw(st.one_of(st.none(), st.just("card")))
        chapters.append(ChapterPart(key=f"c{c}", title=f"Chapter {c}", scenes=tuple(scenes), card=card))
    return chapters


def scene(*lines: LinePart, shots: tuple[ShotPart, ...] | None = None) -> ScenePart:
    pictures = shots if shots is not None else (ShotPart(picture="p", lines=tuple(line.id for line in lines)),)
    return ScenePart(id="s", title="A scene", shots=pictures, lines=lines)


def film(*scenes: ScenePart) -> Timeline:
    return build_timeline([ChapterPart(key="c", title="One", scenes=scenes)], ratio="16:9", title="T")


def line(id: str, text: str = "He came in.", seconds: float | None = 2.0, **more: object) -> LinePart:
    return LinePart.model_validate({"id": id, "text": text, "seconds": seconds, **more})


@given(books(), st.booleans())
@settings(max_examples=150, deadline=None)
def test_whatever_the_book_everything_has_its_place(chapters: list[ChapterPart], titled: bool) -> None:
    timeline = build_timeline(chapters, ratio="9:16", title="A book", title_card="t" if titled else None)
    at = 0
    for clip in timeline.clips:
        assert clip.start_frame == at
        at += clip.frames
        assert clip.shots[0].start_frame == 0
        assert all(a.start_frame + a.frames == b.start_frame for a, b in pairwise(clip.shots))
        assert clip.shots[-1].start_frame + clip.shots[-1].frames == clip.frames
        assert all(0 < shot.frames <= LONGEST_SHOT_SECONDS * FPS + 1 for shot in clip.shots)
        for first, second in pairwise(clip.lines):
            assert first.start_frame / FPS + first.seconds <= second.start_frame / FPS + 1e-6
        if clip.lines:
            assert clip.lines[0].start_frame >= SCENE_LEAD_SECONDS * FPS - 1
            assert clip.lines[-1].start_frame / FPS + clip.lines[-1].seconds + 1 <= clip.frames / FPS
        for placed in clip.lines:
            assert all(0 <= w.start <= w.end <= placed.seconds + 1e-6 for w in placed.words)
            assert all(placed.text[w.char_start : w.char_end] == w.text for w in placed.words)
    assert at == timeline.frames
    heard = [spoken.line.id for spoken in timeline.spoken()]
    assert heard == [part.id for chapter in chapters for scene in chapter.scenes for part in scene.lines]
    absent = [m.item for m in timeline.missing if m.kind == "line"]
    assert absent == [p.id for c in chapters for s in c.scenes for p in s.lines if p.seconds is None]
    assert Timeline.model_validate_json(timeline.model_dump_json()) == timeline


@given(books())
@settings(max_examples=50, deadline=None)
def test_chapters_follow_each_other_without_a_gap(chapters: list[ChapterPart]) -> None:
    timeline = build_timeline(chapters, ratio="1:1", title="A book", title_card="t")
    markers = timeline.markers
    shown = [c.title for c in chapters if c.scenes or c.card]
    assert [marker.title for marker in markers] == shown
    if markers:
        assert markers[0].start == 0
        assert markers[-1].end == timeline.seconds
        assert all(a.end == b.start for a, b in pairwise(markers))


def test_a_change_in_one_scene_leaves_the_others_clips_alone() -> None:
    def three(seconds: float) -> Timeline:
        rows = [(f"s{n}", seconds if n == 0 else 3.0) for n in range(3)]
        scenes = tuple(
            ScenePart(id=id, title=id, shots=(ShotPart(picture=id, lines=(id,)),), lines=(line(id, seconds=length),))
            for id, length in rows
        )
        return build_timeline([ChapterPart(key="c", title="One", scenes=scenes)], ratio="16:9", title="T")

    before, after = three(2.0), three(9.7)
    assert before.clips[0].recipe() != after.clips[0].recipe()
    assert before.clips[2].start_frame != after.clips[2].start_frame
    assert [c.recipe() for c in before.clips[1:]] == [c.recipe() for c in after.clips[1:]]


def test_corrected_words_do_not_remake_a_clip() -> None:
    assert film(scene(line("a", "Colour."))).clips[0].recipe() == film(scene(line("a", "Color."))).clips[0].recipe()


def test_a_picture_that_is_not_there_is_a_placeholder_and_listed() -> None:
    shots = (ShotPart(picture="p", lines=("a",)), ShotPart(picture=None, lines=("b",)))
    timeline = film(scene(line("a"), line("b"), shots=shots))
    assert [shot.picture for shot in timeline.clips[0].shots] == ["p", PLACEHOLDER]
    assert timeline.missing == (Missing(kind="picture", scene="s", item="2"),)
    assert timeline.clips[0].pictures() == ("p",)


def test_a_line_that_is_not_there_keeps_its_place_and_its_words() -> None:
    timeline = film(scene(line("a", "He came in and sat down by the fire.", None), line("b")))
    missing, following = timeline.clips[0].lines
    assert missing.missing
    assert 1.5 < missing.seconds < 4
    assert following.start_frame / FPS > missing.seconds
    assert len(missing.words) == 9


def test_a_picture_never_stands_longer_than_a_shot_may() -> None:
    timeline = film(scene(line("a", seconds=40.0)))
    shots = timeline.clips[0].shots
    assert len(shots) == 4
    assert {shot.picture for shot in shots} == {"p"}
    assert len({shot.move.start for shot in shots}) > 2, "the same picture is framed anew each time"


def test_cuts_fall_into_the_pause_before_their_line() -> None:
    shots = (ShotPart(picture="p", lines=("a",)), ShotPart(picture="q", lines=("b",)))
    clip = film(scene(line("a", paragraph_end=True), line("b"), shots=shots)).clips[0]
    first, second = clip.lines
    assert first.start_frame / FPS + first.seconds <= clip.shots[1].start_frame / FPS <= second.start_frame / FPS


@pytest.mark.parametrize(
    ("shorter", "longer"),
    [
        (line("a", "He came,"), line("a", "He came in.")),
        (line("a", "Yes."), line("a", "He came in and sat down.")),
        (line("a", "He came in and sat down."), line("a", "He came in…")),
        (line("a", "He came in."), line("a", "He came in.", paragraph_end=True)),
        (line("a", "He came in and sat."), line("a", "He came in and sat.", speaker="Ann")),
    ],
)
def test_pauses_follow_the_sense(shorter: LinePart, longer: LinePart) -> None:
    following = line("b")
    assert 0 < pause_after(shorter, following) < pause_after(longer, following)


def test_pauses_of_speakers_and_paragraphs() -> None:
    assert pause_after(line("a", "“No.”", speaker="Ann"), line("b", speaker="Bob")) == PAUSE_SPEAKER
    assert pause_after(line("a", "“No.”", paragraph_end=True), line("b")) == PAUSE_PARAGRAPH
    assert pause_after(line("a"), None) == 0


def test_frames_hold_the_time_they_are_asked_for() -> None:
    assert frames_of(0.5) == 12
    assert frames_of(0.501) == 13
    assert frames_of(1 / 3) == 8
