"""Beds under voices: loops without a seam, the right sound for a place, and never in the way of what is said."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from litink.media import beds
from litink.media.ambience.loop import RATE, SIZE
from litink.media.ambience.scenes import ambience, layers_of
from litink.media.ambience.sounds import SOUNDS
from litink.media.loudness import Samples, integrated, measure
from litink.media.mix import MIX_PEAK_DBTP, mix_clip
from litink.media.pieces import Piece, render_piece
from litink.media.sound import decode, encode, finish
from litink.media.timeline import FPS, ChapterPart, Clip, LinePart, ScenePart, ShotPart, build_timeline
from litink.providers.base import Speech
from litink.story.model import Mood, SceneDescription, TimeOfDay, Weather
from litink.story.settings import SETTINGS
from tests.media.material import SMALL, audio, picture, speech_like

PADS = tuple(f"pad-{mood}" for mood in get_args(Mood))


def scene(
    setting: str, *, time: TimeOfDay = "day", weather: Weather = "clear", mood: Mood = "calm"
) -> SceneDescription:
    return SceneDescription(
        id="c-s1", chapter="c", number=1, title="S", setting=setting, indoors=SETTINGS[setting].indoors, place="",
        time_of_day=time, weather=weather, mood=mood, present=(), shots=(),
    )  # fmt: skip


# -- what a place sounds like ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("described", "heard"),
    [
        (scene("beach", weather="wind", mood="tense"), {"wind", "sea", "pad-tense"}),
        (scene("forest", time="night"), {"leaves", "crickets", "pad-calm"}),
        (scene("forest", time="night", weather="rain"), {"rain", "leaves", "pad-calm"}),
        (scene("parlour", time="evening", weather="storm"), {"room", "fire", "rain-outside-the-window", "pad-calm"}),
        (scene("city_street"), {"murmur", "pad-calm"}),
        (scene("city_street", time="night", mood="fearful"), {"wind", "pad-fearful"}),
        (scene("office", mood="solemn"), {"room", "pad-solemn"}),
    ],
)
def test_a_scene_sounds_like_its_place_weather_hour_and_mood(described: SceneDescription, heard: set[str]) -> None:
    assert set(layers_of(described)) == heard


@given(
    setting=st.sampled_from(sorted(SETTINGS)),
    time=st.sampled_from(get_args(TimeOfDay)),
    weather=st.sampled_from(get_args(Weather)),
    mood=st.sampled_from(get_args(Mood)),
)
def test_every_scene_that_can_be_told_has_layers_that_can_be_made(
    setting: str, time: TimeOfDay, weather: Weather, mood: Mood
) -> None:
    layers = layers_of(scene(setting, time=time, weather=weather, mood=mood))
    assert layers[-1] == f"pad-{mood}"
    assert 2 <= len(layers) <= 5
    assert set(layers[:-1]) <= set(SOUNDS)


# -- loops -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def loops() -> dict[str, Samples]:
    return {name: ambience((name,)) for name in (*SOUNDS, *PADS)}


def test_no_loop_clicks_where_it_begins_again(loops: dict[str, Samples]) -> None:
    """Value and slope go on: the seam is no rougher than the sound is anywhere else."""
    for name, loop in loops.items():
        around = np.concatenate([loop[-4800:], loop[:4800]]).astype(np.float64)
        for order in (1, 2):
            steps = np.abs(np.diff(loop.astype(np.float64), order))
            seam = np.abs(np.diff(around, order))[4800 - order - 2 : 4800 + 2]
            assert seam.max() <= np.quantile(steps, 0.9999), (name, order)


# Hertz between which nine tenths of a sound lie.
SPECTRA = {
    "room": (30, 800), "wind": (70, 1800), "rain": (500, 19_000), "rain-outside-the-window": (90, 3000),
    "stream": (200, 5000), "murmur": (90, 2500), "crickets": (3900, 5100), "leaves": (90, 16_000),
    "sea": (50, 9000), "fire": (30, 5000), "storm": (30, 16_000),
}  # fmt: skip


def test_every_sound_lies_where_its_kind_does(loops: dict[str, Samples]) -> None:
    for name, loop in loops.items():
        power = np.cumsum(np.square(np.abs(np.fft.rfft(loop)))) * RATE / SIZE
        low, high = (np.searchsorted(power, share * power[-1]) * RATE / SIZE for share in (0.05, 0.95))
        lowest, highest = SPECTRA.get(name, (40, 1000))  # pads stay below the band in which words are understood
        assert lowest <= low < high <= highest, (name, low, high)


def test_surf_comes_every_eight_seconds_and_crickets_chirp(loops: dict[str, Samples]) -> None:
    def rhythm(loop: Samples, slowest: float, fastest: float) -> float:
        """The strongest frequency of the sound's envelope between two, in Hz."""
        envelope = np.square(loop).reshape(-1, 480).mean(axis=1)
        spectrum = np.abs(np.fft.rfft(envelope - envelope.mean()))
        hertz = np.fft.rfftfreq(len(envelope), 0.01)
        within = (hertz >= slowest) & (hertz <= fastest)
        return float(hertz[within][spectrum[within].argmax()])

    assert rhythm(loops["sea"], 0.05, 1) == pytest.approx(1 / 8, abs=0.05)
    assert 1.9 < rhythm(loops["crickets"], 0.5, 6) < 3
    assert 20 < rhythm(loops["crickets"], 15, 45) < 40


