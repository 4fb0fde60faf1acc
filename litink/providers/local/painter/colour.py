"""Arithmetic on "#rrggbb" colours; no palette and no drawing here."""

from __future__ import annotations

import colorsys

RGB = tuple[float, float, float]


def rgb(colour: str) -> RGB:
    """Channels in [0, 1] of "#rrggbb"."""
    value = int(colour[1:7], 16)
    return ((value >> 16) / 255, (value >> 8 & 255) / 255, (value & 255) / 255)


def hexed(channels: RGB) -> str:
    red, green, blue = (round(255 * min(1.0, max(0.0, channel))) for channel in channels)
    return f"#{red:02x}{green:02x}{blue:02x}"


def mix(first: str, second: str, share: float) -> str:
    """``share`` of the second colour: 0 gives the first, 1 the second."""
    a, b = rgb(first), rgb(second)
    return hexed((a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share))


def lighter(colour: str, share: float) -> str:
    return mix(colour, "#fff6e0", share)


def darker(colour: str, share: float) -> str:
    """Towards a deep blue-violet rather than black: shadows in a painting keep their colour."""
    return mix(colour, "#17122b", share)


def luminance(colour: str) -> float:
    """Relative luminance without gamma, weights of ITU-R BT.709."""
    red, green, blue = rgb(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def saturated(colour: str, factor: float) -> str:
    """Distance from grey of the same luminance, times ``factor``."""
    grey = luminance(colour)
    red, green, blue = rgb(colour)
    return hexed((grey + (red - grey) * factor, grey + (green - grey) * factor, grey + (blue - grey) * factor))


def times(colour: str, channels: RGB) -> str:
    """Seen under a light of these channels."""
    red, green, blue = rgb(colour)
    return hexed((red * channels[0], green * channels[1], blue * channels[2]))


def hsl(hue: float, saturation: float, lightness: float) -> str:
    """``hue`` in degrees, the others in [0, 1]."""
    return hexed(colorsys.hls_to_rgb(hue % 360 / 360, lightness, saturation))
