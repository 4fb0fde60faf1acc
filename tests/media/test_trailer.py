"""What a trailer shows: whole lines, in order, spread over the film, turning points first, and never the ending."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from litink.errors import PermanentFailure
from litink.media.pieces import Piece
from litink.media.timeline import FPS, ChapterPart, LinePart, ScenePart, ShotPart, TimedLine, Timeline, build_timeline
from litink.media.trailer import moments


def film(scenes: int, lines: int = 8, *, seconds: float = 2.2, without: frozenset[str] = frozenset()) -> Timeline:
    parts = []
    for n in range(scenes):
        said = tuple(
            LinePart(
                id=f"s{n}l{k}",
                text=f"This is line {k} of scene {n}.",
                seconds=None if f"s{n}l{k}" in without else seconds + 0.3 * (k % 3),
                speaker="Mara" if k % 2 else None,
            )
            for k in range(lines)
        )
        picture = None if f"p{n}" in without else f"p{n}"
        shots = (ShotPart(picture=picture, lines=tuple(line.id for line in said)),)
        parts.append(ScenePart(id=f"s{n}", title=f"S {n}", shots=shots, lines=said))
    return build_timeline(
        [ChapterPart(key="c", title="C", scenes=tuple(parts), card="card")], ratio="16:9", title="T", title_card="t"
    )


def heard(piece: Piece) -> list[str]:
    return [line.id for line in piece.as_clip("x", 0, None).lines]


@settings(deadline=None, max_examples=30)
@given(st.integers(30, 90), st.integers(9, 24), st.floats(1.2, 4.0))
def test_a_trailer_is_as_long_as_asked_in_order_and_stops_before_the_end(
    seconds: int, scenes: int, line: float
) -> None:
    timeline = film(scenes, seconds=line)
    shown = moments(timeline, seconds=seconds, beats={})
    total = sum(piece.frames for piece in shown) / FPS
    assert 0.75 * seconds <= total <= seconds
    starts = [piece.clip.start_frame + piece.first for piece in shown]
    ends = [start + piece.frames for start, piece in zip(starts, shown, strict=True)]
    assert starts == sorted(starts)
    assert all(end <= start for end, start in zip(ends, starts[1:], strict=False)), "nothing is shown twice"
    assert ends[-1] <= 0.75 * timeline.frames
    for piece in shown:
        whole = {line.id: line.seconds for line in piece.clip.lines}
        for said in piece.as_clip("x", 0, None).lines:
            assert said.seconds == whole[said.id], "no line is cut off"
            assert said.start_frame / FPS + said.seconds <= piece.frames / FPS + 1 / FPS


def test_it_comes_from_all_parts_of_what_may_be_shown() -> None:
    timeline = film(20)
    shown = moments(timeline, seconds=60, beats={})
    parts = {int((p.clip.start_frame + p.first) / (0.75 * timeline.frames) * 4) for p in shown}
    assert parts == {0, 1, 2, 3}


def test_turning_points_are_in_it_and_what_comes_late_is_not() -> None:
    timeline = film(16)
    beats = {"s2l3": 1.5, "s7l5": 1.5, "s15l2": 3.0}  # the last one would tell the ending
    said = {id for piece in moments(timeline, seconds=40, beats=beats) for id in heard(piece)}
    assert {"s2l3", "s7l5"} <= said
    assert "s15l2" not in said
    early = moments(timeline, seconds=40, beats=beats, until=0.5)
    assert max(p.clip.start_frame + p.first + p.frames for p in early) <= 0.5 * timeline.frames


def test_no_sentence_is_begun_or_left_in_its_middle() -> None:
    def said(k: int, line: TimedLine) -> TimedLine:
        return line.model_copy(update={"text": "“Bad, then,”" if k % 2 == 0 else "said Ines."})

    timeline = film(12)
    clips = tuple(
        clip.model_copy(update={"lines": tuple(said(k, line) for k, line in enumerate(clip.lines))})
        for clip in timeline.clips
    )
    for piece in moments(timeline.model_copy(update={"clips": clips}), seconds=60, beats={}):
        numbers = [int(line_id[-1]) for line_id in heard(piece)]
        assert (numbers[0] % 2, numbers[-1] % 2) == (0, 1)


def test_missing_pictures_and_lines_are_not_shown() -> None:
    timeline = film(12, without=frozenset({"p1", "p2", "s4l3"}))
    shown = moments(timeline, seconds=60, beats={"s1l2": 3.0})
    assert not {"s1", "s2"} & {piece.clip.key for piece in shown}
    assert all("s4l3" not in heard(piece) for piece in shown)


def test_a_film_that_is_too_short_is_told() -> None:
    with pytest.raises(PermanentFailure) as told:
        moments(film(2), seconds=60, beats={})
    assert told.value.code == "film-too-short"
    assert "shorter" in told.value.message
