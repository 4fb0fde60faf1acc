"""What light a scene stands in, by time of day, weather and mood; every colour of a picture passes through it.

The values are the painter's own taste, not measurements.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from litink.providers.local.painter.colour import RGB, luminance, mix, saturated, times


@dataclass(frozen=True)
class Hour:
    """The sky and the light of a time of day. ``sun`` is its height above the horizon as a fraction of the sky."""

    sky: tuple[str, str, str]  # zenith, middle, horizon
    ambient: RGB
    sun: float
    sun_colour: str
    dark: float  # 0 noon .. 1 the blackest night
    moon: bool = False


HOURS: dict[str, Hour] = {
    "dawn": Hour(("#5f78ad", "#e3a9a6", "#fddfae"), (0.93, 0.84, 0.84), 0.12, "#fff0c4", 0.22),
    "morning": Hour(("#67aede", "#a6d6ec", "#fbefcf"), (1.0, 0.97, 0.91), 0.45, "#fff6d8", 0.0),
    "day": Hour(("#4795d3", "#8cc7e8", "#def1ef"), (1.0, 1.0, 0.98), 0.78, "#fffbe6", 0.0),
    "afternoon": Hour(("#5d9fcb", "#add0da", "#fbe6b8"), (1.0, 0.95, 0.85), 0.5, "#fff0bd", 0.05),
    "dusk": Hour(("#413f7a", "#bd6a84", "#fbb069"), (0.88, 0.70, 0.68), 0.1, "#ffd9a0", 0.38),
    "evening": Hour(("#262b5e", "#66508c", "#dd8f7a"), (0.68, 0.62, 0.78), 0.03, "#ffc59a", 0.58),
    "night": Hour(("#0c1433", "#1b2c5a", "#3d5687"), (0.49, 0.54, 0.75), 0.72, "#fdf6dd", 0.82, moon=True),
}
HOURS["unknown"] = HOURS["day"]


@dataclass(frozen=True)
class Sky:
    """What weather does: ``cover`` greys the sky, ``dim`` darkens, ``mist`` is how soon distance fades."""

    cover: float = 0.0
    dim: float = 1.0
    mist: float = 0.55
    clouds: int = 4


WEATHERS: dict[str, Sky] = {
    "clear": Sky(clouds=3),
    "cloudy": Sky(0.45, 0.95, 0.62, 9),
    "rain": Sky(0.68, 0.88, 0.80, 9),
    "storm": Sky(0.80, 0.66, 0.75, 11),
    "snow": Sky(0.55, 1.08, 0.80, 6),
    "fog": Sky(0.72, 1.10, 1.15, 0),
    "wind": Sky(0.15, 0.98, 0.55, 8),
    "unknown": Sky(clouds=5),
}


@dataclass(frozen=True)
class Feeling:
    """What a mood does to colour: saturation, a tint and its share, overall value, weight of the vignette."""

    saturation: float = 1.0
    tint: str = "#ffffff"
    share: float = 0.0
    value: float = 1.0
    vignette: float = 0.26


MOODS: dict[str, Feeling] = {
    "calm": Feeling(),
    "joyful": Feeling(1.14, "#ffd27a", 0.06, 1.04, 0.16),
    "tense": Feeling(0.90, "#2f5a60", 0.08, 0.97, 0.44),
    "sad": Feeling(0.74, "#6d86a6", 0.12, 0.97, 0.34),
    "mysterious": Feeling(0.96, "#4a4592", 0.13, 0.96, 0.48),
    "fearful": Feeling(0.78, "#2b4a4a", 0.14, 0.89, 0.60),
    "angry": Feeling(1.04, "#a83a2c", 0.12, 0.95, 0.48),
    "romantic": Feeling(1.04, "#ee9aa6", 0.12, 1.02, 0.24),
    "hopeful": Feeling(1.08, "#ffd890", 0.10, 1.04, 0.18),
    "solemn": Feeling(0.76, "#8a7860", 0.10, 0.95, 0.38),
}


@dataclass(frozen=True)
class Light:
    """The light of one scene. ``tint`` colours solid things, ``grade`` what shines by itself (sky, flames)."""

    sky: tuple[str, str, str]
    ambient: RGB
    haze: str
    mist: float
    sun: float
    sun_colour: str
    dark: float
    moon: bool
    clouds: int
    weather: str
    feeling: Feeling
    _tints: dict[tuple[str, float], str] = field(default_factory=dict, compare=False, repr=False)

    @property
    def lamps_lit(self) -> bool:
        return self.dark >= 0.35

    @property
    def sky_clear(self) -> bool:
        return self.weather in ("clear", "unknown", "wind")

    def grade(self, colour: str) -> str:
        mood = self.feeling
        return times(mix(saturated(colour, mood.saturation), mood.tint, mood.share), (mood.value,) * 3)

    def tint(self, colour: str, depth: float = 0.0) -> str:
        """A thing of this colour in this light; ``depth`` 0 is near, 1 is where the haze has swallowed it."""
        key = (colour, depth)
        if key not in self._tints:
            lit = times(colour, self.ambient)
            self._tints[key] = self.grade(mix(lit, self.haze, min(0.96, depth * self.mist * 1.25)))
        return self._tints[key]

    def indoors(self) -> Light:
        """The light of a room: daylight softened by walls, or lamps that are warm whatever the night is."""
        if self.lamps_lit:
            lamp: RGB = (1.04, 0.85, 0.64)
            weight = 0.74 if self.dark > 0.5 else 0.55
            ambient = tuple(a + (b * 0.88 - a) * weight for a, b in zip(self.ambient, lamp, strict=True))
        else:
            ambient = tuple(0.37 + 0.66 * a for a in self.ambient)
            ambient = (ambient[0] * 0.99, ambient[1] * 0.96, ambient[2] * 0.90)
        return replace(self, ambient=(ambient[0], ambient[1], ambient[2]), mist=0.25, _tints={})


def light_of(time_of_day: str, weather: str, mood: str) -> Light:
    """Names that are not known are taken as day, unknown weather and calm."""
    hour = HOURS.get(time_of_day, HOURS["day"])
    sky = WEATHERS.get(weather, WEATHERS["unknown"])
    feeling = MOODS.get(mood, MOODS["calm"])

    def overcast(colour: str) -> str:
        level = luminance(colour)
        grey = mix("#1f2a44", "#d5e0ea", min(1.0, level * 1.12 + 0.04))
        return times(mix(colour, grey, sky.cover), (sky.dim,) * 3)

    colours = (overcast(hour.sky[0]), overcast(hour.sky[1]), overcast(hour.sky[2]))
    flat = sum(hour.ambient) / 3
    ambient = tuple((a + (flat - a) * sky.cover * 0.7) * (0.35 + 0.65 * sky.dim) for a in hour.ambient)
    haze = mix(colours[2], colours[1], 0.45)
    light = Light(
        colours, (ambient[0], ambient[1], ambient[2]), haze, sky.mist, hour.sun, hour.sun_colour, hour.dark, hour.moon,
        sky.clouds, weather if weather in WEATHERS else "unknown", feeling,
    )  # fmt: skip
    return replace(light, sky=(light.grade(colours[0]), light.grade(colours[1]), light.grade(colours[2])))
