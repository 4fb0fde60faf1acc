"""How loud sound is: an ITU-R BS.1770 meter and a true-peak limiter on arrays. No files, codecs or speech here.

Loudness follows ITU-R BS.1770-5 (K-weighting, 400 ms blocks overlapping by 75 %, gates at -70 LUFS and 10 LU under
the ungated mean). The K filter's parameters for any sample rate are those of Mansbridge, Finn and Reiss,
"Implementation and Evaluation of Autonomous Multi-track Fader Control" (AES 132, 2012), which give the coefficients
printed in the Recommendation at 48 kHz.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]

SILENCE_LUFS = -70.0  # the absolute gate; also what a signal without any block above it reads
_OVERSAMPLING = 4  # BS.1770-5 annex 2
_HALF_TAPS = 12
_HOP_SECONDS = 0.1  # from block to block; also the K filter's memory: its slowest pole has fallen by 200 dB
_LOOK_MS = 10  # no shorter than the pitch period of a deep voice, so that the limiter's gain does not follow it


@dataclass(frozen=True)
class Loudness:
    integrated_lufs: float  # never under SILENCE_LUFS
    true_peak_dbtp: float  # -inf for digital silence
    seconds: float


def measure(samples: Samples, rate: int) -> Loudness:
    """Integrated loudness and true peak of ``samples``: shape (n,) mono or (n, channels) of left, right.

    A signal shorter than one 400 ms block is measured as a single block of its own length: the standard has no
    reading for it, and padding would make every short word seem quiet.
    """
    meter = Meter(rate)
    meter.feed(samples)
    return meter.result()


def integrated(samples: Samples, rate: int) -> float:
    """The integrated loudness alone, in LUFS: half the work of ``measure``."""
    meter = Meter(rate, peaks=False)
    meter.feed(samples)
    return meter.result().integrated_lufs


class Meter:
    """Measures sound that comes in pieces: a film of any length in the memory of its longest piece."""

    def __init__(self, rate: int, *, peaks: bool = True) -> None:
        self._rate, self._peaks = rate, peaks
        self._hop = round(_HOP_SECONDS * rate)
        self._waiting: Samples | None = None  # the last hop measured, for the filter's memory, and what came after it
        self._energies: list[npt.NDArray[np.float64]] = []  # one value a hop
        self._peak = 0.0
        self._count = 0

    def feed(self, samples: Samples) -> None:
        """``samples`` has shape (n,) or (n, channels), the same in every call."""
        if self._waiting is None:
            self._waiting = np.zeros((self._hop, *samples.shape[1:]), np.float32)
        data = np.concatenate([self._waiting, samples.astype(np.float32, copy=False)])
        if self._peaks:
            self._peak = max(self._peak, true_peak(data))
        hops = len(data) // self._hop - 1
        power = _weighted_power(data[: (hops + 1) * self._hop], self._rate)[self._hop :]
        self._energies.append(power.reshape(hops, self._hop).sum(axis=1, dtype=np.float64))
        self._waiting = data[hops * self._hop :]
        self._count += len(samples)

    def result(self) -> Loudness:
        lufs = _gated(self._blocks())
        return Loudness(lufs, decibels(self._peak), self._count / self._rate)

    def _blocks(self) -> npt.NDArray[np.float64]:
        if self._waiting is None or not self._count:
            return np.zeros(0)
        energies = np.concatenate(self._energies)
        if len(energies) < 4:
            rest = _weighted_power(self._waiting, self._rate)[self._hop :].sum(dtype=np.float64)
            return np.array([(energies.sum() + rest) / self._count])
        return _overlapping(energies, self._hop)


class Weighted:
    """A whole mono signal, weighted once, so that how loud it is under a gain costs no filter.

    The gain is laid over the weighted signal instead of being weighted with it. For one as slow as a limiter's that is
    the same to a hundredth of a LU.
    """

    def __init__(self, samples: Samples, rate: int) -> None:
        self._hop = round(_HOP_SECONDS * rate)
        self._power = _weighted_power(samples, rate) if len(samples) else samples

    def lufs(self, gain: Samples | None = None, *, scale: float = 1.0) -> float:
        """Integrated loudness; ``gain`` is a factor for each sample, ``scale`` one for all."""
        power = self._power if gain is None else self._power * np.square(gain)
        hops = len(power) // self._hop
        if hops < 4:
            return _gated(np.array([power.mean(dtype=np.float64)]) * scale**2 if len(power) else np.zeros(0))
        energies = power[: hops * self._hop].reshape(hops, self._hop).sum(axis=1).astype(np.float64) * scale**2
        return _gated(_overlapping(energies, self._hop))


def true_peak(samples: Samples) -> float:
    """Largest magnitude of the signal 4 x oversampled, as a factor of full scale."""
    if not len(samples):
        return 0.0
    return max(_peak_of(channel) for channel in samples.reshape(len(samples), -1).T)


def limit(samples: Samples, rate: int, ceiling: float) -> Samples:
    """Mono ``samples`` with their true peak held at ``ceiling``; the same array where nothing exceeds it."""
    gain = limiter(samples, rate, ceiling)
    return samples if gain is None else np.multiply(samples, gain, dtype=np.float32)


def limiter(samples: Samples, rate: int, ceiling: float) -> Samples | None:
    """The gain, a factor for each sample, that holds the true peak of mono ``samples`` at ``ceiling`` (a factor of full
    scale); None where nothing exceeds it.

    It looks 10 ms ahead and back and is smooth (a moving minimum under a Hann window), so that it turns the
    neighbourhood of a peak down instead of bending the wave.
    """
    where, peaks = _peaks_over(samples, ceiling / 2)
    over = peaks > ceiling
    if not over.any():
        return None
    step = max(1, rate // 1000)  # the gain is worked out every millisecond and runs straight in between
    nodes = len(samples) // step + 2
    need = np.ones(nodes, np.float32)
    allowed = (ceiling / peaks[over]).astype(np.float32)
    np.minimum.at(need, where[over] // step, allowed)
    np.minimum.at(need, (where[over] + 1) // step, allowed)
    # One node more than the window reaches: both ends of the straight run that holds a peak are then low enough.
    low = _moving_minimum(np.pad(need, _LOOK_MS + 1, constant_values=1.0), 2 * _LOOK_MS + 3)
    window = np.hanning(2 * _LOOK_MS + 3)[1:-1]
    gain = np.convolve(np.pad(low, _LOOK_MS, mode="edge"), window / window.sum(), mode="valid").astype(np.float32)
    ramp = np.arange(step, dtype=np.float32) / step
    smooth = (gain[:-1, None] + (gain[1:] - gain[:-1])[:, None] * ramp).reshape(-1)[: len(samples)]
    return smooth.astype(np.float32, copy=False)


def _moving_minimum(values: Samples, width: int) -> Samples:
    """The least of every ``width`` values in a row: shape (n - width + 1,). Reach is doubled, then overlapped."""
    reach = 1
    while 2 * reach <= width:
        values, reach = np.minimum(values[:-reach], values[reach:]), 2 * reach
    rest = width - reach
    return np.minimum(values[:-rest], values[rest:]) if rest else values


def factor(decibels: float) -> float:
    """The amplitude factor of a level in dB."""
    return float(10 ** (decibels / 20))


def decibels(amplitude: float) -> float:
    """The level of an amplitude factor in dB; -inf for none."""
    return 20 * math.log10(amplitude) if amplitude > 0 else -math.inf


def _lufs(power: float) -> float:
    return -0.691 + 10 * math.log10(power)


def _power(lufs: float) -> float:
    return float(10 ** ((lufs + 0.691) / 10))


def _gated(blocks: npt.NDArray[np.float64]) -> float:
    """The mean of the blocks that pass both gates, in LUFS."""
    loud = blocks[blocks > _power(SILENCE_LUFS)]
    if not len(loud):
        return SILENCE_LUFS
    return max(SILENCE_LUFS, _lufs(float(loud[loud > loud.mean() * 0.1].mean())))


def _overlapping(energies: npt.NDArray[np.float64], hop: int) -> npt.NDArray[np.float64]:
    """Mean square of each 400 ms block, of the energies of 100 ms ones; at least four of them."""
    total = np.concatenate([[0.0], np.cumsum(energies)])
    blocks: npt.NDArray[np.float64] = np.maximum(total[4:] - total[:-4], 0) / (4 * hop)
    return blocks


def _weighted_power(samples: Samples, rate: int) -> Samples:
    """The square of each K-weighted sample, channels summed: shape (n,)."""
    power = np.zeros(len(samples), np.float32)
    for channel in samples.reshape(len(samples), -1).T:
        power += np.square(_k_weighted(channel, rate))
    return power


def _k_weighted(channel: Samples, rate: int) -> Samples:
    """The channel through the K filter: overlap-save, a few tenths of a second at a time."""
    history = round(_HOP_SECONDS * rate)
    size = _block(rate)
    fresh = size - history
    rows = -(-len(channel) // fresh)
    padded = np.zeros(history + rows * fresh, np.float32)
    padded[history : history + len(channel)] = channel
    blocks = np.ascontiguousarray(np.lib.stride_tricks.sliding_window_view(padded, size)[::fresh])
    # OpenCV's transform of real rows: twice as fast as numpy's. Of each row it gives the real bin 0, the complex bins
    # in between and the real bin at the Nyquist frequency, one after the other.
    spectrum, response = cv2.dft(blocks, flags=cv2.DFT_ROWS), _k_response(rate, size)
    spectrum[:, 0] *= response[0].real
    spectrum[:, 1:-1].view(np.complex64)[:] *= response[1:-1]
    spectrum[:, -1] *= response[-1].real
    weighted = np.asarray(cv2.dft(spectrum, flags=cv2.DFT_ROWS | cv2.DFT_INVERSE | cv2.DFT_SCALE), np.float32)
    return weighted[:, history:].reshape(-1)[: len(channel)]


def _block(rate: int) -> int:
    """Samples of one transform: a power of two, several times the filter's memory."""
    return 1 << round(math.log2(4 * _HOP_SECONDS * rate))


