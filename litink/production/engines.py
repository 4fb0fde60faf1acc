"""The engines and providers that production uses, chosen by settings, made when first needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cached_property

from litink.providers.base import Embedder, Painter
from litink.providers.local.embedder import MiniLM
from litink.providers.local.painter import LocalPainter
from litink.providers.local.painter.pool import PainterPool
from litink.providers.local.voices import LocalVoices
from litink.providers.local.voices.pool import VoicePool
from litink.settings import Settings
from litink.story.writer import LocalWriter, Writer


class Engines:
    """Holds what is expensive to start; one per process, closed at its end."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._open = ExitStack()

    @classmethod
    @contextmanager
    def opened(cls, settings: Settings) -> Iterator[Engines]:
        engines = cls(settings)
        with engines._open:
            yield engines

    @cached_property
    def writer(self) -> Writer:
        return LocalWriter()

    @cached_property
    def embedder(self) -> Embedder:
        return MiniLM(threads=self.settings.workers)

    @staticmethod
    def embedder_recipe() -> Mapping[str, object]:
        """What the embedder would be, without loading its weights."""
        return MiniLM.recipe()

    @cached_property
    def painter(self) -> Painter:
        return self._open.enter_context(PainterPool(self.settings.engines_dir, self.settings.workers))

    def painter_recipe(self) -> Mapping[str, object]:
        """How pictures would be made, without starting anything."""
        return LocalPainter(self.settings.engines_dir).recipe()

    @cached_property
    def voices(self) -> LocalVoices:
        """What voices there are and how they are made; speaking happens in :attr:`speakers`."""
        return LocalVoices(self.settings.engines_dir)

    @cached_property
    def speakers(self) -> VoicePool:
        return self._open.enter_context(VoicePool(self.settings.engines_dir, self.settings.workers))
