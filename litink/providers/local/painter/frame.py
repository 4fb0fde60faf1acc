"""The picture's frame: pixel sizes of the ratios and where things may stand in them."""

from __future__ import annotations

from litink.providers.base import Ratio

SIZES: dict[Ratio, tuple[int, int]] = {"16:9": (1920, 1080), "9:16": (1080, 1920), "1:1": (1440, 1440)}
PORTRAIT = 768
COVER = (1600, 2400)
