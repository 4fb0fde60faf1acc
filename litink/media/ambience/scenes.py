"""What a scene sounds like: its layers, from where it is, the weather, the hour and the mood; and a loop of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from litink.media.ambience.loop import RATE, SIZE
from litink.media.ambience.pads import pad
from litink.media.ambience.sounds import SOUNDS, Sound, sound
from litink.media.loudness import Samples, factor, integrated
from litink.story.model import Mood, SceneDescription

AMBIENCE_VERSION = 1  # raised when the same layers are to sound different

# How loud the layers are to one another, in LU.
_LEVELS: Mapping[Sound, float] = {
    "room": -6.0,
    "leaves": -3.0,
    "wind": 0.0,
    "rain": 0.0,
    "rain-outside-the-window": -2.0,
    "storm": 0.0,
    "sea": 0.0,
    "stream": -1.0,
    "fire": -2.0,
    "murmur": -2.0,
    "crickets": -6.0,
}
_PAD_LEVEL = -4.0
_PAD = "pad-"

_PLACES: Mapping[str, Sound] = {  # kinds of setting (litink.story.settings) that are heard
    "sea": "sea",
    "ship_deck": "sea",
    "ship_cabin": "sea",
    "beach": "sea",
    "harbour": "sea",
    "river": "stream",
    "bridge": "stream",
    "city_street": "murmur",
    "village_street": "murmur",
    "railway_station": "murmur",
    "tavern": "murmur",
    "theatre": "murmur",
    "shop": "murmur",
    "courtroom": "murmur",
    "forest": "leaves",
    "garden": "leaves",
    "country_road": "leaves",
    "field": "leaves",
    "mountain": "wind",
    "desert": "wind",
    "snowfield": "wind",
    "battlefield": "wind",
    "graveyard": "wind",
}
_HEARTHS = frozenset({"parlour", "tavern", "cottage", "castle", "kitchen", "library", "hall"})
_CRICKETS = frozenset({"forest", "garden", "country_road", "field", "village_street", "river", "graveyard"})
_ASLEEP = frozenset({"village_street", "city_street", "shop", "courtroom"})  # nobody murmurs there at night
_DARK = frozenset({"dusk", "evening", "night"})
_OUTDOORS: Mapping[str, tuple[Sound, ...]] = {
    "storm": ("storm",),
    "rain": ("rain",),
    "wind": ("wind",),
    "snow": ("wind",),
}
_COLD_OR_WET = frozenset({"rain", "storm", "snow", "wind"})


def layers_of(scene: SceneDescription) -> tuple[str, ...]:
    """The names of what is heard under a scene, the pad of its mood last. Equal layers are one loop."""
    return (*dict.fromkeys(_heard(scene)), f"{_PAD}{scene.mood}")


def recipe() -> dict[str, Any]:
    """What decides a loop besides its layers."""
    return {"engine": "ambience", "version": AMBIENCE_VERSION}


def ambience(layers: tuple[str, ...]) -> Samples:
    """A mono loop of SIZE samples at RATE that goes on into itself, about 0 LU against its loudest layer.

    The same layers give the same loop. Raises ValueError for a layer that there is not.
    """
    total = np.zeros(SIZE)
    for name in layers:
        random = np.random.default_rng(int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big"))
        made, level = _layer(name, random)
        samples = made.astype(np.float32)
        samples *= np.float32(0.1 / max(1e-9, float(np.sqrt(np.square(samples).mean()))))
        total += samples * factor(-30.0 + level - integrated(samples, RATE))
    return total.astype(np.float32)


def _layer(name: str, random: np.random.Generator) -> tuple[np.ndarray[Any, np.dtype[np.float64]], float]:
    mood: Mood
    if name in SOUNDS:
        found: Sound = next(one for one in SOUNDS if one == name)
        return sound(found, random), _LEVELS[found]
    if name.startswith(_PAD):
        mood = name.removeprefix(_PAD)  # type: ignore[assignment]
        return pad(mood, random), _PAD_LEVEL
    raise ValueError(f"there is no layer {name!r}")


def _heard(scene: SceneDescription) -> Iterator[Sound]:
    place = _PLACES.get(scene.setting)
    dark = scene.time_of_day in _DARK
    if scene.indoors:
        yield "room"
        if place is not None and not (dark and scene.setting in _ASLEEP):
            yield place
        if scene.setting in _HEARTHS and (dark or scene.weather in _COLD_OR_WET):
            yield "fire"
        if scene.weather in ("rain", "storm"):
            yield "rain-outside-the-window"
        return
    yield from _OUTDOORS.get(scene.weather, ())
    asleep = dark and scene.setting in _ASLEEP
    singing = dark and scene.setting in _CRICKETS and scene.weather in ("clear", "cloudy", "unknown")
    if place is not None and not asleep:
        yield place
    if singing:
        yield "crickets"
    elif (place is None or asleep) and scene.weather not in _OUTDOORS:  # no place is quite silent
        yield "leaves" if place is None else "wind"
