"""Lines of speech made ready for the film: trimmed, at one loudness, limited, as FLAC. No timeline and no mixing here.

Lines are stored at the rate they can use: 24 kHz for engines that speak at 24 kHz or less (the local ones: nothing
lies above 12 kHz, and half the samples are half the work and half the bytes), 48 kHz for all others. Whatever mixes
them resamples to the 48 kHz of film sound.
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass, replace

import numpy as np
import soundfile

from litink.errors import PermanentFailure
from litink.media.loudness import Loudness, Samples, Weighted, factor, limiter, measure
from litink.providers.base import Speech, Word

FILM_LUFS = -16.0
AUDIOBOOK_LUFS = -18.0
LINE_PEAK_DBTP = -2.5  # resampled speech peaks up to 1.6 dB higher; what still passes is limited when mixing
_INAUDIBLE_LUFS = -55.0  # an engine that speaks this softly has failed; 40 dB of gain would only raise its noise
_LEAD_SECONDS, _TAIL_SECONDS = 0.03, 0.08  # kept around the sounding part
_TRIM_DB = -45.0  # under the loudest 10 ms: soft consonants stay, silence goes
_FADE_SECONDS = 0.005
_TOLERANCE_LU = 0.2
_ROUNDS = 3  # a line that needs more is all peaks: better a little soft than squeezed


@dataclass(frozen=True)
class FinishedLine:
    """One line as every film and audiobook uses it. ``data`` is a mono 16-bit FLAC file."""

    data: bytes
    sample_rate: int
    seconds: float
    words: tuple[Word, ...]  # seconds from the start of ``data``
    loudness_lufs: float


def finish(speech: Speech, *, lufs: float = FILM_LUFS, peak_dbtp: float = LINE_PEAK_DBTP) -> FinishedLine:
    """Trim the silence around ``speech``, bring it to ``lufs`` under ``peak_dbtp`` and encode it.

    Raises PermanentFailure ``speech-silent`` when there is nothing to hear, ``speech-broken`` for non-numbers.
    """
    samples = np.asarray(speech.samples, np.float32).reshape(-1)
    if not np.isfinite(samples).all():
        raise PermanentFailure("speech-broken", "The voice engine returned sound that is not a number. Say it again.")
    rate = stored_rate(speech.sample_rate)
    samples = resample(samples, speech.sample_rate, rate)
    start, end = _sounding(samples, rate)
    samples = samples[start:end]
    weighted = Weighted(samples, rate)
    loudness = weighted.lufs()
    if loudness < _INAUDIBLE_LUFS:
        raise PermanentFailure("speech-silent", "The voice engine returned silence. Choose another voice or text.")
    scale = factor(lufs - loudness)
    samples, ceiling = _faded(samples, rate, scale), factor(peak_dbtp)
    gain, result, loudness = limiter(samples, rate, ceiling), samples, lufs
    for _ in range(_ROUNDS):  # what the limiter took is given back to the whole line, which it then limits again
        if gain is None:
            break
        result, loudness = samples * gain, weighted.lufs(gain, scale=scale)
        if lufs - loudness < _TOLERANCE_LU:
            break
        again = factor(lufs - loudness)
        samples, scale = samples * np.float32(again), scale * again
        gain = limiter(samples, rate, ceiling)
    seconds = len(result) / rate
    words = _shifted(speech.words, start / rate, seconds)
    return FinishedLine(encode(result, rate), rate, seconds, words, loudness)


def stored_rate(rate: int) -> int:
    return 24_000 if rate <= 24_000 else 48_000


def encode(samples: Samples, rate: int) -> bytes:
    """16-bit FLAC of mono samples in [-1, 1]."""
    file = io.BytesIO()
    scaled = np.multiply(samples, 32767.0, dtype=np.float32)
    np.clip(np.rint(scaled, out=scaled), -32768, 32767, out=scaled)
    soundfile.write(file, scaled.astype(np.int16), rate, format="FLAC", subtype="PCM_16")
    return file.getvalue()


def decode(data: bytes) -> tuple[Samples, int]:
    """Mono float32 samples and their rate from any format of libsndfile (FLAC, WAV, MP3, Ogg).

    Raises PermanentFailure ``sound-unreadable``.
    """
    try:
        samples, rate = soundfile.read(io.BytesIO(data), dtype="float32", always_2d=True)
    except soundfile.SoundFileError as error:
        raise PermanentFailure("sound-unreadable", f"A sound file cannot be read ({error}). Make it again.") from error
    mono = samples[:, 0] if samples.shape[1] == 1 else samples.mean(axis=1, dtype=np.float32)
    return np.ascontiguousarray(mono), int(rate)


def resample(samples: Samples, rate: int, to: int) -> Samples:
    """Band-limited change of sample rate through the spectrum; whole signals only, silence is assumed around them."""
    if rate == to or not len(samples):
        return samples
    step = rate // math.gcd(rate, to)
    size = _fast_size(len(samples) + rate // 50, step)
    target = size // step * (to // math.gcd(rate, to))
    spectrum = np.fft.rfft(samples, size)[: target // 2 + 1]
    if target < size and target % 2 == 0:
        spectrum[-1] = 0  # the bin at the new Nyquist frequency would fold onto itself
    result = np.fft.irfft(spectrum, target)[: round(len(samples) * to / rate)] * (target / size)
    return result.astype(np.float32, copy=False)


def _fast_size(least: int, multiple: int) -> int:
    """The smallest multiple whose other factors are 2, 3 and 5: an FFT of a large prime length is ten times slower."""
    size = -(-least // multiple)
    while True:
        rest = size
        for prime in (2, 3, 5):
            while rest % prime == 0:
                rest //= prime
        if rest == 1:
            return size * multiple
        size += 1


def _sounding(samples: Samples, rate: int) -> tuple[int, int]:
    """The part worth keeping: from the first to the last 10 ms that is not silence, with a little room."""
    frame = rate // 100
    count = len(samples) // frame
    if count == 0:
        return 0, len(samples)
    power = np.square(samples[: count * frame].reshape(count, frame)).mean(axis=1)
    loud = np.flatnonzero(power > power.max() * 10 ** (_TRIM_DB / 10))
    if not len(loud):
        return 0, len(samples)
    start = int(loud[0]) * frame - round(_LEAD_SECONDS * rate)
    end = (int(loud[-1]) + 1) * frame + round(_TAIL_SECONDS * rate)
    return max(0, start), min(len(samples), end)


def _faded(samples: Samples, rate: int, scale: float) -> Samples:
    """``scale`` times as loud, and no click at either edge, wherever the engine stopped."""
    count = min(round(_FADE_SECONDS * rate), len(samples) // 2)
    ramp = (0.5 - 0.5 * np.cos(np.pi * (np.arange(count) + 0.5) / max(1, count))).astype(np.float32)
    samples = samples * np.float32(scale)
    samples[:count] *= ramp
    samples[len(samples) - count :] *= ramp[::-1]
    return samples


def _shifted(words: tuple[Word, ...], by: float, seconds: float) -> tuple[Word, ...]:
    """Word times after the trim: inside the line, in order."""
    result = []
    earliest = 0.0
    for word in words:
        start = min(max(word.start - by, earliest), seconds)
        end = min(max(word.end - by, start), seconds)
        result.append(replace(word, start=start, end=end))
        earliest = start
    return tuple(result)


__all__ = [
    "AUDIOBOOK_LUFS",
    "FILM_LUFS",
    "LINE_PEAK_DBTP",
    "FinishedLine",
    "Loudness",
    "decode",
    "encode",
    "finish",
    "measure",
    "resample",
    "stored_rate",
]
