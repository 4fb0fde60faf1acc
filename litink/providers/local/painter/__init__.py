"""Pictures drawn on this machine: storybook scenes, portraits, title cards and covers, from content alone."""

from litink.providers.local.painter.cards import failed_placeholder
from litink.providers.local.painter.frame import SIZES
from litink.providers.local.painter.painter import LocalPainter

__all__ = ["SIZES", "LocalPainter", "failed_placeholder"]