@lru_cache(maxsize=8)
def _k_response(rate: int, size: int) -> npt.NDArray[np.complex64]:
    """Frequency response of the K filter (a high shelf and a high pass) at the bins of a real FFT of ``size``."""
    z = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size)
    k = math.tan(math.pi * 1681.974450955533 / rate)
    q, high = 0.7071752369554196, 10 ** (3.999843853973347 / 20)
    band = high**0.4996667741545416
    shelf = ((high + band * k / q + k * k) + 2 * (k * k - high) * z + (high - band * k / q + k * k) * z * z) / (
        (1 + k / q + k * k) + 2 * (k * k - 1) * z + (1 - k / q + k * k) * z * z
    )
    k = math.tan(math.pi * 38.13547087602444 / rate)
    q = 0.5003270373238773
    # The Recommendation's numerator is 1, -2, 1 without the bilinear transform's scale: kept, it is part of the curve.
    passed = (1 - z) ** 2 / (
        1 + 2 * (k * k - 1) / (1 + k / q + k * k) * z + (1 - k / q + k * k) / (1 + k / q + k * k) * z * z
    )
    response: npt.NDArray[np.complex64] = (shelf * passed).astype(np.complex64)
    return response


@lru_cache(maxsize=1)
def _interpolator() -> npt.NDArray[np.float32]:
    """Kaiser-windowed sinc at the quarter points between two samples: shape (2 * half taps, 3)."""
    taps = np.arange(-_HALF_TAPS + 1, _HALF_TAPS + 1)[:, None]
    distance = taps - np.arange(1, _OVERSAMPLING) / _OVERSAMPLING
    window = np.i0(6.0 * np.sqrt(np.maximum(0, 1 - (distance / _HALF_TAPS) ** 2))) / np.i0(6.0)
    return (np.sinc(distance) * window).astype(np.float32)


def _peak_of(channel: Samples) -> float:
    largest = float(np.abs(channel).max())
    # An overshoot of 6 dB over every sample near it does not occur, so only the loudest samples are interpolated.
    _, peaks = _peaks_over(channel, largest / 2)
    return max(largest, float(peaks.max(initial=0.0)))


def _peaks_over(channel: Samples, floor: float) -> tuple[npt.NDArray[np.intp], Samples]:
    """Positions whose sample exceeds ``floor`` and the true peak from there to the next sample."""
    padded = np.pad(channel, _HALF_TAPS)
    magnitude = np.abs(channel)
    near = magnitude > floor
    near[:-1] |= near[1:]
    where = np.flatnonzero(near)
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * _HALF_TAPS)[where + 1]
    peaks = magnitude[where]
    for between in np.abs(windows @ _interpolator()).T:  # along the rows: across them numpy takes its time
        peaks = np.maximum(peaks, between)
    return where, peaks
