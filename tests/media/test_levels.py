"""Whispers and shouts: heard as such in the film, which keeps its loudness."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from litink.media.levels import LOUDEST_LU, SOFTEST_LU, balanced, level_of
from litink.media.loudness import Samples, integrated, measure
from litink.media.mix import MIX_PEAK_DBTP, mix_clip
from litink.media.sound import finish
from litink.media.timeline import ChapterPart, Clip, LinePart, ScenePart, build_timeline
from litink.providers.base import Speech
from litink.story.model import Delivery, Emotion
from tests.media.material import speech_like


def scene(*levels: float) -> tuple[Clip, Samples]:
    """A scene whose lines are meant at these levels, and its sound."""
    lines = [finish(Speech(speech_like(2.5, seed=n), 24_000, ())) for n, _ in enumerate(levels)]
    parts = tuple(
        LinePart(id=str(n), text="It is said.", seconds=lines[n].seconds, level=level) for n, level in enumerate(levels)
    )
    chapter = ChapterPart(key="c", title="C", scenes=(ScenePart(id="s", title="S", shots=(), lines=parts),))
    (clip,) = build_timeline([chapter], ratio="16:9", title="T").clips
    return clip, mix_clip(clip, lambda key: lines[int(key)].data, dict[str, bytes]().__getitem__, 48_000)


def heard(clip: Clip, sound: Samples) -> list[float]:
    """LUFS of each line."""
    places = [(line.start_frame * 2000, round(line.seconds * 48_000)) for line in clip.lines]
    return [integrated(sound[start : start + count], 48_000) for start, count in places]


def test_a_whisper_and_a_shout_stand_out_and_the_scene_is_as_loud_as_ever() -> None:
    whisper, shout = level_of("neutral", 3, "whispered"), level_of("anger", 8, "shouted")
    clip, sound = scene(0.0, whisper, 0.0, shout)
    plain, soft, _, loud = heard(clip, sound)
    assert soft - plain == pytest.approx(-4.0, abs=0.3)
    assert 1.5 < loud - plain < LOUDEST_LU + 0.3
    whole = measure(sound, 48_000)
    assert whole.integrated_lufs == pytest.approx(-16.0, abs=0.6)
    assert whole.true_peak_dbtp <= MIX_PEAK_DBTP + 0.1


def test_a_scene_of_nothing_but_whispers_is_not_lost() -> None:
    clip, sound = scene(-4.0, -4.0)
    assert integrated(sound, 48_000) == pytest.approx(-16.0, abs=0.6)
    assert [line.gain for line in clip.lines] == [0.0, 0.0]


def test_where_everybody_simply_speaks_a_clip_is_the_clip_that_it_was() -> None:
    clip, _ = scene(0.0, 0.0)
    assert "gains" not in clip.recipe()
    assert "gains" in scene(0.0, 2.5)[0].recipe()


@given(st.lists(st.tuples(st.floats(-5, 3), st.floats(0.1, 60)), min_size=1, max_size=12))
@settings(deadline=None)
def test_differences_stay_and_power_is_kept(lines: list[tuple[float, float]]) -> None:
    levels, seconds = [level for level, _ in lines], [lasts for _, lasts in lines]
    gains = balanced(levels, seconds)
    if any(levels):
        assert np.allclose(np.diff(gains), np.diff(levels), atol=0.011)
    power = np.average(10 ** (np.array(gains) / 10), weights=seconds)
    assert power == pytest.approx(1.0, abs=0.01)


def test_every_way_of_speaking_has_a_level_within_bounds() -> None:
    for emotion in get_args(Emotion):
        for delivery in get_args(Delivery):
            levels = [level_of(emotion, intensity, delivery) for intensity in (0, 1, 5, 10, 11)]
            assert all(SOFTEST_LU <= level <= LOUDEST_LU for level in levels)
            assert levels == sorted(levels) or levels == sorted(levels, reverse=True)
