"""Engines as one book's owner wants them: the models that are asked first, by what they do. Nothing is started here."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from litink.errors import Refused
from litink.generation.paid.cashier import Cashier
from litink.production.engines import Engines
from litink.providers.catalogue import Model, Task
from litink.providers.catalogue.model import OPERATIONS
from litink.providers.local.embedder import MiniLM
from litink.providers.local.painter.pool import PainterPool
from litink.providers.local.voices import LocalVoices
from litink.providers.local.voices.pool import VoicePool


def preferring(engines: Engines, models: Mapping[Task, str]) -> Engines:
    """The same engines with other first choices."""
    return _Preferring(engines, models) if models else engines


def here(engines: Engines) -> Engines:
    """The same engines without any provider's: who would work if nobody could be asked."""
    return _Here(engines)


def check_models(engines: Engines, tier: str, models: Mapping[Task, str]) -> None:
    """Raises Refused "no-such-model", "model-cannot" (another kind of work), "model-not-in-tier"."""
    catalogue = engines.catalogue
    for task, wanted in models.items():
        model = catalogue.models.get(wanted)
        if model is None:
            able = [one.id for one in catalogue.models.values() if one.operation in OPERATIONS[task]]
            raise Refused("no-such-model", f"There is no model “{wanted}”. For {task}: {', '.join(able)}.")
        if model.operation not in OPERATIONS[task]:
            raise Refused("model-cannot", f"“{wanted}” does {model.operation}; it cannot do {task}.")
        known = catalogue.tiers.get(tier)
        if known is None or not (known.choice_of_models or wanted in known.ladders[task]):
            raise Refused("model-not-in-tier", f"“{wanted}” is not to be had for {task} with the subscription {tier}.")


class _View(Engines):
    """Engines of which what is expensive to start is the original's, and closed with it."""

    def __init__(self, engines: Engines) -> None:
        super().__init__(engines.settings)
        self._original = engines
        self._lock = engines._lock
        self.catalogue = engines.catalogue

    @cached_property
    def _cashier(self) -> Cashier:
        return self._original._cashier

    @cached_property
    def _embedder(self) -> MiniLM:
        return self._original._embedder

    @cached_property
    def _painters(self) -> PainterPool:
        return self._original._painters

    @cached_property
    def _local_voices(self) -> LocalVoices:
        return self._original._local_voices

    @cached_property
    def _speakers(self) -> VoicePool:
        return self._original._speakers

    @cached_property
    def _local_picture_recipe(self) -> Mapping[str, object]:
        return self._original._local_picture_recipe


class _Preferring(_View):
    def __init__(self, engines: Engines, models: Mapping[Task, str]) -> None:
        super().__init__(engines)
        self._models = models

    def ladder(self, tier: str, task: Task) -> tuple[Model, ...]:
        """As the original's, with the wanted model first: where providers do the task, and this one may."""
        ladder = self._original.ladder(tier, task)
        wanted = self.catalogue.models.get(self._models.get(task, ""))
        if not ladder or wanted is None or not self.admits(task, wanted.provider):
            return ladder
        return (wanted, *(model for model in ladder if model is not wanted))


class _Here(_View):
    def ladder(self, tier: str, task: Task) -> tuple[Model, ...]:
        return ()