def test_the_same_layers_are_the_same_sound_and_moods_are_not(loops: dict[str, Samples]) -> None:
    assert np.array_equal(ambience(("sea",)), loops["sea"])
    for one, other in product(PADS, PADS):
        if one != other:
            assert abs(np.corrcoef(loops[one], loops[other])[0, 1]) < 0.9, (one, other)


def test_a_bed_is_kept_at_one_loudness_and_still_a_loop() -> None:
    for layers in (("fire", "pad-sad"), ("crickets", "pad-calm"), ("storm", "pad-fearful")):
        kept, rate = decode(beds.stored(ambience(layers), RATE))
        assert integrated(kept, rate) == pytest.approx(beds.STORED_LUFS, abs=0.7), layers
        assert measure(np.concatenate([kept, kept]), rate).true_peak_dbtp <= -5.9
        steps = np.abs(np.diff(kept))
        assert abs(kept[0] - kept[-1]) <= np.quantile(steps, 0.9999), layers


def test_any_music_becomes_a_loop() -> None:
    """Music that begins loud and ends soft goes on into itself, as loud in the middle of the seam as around it."""
    time = np.arange(20 * RATE) / RATE
    music = (0.3 * np.sin(2 * np.pi * 220.37 * time) * np.linspace(1, 0.3, len(time))).astype(np.float32)
    loop = beds.looped(music, RATE)
    assert len(loop) == 17 * RATE
    assert abs(loop[0] - loop[-1]) <= np.abs(np.diff(loop)).max() * 1.01
    assert np.array_equal(loop[3 * RATE :], music[3 * RATE : 17 * RATE])


# -- under the voices --------------------------------------------------------------------------------------------------


def spoken(*levels: float, bed: str | None = "b") -> tuple[Clip, dict[str, bytes]]:
    lines = [finish(Speech(speech_like(3.0, seed=n), 24_000, ())) for n, _ in enumerate(levels)]
    parts = tuple(
        LinePart(id=str(n), text="It is said.", seconds=lines[n].seconds, level=level, paragraph_end=True)
        for n, level in enumerate(levels)
    )
    part = ScenePart(id="s", title="S", shots=(ShotPart(picture="p"),), lines=parts, bed=bed)
    (clip,) = build_timeline([ChapterPart(key="c", title="C", scenes=(part,))], ratio="16:9", title="T").clips
    return clip, {str(n): line.data for n, line in enumerate(lines)}


def noise_bed(layers: tuple[str, ...] = ("storm", "pad-fearful")) -> bytes:
    return beds.stored(ambience(layers), RATE)


def mixed(clip: Clip, lines: dict[str, bytes], bed: bytes) -> tuple[Samples, Samples]:
    """The mix, and what of it is the bed."""
    whole = mix_clip(clip, lines.__getitem__, lambda _: bed, RATE)
    voices = mix_clip(clip.model_copy(update={"bed": None}), lines.__getitem__, lambda _: bed, RATE)
    return whole, whole - voices


