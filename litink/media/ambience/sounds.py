"""What places and weather sound like, each as a loop. How loud they are to one another is decided with the scene.

The spectra and rates are ours, by what is known of such sounds: rain is broad with its weight above 1 kHz, wind is
noise below 1 kHz that swells with its gusts, surf comes every seven to ten seconds, a fire is a low rumble and clicks,
a crowd is noise with the long-term spectrum of speech (falling above 500 Hz) in syllables of about 4 Hz, a field
cricket sings three or four pulses between 4 and 5 kHz two or three times a second.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Literal, get_args

import numpy as np

from litink.media.ambience.loop import RATE, SECONDS, SIZE, Curve, Random, band, laid, noise, scattered, wandering

Sound = Literal[
    "room", "leaves", "wind", "rain", "rain-outside-the-window", "storm", "sea", "stream", "fire", "murmur", "crickets"
]
SOUNDS: tuple[Sound, ...] = get_args(Sound)


def sound(name: Sound, random: Random) -> Curve:
    """A loop of SIZE samples, of no particular loudness."""
    return _MADE[name](random)


def _room(random: Random) -> Curve:
    return noise(random, band(50, 180, slope=1.5)) + 0.05 * noise(random, band(300, 2000, slope=1))


def _leaves(random: Random) -> Curve:
    rustle = noise(random, band(1800, 5000, slope=1.5)) * np.exp(0.6 * wandering(random, 0.7))
    return rustle + 0.8 * noise(random, band(100, 400)) * np.exp(0.4 * wandering(random, 0.3))


def _wind(random: Random) -> Curve:
    gusts = wandering(random, 0.35)
    low = noise(random, band(90, 320)) * np.exp(0.45 * gusts)
    high = noise(random, band(350, 900)) * np.exp(0.8 * gusts + 0.2 * wandering(random, 1.5))
    return low + 0.45 * high


def _rain(random: Random) -> Curve:
    falling = noise(random, band(700, 5000, slope=1)) * np.exp(0.12 * wandering(random, 0.4))
    return falling + _drops(random, 60, 1500.0, 0.004)


def _rain_outside(random: Random) -> Curve:
    muffled = noise(random, band(120, 700, slope=1.5)) * np.exp(0.15 * wandering(random, 0.4))
    return muffled + 0.7 * _drops(random, 25, 700.0, 0.008)


def _storm(random: Random) -> Curve:
    return 0.8 * _rain(random) + _wind(random) + 0.5 * noise(random, band(30, 90)) * np.exp(wandering(random, 0.2))


def _sea(random: Random) -> Curve:
    waves = 3  # in the loop
    turns = waves * np.arange(SIZE) / SIZE + 0.12 * wandering(random, 0.1)
    swell = (0.5 - 0.5 * np.cos(2 * np.pi * turns)) ** 2
    deep = noise(random, band(60, 350)) * (0.35 + swell)
    spray = noise(random, band(700, 4500, slope=1)) * np.roll(0.08 + swell**1.5, round(0.6 * RATE))
    return deep + 0.6 * spray


def _stream(random: Random) -> Curve:
    loop = np.zeros(SIZE)
    for number, (low, high) in enumerate(pairwise(np.geomspace(300, 4000, 7))):
        loop += noise(random, band(low, high, slope=3)) * np.exp(0.5 * wandering(random, 9)) * 0.8**number
    return loop


def _fire(random: Random) -> Curve:
    rumble = noise(random, band(40, 160)) * np.exp(0.3 * wandering(random, 1.0))
    hiss = 0.12 * noise(random, band(800, 4000, slope=1))
    return rumble + hiss + _drops(random, 7, 1400.0, 0.006, spread=1.1, level=1.2)


def _murmur(random: Random) -> Curve:
    def spoken(f: Curve) -> Curve:
        return band(180, 550, slope=1.5)(f)

    total = np.zeros(SIZE)
    for _ in range(9):
        syllables = np.clip(wandering(random, 4.5), 0, None) * np.clip(0.6 + wandering(random, 0.4), 0, None)
        total += noise(random, spoken) * syllables
    return total + 0.5 * noise(random, band(60, 200))


def _crickets(random: Random) -> Curve:
    loop = np.zeros(SIZE)
    for level in (1.0, 0.6, 0.35):
        carrier, chirps, pulses = random.uniform(4100, 4900), int(random.integers(48, 66)), int(random.integers(3, 5))
        width, gap = round(0.016 * RATE), round(0.034 * RATE)
        pulse = np.hanning(width) * np.sin(2 * np.pi * carrier * np.arange(width) / RATE)
        for start in (np.arange(chirps) + random.uniform(-0.06, 0.06, chirps)) * SIZE / chirps:
            for number in range(pulses):
                laid(loop, level * (0.7 + 0.1 * number) * pulse, round(start) + number * gap)
    return loop + 0.02 * noise(random, band(200, 1500, slope=1))


def _drops(
    random: Random, each_second: float, centre: float, seconds: float, *, spread: float = 0.7, level: float = 0.6
) -> Curve:
    """Short knocks around a frequency: drops, or the crackling of wood."""
    time = np.arange(round(8 * seconds * RATE)) / RATE
    attack = 1 - np.exp(-time / 0.0004)
    grain = attack * np.exp(-time / seconds) * np.sin(2 * np.pi * centre * time * (1 + 0.1 * np.exp(-time / 0.002)))
    return level * scattered(random, grain, each_second, spread=spread)


_MADE: Mapping[Sound, Callable[[Random], Curve]] = {
    "room": _room,
    "leaves": _leaves,
    "wind": _wind,
    "rain": _rain,
    "rain-outside-the-window": _rain_outside,
    "storm": _storm,
    "sea": _sea,
    "stream": _stream,
    "fire": _fire,
    "murmur": _murmur,
    "crickets": _crickets,
}
assert SECONDS == 24, "surf and crickets are counted for a loop of this length"
