"""What an independent recogniser understands of a mixed film's speech, beside the same speech clean, and how near the
captions are to it: narrator and characters in turns, some whispering, some shouting; and once more over ambience."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from _hearing import WHISPER_RATE, Heard, caption_errors, error_rate, listen, recogniser, sound_of
from _report import Goal, table
from voices import SENTENCES

from litink.media import beds
from litink.media.ambience.loop import RATE
from litink.media.ambience.scenes import ambience
from litink.media.captions import captions, to_vtt
from litink.media.film import join_film
from litink.media.levels import level_of
from litink.media.pieces import Piece, render_piece
from litink.media.profile import profile_for
from litink.media.sound import FinishedLine, finish, resample
from litink.media.timeline import ChapterPart, LinePart, ScenePart, ShotPart, Timeline, WordPart, build_timeline
from litink.providers.base import Speech, Utterance
from litink.providers.local.voices import LocalVoices
from litink.settings import get_settings

GOALS = {
    "film_word_error_rate": Goal("<=", 0.05),
    "film_over_beds_word_error_rate": Goal("<=", 0.05),
    "caption_start_error_median_s": Goal("<=", 0.15),
    "caption_start_error_p95_s": Goal("<=", 0.4),
}
NARRATOR = "hibari:af_heart"
# Every other sentence is a character's, in a voice and a manner of these.
CHARACTERS = (
    ("kokoro:bm_george", "spoken"), ("kokoro:af_bella", "shouted"), ("kokoro:am_michael", "spoken"),
    ("kokoro:bf_emma", "whispered"),
)  # fmt: skip
SMALL = replace(profile_for("16:9"), width=160, height=90)
LINES_A_SCENE = 4
# What covers speech most: broad, speech-like, low.
BEDS = (("storm", "pad-fearful"), ("murmur", "pad-joyful"), ("sea", "wind", "pad-tense"), ("rain", "fire", "pad-sad"))


@dataclass(frozen=True)
class Said:
    utterance: Utterance
    speech: Speech
    line: FinishedLine


def said(count: int) -> Iterator[Said]:
    voices = LocalVoices(get_settings().engines_dir)
    for number, text in enumerate(SENTENCES[:count]):
        voice, delivery = CHARACTERS[number // 2 % len(CHARACTERS)] if number % 2 else (NARRATOR, "spoken")
        utterance = Utterance(text, voice, delivery=delivery)
        speech = voices.speak(utterance)
        yield Said(utterance, speech, finish(speech))


def film_of(lines: list[Said], folder: Path, loops: Sequence[bytes] = ()) -> tuple[Path, Timeline]:
    """``loops``: what lies under the scenes, in turns."""
    parts = [
        LinePart(
            id=str(number),
            text=one.utterance.text,
            seconds=one.line.seconds,
            words=tuple(map(WordPart.of, one.line.words)),
            paragraph_end=number % 3 == 2,
            speaker=None if one.utterance.voice == NARRATOR else one.utterance.voice,
            level=level_of("neutral", 3, one.utterance.delivery),
        )
        for number, one in enumerate(lines)
    ]
    scenes = [
        ScenePart(
            id=f"s{at}",
            title="S",
            shots=(ShotPart(picture=None),),
            lines=tuple(parts[at : at + LINES_A_SCENE]),
            bed=str(number % len(loops)) if loops else None,
        )
        for number, at in enumerate(range(0, len(parts), LINES_A_SCENE))
    ]
    timeline = build_timeline([ChapterPart(key="c", title="C", scenes=tuple(scenes))], ratio="16:9", title="T")
    clips = []
    for clip in timeline.clips:
        clips.append(folder / f"{clip.key}.mp4")
        render_piece(
            Piece.whole(clip), lambda bed: loops[int(bed)], lambda key: lines[int(key)].line.data, clips[-1], SMALL
        )
    out = folder / f"heard over {len(loops)} beds.mp4"
    join_film(clips, timeline, out, title="T", captions=captions(timeline))
    return out, timeline


def hearing(folder: Path, quick: bool) -> tuple[str, dict[str, float]]:
    lines = list(said(8 if quick else len(SENTENCES)))
    path, timeline = film_of(lines, folder)
    model = recogniser()
    text = " ".join(one.utterance.text for one in lines)
    heard = listen(model, sound_of(path))
    over, _ = film_of(lines, folder, [beds.stored(ambience(layers), RATE) for layers in BEDS])
    heard_over = listen(model, sound_of(over))
    clean: list[Heard] = []
    for one in lines:
        sound = resample(one.speech.samples, one.speech.sample_rate, WHISPER_RATE)
        clean += listen(model, np.asarray(sound, np.float32))
    errors = caption_errors(to_vtt(captions(timeline)), heard)
    figures = {
        "film_word_error_rate": error_rate(text, heard),
        "film_over_beds_word_error_rate": error_rate(text, heard_over),
        "clean_word_error_rate": error_rate(text, clean),
        "caption_start_error_median_s": statistics.median(errors),
        "caption_start_error_p95_s": float(np.percentile(errors, 95)),
    }
    rows = [
        ("word error rate, the mixed film", f"{figures['film_word_error_rate']:.1%}"),
        ("word error rate, the same film over ambience", f"{figures['film_over_beds_word_error_rate']:.1%}"),
        ("word error rate, the same speech clean: the recogniser's own", f"{figures['clean_word_error_rate']:.1%}"),
        ("caption starts off, median", f"{figures['caption_start_error_median_s'] * 1000:.0f} ms"),
        ("caption starts off, 95 %", f"{figures['caption_start_error_p95_s'] * 1000:.0f} ms"),
    ]
    return table((f"heard by Whisper tiny.en, {len(lines)} sentences in 5 voices", ""), rows), figures