def test_the_bed_ducks_under_every_line_and_comes_back() -> None:
    clip, lines = spoken(0.0, 0.0)
    whole, bed = mixed(clip, lines, noise_bed())
    first, second = clip.lines
    for line in clip.lines:
        start = line.start_frame * RATE // FPS
        said = slice(start, start + round(line.seconds * RATE))
        under = integrated(whole[said], RATE) - integrated(bed[said], RATE)
        assert 15 <= under <= 19, "well under the voice, and still there"
    gap = slice(
        round((first.start_frame / FPS + first.seconds + 0.45) * RATE), second.start_frame * RATE // FPS - RATE // 5
    )
    assert gap.stop > gap.start
    end = slice(round((second.start_frame / FPS + second.seconds) * RATE), len(whole))
    assert np.abs(bed[end][: RATE // 2]).max() > 0.003, "heard after the last word"


def test_how_loud_speech_is_stays_as_it_was_and_the_film_at_its_loudness() -> None:
    clip, lines = spoken(0.0, 2.5, -4.0, 0.0)
    whole, bed = mixed(clip, lines, noise_bed())
    voices = whole - bed
    for line in clip.lines:
        start = line.start_frame * RATE // FPS
        said = slice(start, start + round(line.seconds * RATE))
        # A shout stands at the ceiling already: what the bed adds there, the limiter takes from both.
        assert -0.25 < integrated(whole[said], RATE) - integrated(voices[said], RATE) < 0.3
    facts = measure(whole, RATE)
    assert facts.integrated_lufs == pytest.approx(-16.0, abs=0.6)
    assert facts.true_peak_dbtp <= MIX_PEAK_DBTP + 0.1


@settings(max_examples=60, deadline=None)
@given(levels=st.lists(st.floats(-5, 3), min_size=1, max_size=6))
def test_nothing_lifts_the_bed_under_speech(levels: list[float]) -> None:
    lines = tuple(LinePart(id=str(n), text="He said.", seconds=1.0 + n / 3, level=v) for n, v in enumerate(levels))
    part = ScenePart(id="s", title="S", shots=(), lines=lines, bed="b")
    (clip,) = build_timeline([ChapterPart(key="c", title="C", scenes=(part,))], ratio="16:9", title="T").clips
    level = beds.level_under(clip)
    assert level.max() <= beds.OPEN_LUFS
    for line in clip.lines:
        start = line.start_frame / FPS
        under = level[int(start * 100) : int(np.ceil((start + line.seconds) * 100)) + 1]
        assert under.max() <= beds.UNDER_SPEECH_LUFS + 1e-3
        assert under.max() <= -16 + line.gain - beds.UNDER_VOICE_LU + 1e-3
    change = np.diff(level)
    assert change.max() <= 0.0801, "it comes back slowly"
    assert change.min() >= -0.401, "and is gone softly, before the word"


def test_a_clip_over_a_bed_begins_and_ends_silent(tmp_path: Path) -> None:
    clip, lines = spoken(0.0)
    pictures = {"p": picture((90, 90, 90)), "b": noise_bed()}
    out = tmp_path / "clip.mp4"
    render_piece(Piece.whole(clip), pictures.__getitem__, lines.__getitem__, out, SMALL)
    samples = audio(out)[0]
    facts = measure(samples, RATE)
    assert np.abs(samples[:1024]).max() < 2e-3
    assert np.abs(samples[-1500:]).max() < 2e-3
    assert np.abs(samples[RATE // 2 : RATE // 2 + 4800]).max() > 5e-3, "and is heard before the first word"
    assert facts.true_peak_dbtp <= -1.0
    assert facts.integrated_lufs == pytest.approx(-16.0, abs=1.0)


def test_a_stretch_sounds_as_the_clip_does_there(tmp_path: Path) -> None:
    clip, lines = spoken(0.0, 0.0, 0.0)
    bed = noise_bed()
    whole = mix_clip(clip, lines.__getitem__, lambda _: bed, RATE)
    window = range(40, 130)
    part = mix_clip(clip, lines.__getitem__, lambda _: bed, RATE, window)
    assert np.allclose(part, whole[40 * RATE // FPS : 130 * RATE // FPS], atol=1e-4)


def test_only_what_has_a_bed_is_another_clip_for_it() -> None:
    with_bed, lines = spoken(0.0)
    without, _ = spoken(0.0, bed=None)
    other = with_bed.model_copy(update={"bed": "another"})
    assert "bed" not in without.recipe()
    assert with_bed.recipe() != other.recipe()
    assert with_bed.bare().bed is None
    silence = encode(np.zeros(RATE, np.float32), RATE)
    assert np.array_equal(
        mix_clip(without, lines.__getitem__, dict[str, bytes]().__getitem__, RATE),
        mix_clip(with_bed, lines.__getitem__, lambda _: silence, RATE),
    )
