"""Pictures that carry words: title cards, covers, and the card that stands for a missing picture."""

from __future__ import annotations

from litink.providers.base import Picture, Ratio
from litink.providers.local.painter.frame import SIZES
from litink.providers.local.painter.svg import Drawing


def failed_placeholder(ratio: Ratio, message: str) -> Picture:
    """A quiet card saying that this picture is missing."""
    width, height = SIZES[ratio]
    drawing = Drawing(width, height)
    drawing.rect(0, 0, width, height, "#e9e0cf")
    return Picture(drawing.png(), "image/png", width, height)
