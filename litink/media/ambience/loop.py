"""Building blocks of loops: noise of a given spectrum, slow curves, scattered grains. All of them are periodic.

A loop of N samples is put together from what repeats after N samples: partials at multiples of 1 / SECONDS Hz, noise
with a spectrum drawn bin by bin, grains that run over the end into the beginning. So there is no seam to hide.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from litink.media.loudness import Samples

RATE = 48_000
SECONDS = 24
SIZE = RATE * SECONDS

Curve = npt.NDArray[np.float64]
Random = np.random.Generator


@lru_cache(maxsize=1)
def hertz() -> Curve:
    """The frequency of each bin of a loop's spectrum."""
    return np.arange(SIZE // 2 + 1, dtype=np.float64) / SECONDS


def noise(random: Random, spectrum: Callable[[Curve], Curve]) -> Curve:
    """Noise of RMS 1 whose amplitude over frequency is ``spectrum``."""
    bins = hertz()
    drawn = random.standard_normal(len(bins)) + 1j * random.standard_normal(len(bins))
    drawn *= spectrum(bins)
    drawn[0] = 0
    return _even(np.fft.irfft(drawn, SIZE))


def band(low: float, high: float, *, slope: float = 2.0) -> Callable[[Curve], Curve]:
    """A spectrum that falls by ``slope`` x 6 dB an octave outside ``low`` to ``high`` Hz."""

    def spectrum(frequencies: Curve) -> Curve:
        f = np.maximum(frequencies, 1e-3)
        below: Curve = 1 / np.sqrt(1 + (low / f) ** (2 * slope))
        above: Curve = 1 / np.sqrt(1 + (f / high) ** (2 * slope))
        return below * above

    return spectrum


def wandering(random: Random, fastest: float) -> Curve:
    """A curve of mean 0 and variance 1 that changes no faster than ``fastest`` Hz."""
    count = max(2, round(fastest * SECONDS))
    spectrum = np.zeros(SIZE // 2 + 1, complex)
    spectrum[1 : count + 1] = random.standard_normal(count) + 1j * random.standard_normal(count)
    return _even(np.fft.irfft(spectrum, SIZE))


def scattered(random: Random, grain: Curve, each_second: float, *, spread: float = 1.0) -> Curve:
    """Grains at random moments; their levels are log-normal, ``spread`` wide."""
    strikes = np.zeros(SIZE)
    count = round(each_second * SECONDS)
    signs = random.choice((-1.0, 1.0), count)
    np.add.at(strikes, random.integers(0, SIZE, count), signs * random.lognormal(0, spread, count))
    return np.fft.irfft(np.fft.rfft(strikes) * np.fft.rfft(grain, SIZE), SIZE)


def laid(loop: Curve, grain: Curve, start: int) -> None:
    """Add a grain to the loop, over its end into its beginning."""
    places = np.arange(start, start + len(grain)) % SIZE
    loop[places] += grain


def partial(frequency: float, phase: float) -> Samples:
    """A tone at the multiple of 1 / SECONDS Hz that is nearest to ``frequency``."""
    cycles = max(1, round(frequency * SECONDS))
    turns = (np.arange(SIZE, dtype=np.int64) * cycles % SIZE) / SIZE  # exact, however long the loop
    return np.sin(2 * np.pi * turns + phase).astype(np.float32)


def _even(samples: Curve) -> Curve:
    result: Curve = samples / np.sqrt(np.square(samples).mean())
    return result
