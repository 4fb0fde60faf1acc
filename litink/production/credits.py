"""Who made an item: noted by paid engines while they work for it, told in the item's metadata. No money here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from litink.errors import Exhausted
from litink.generation.model import Call

Deed = Literal["drawn", "spoken", "written", "indexed", "animated", "lip-synced", "composed"]

_SPELLED = {"openrouter": "OpenRouter", "modelslab": "ModelsLab", "elevenlabs": "ElevenLabs"}


BY_STAND_IN = "written by the local writer, in place of a model"
MADE_LOCALLY = "Drawn and spoken by local engines; no commercial service was used."


@dataclass(frozen=True)
class Maker:
    """A provider's model that delivered. ``fallback``: it was not the first one asked."""

    provider: str
    model: str  # as the provider calls it
    fallback: bool = False


class Credits:
    """The makers of one item, each once, in the order in which they delivered; none: local engines alone."""

    def __init__(self) -> None:
        self._makers: dict[Maker, None] = {}

    def add(self, maker: Maker) -> None:
        self._makers.setdefault(maker)

    @property
    def makers(self) -> tuple[Maker, ...]:
        return tuple(self._makers)

    def meta(self, deed: Deed) -> dict[str, Any]:
        """``made_by``, a sentence's worth for people; ``fallback`` only where a model had to stand in for another."""
        made_by = {"made_by": f"{deed} {self._by()}"}
        return made_by | {"fallback": True} if any(maker.fallback for maker in self._makers) else made_by

    def calls(self, provider: str, model: str, units: Mapping[str, float]) -> tuple[Call, ...]:
        """The ledger's row of a local engine's work; none where a provider did it: the cashier has entered that."""
        return () if self._makers else (Call(provider, model, units),)

    def _by(self) -> str:
        if not self._makers:
            return "locally"
        models: dict[str, list[str]] = {}
        for maker in self._makers:
            named = models.setdefault(maker.provider, [])
            if maker.model not in named:
                named.append(maker.model)
        each = [f"{' and '.join(named)} through {_SPELLED.get(by, by)}" for by, named in models.items()]
        return f"by {', '.join(each)}"


def stood_in(error: Exhausted, *, by: str = BY_STAND_IN) -> dict[str, Any]:
    """What the metadata of an item say that was made here because no model could; ``stood_in``: why."""
    return {"made_by": by, "fallback": True, "stood_in": error.message}


def made_by(meta: Mapping[str, Any], deed: Deed) -> str:
    """Who made an item; what was made before anybody noted it was made locally."""
    return str(meta.get("made_by") or f"{deed} locally")


def was_made_by(meta: Mapping[str, Any], model: str) -> bool:
    """Whether a provider's model, as the provider calls it, had a part in an item."""
    return model in str(meta.get("made_by", "")).split()


def credits_of(deeds: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """Who made something that has many parts: by deed ("Drawn"), the metadata of the parts."""
    found = {
        deed: list(dict.fromkeys(str(meta["made_by"]).partition(" ")[2] for meta in metas if meta.get("made_by")))
        for deed, metas in deeds.items()
    }
    if all(maker == "locally" for makers in found.values() for maker in makers):
        return MADE_LOCALLY
    return "; ".join(f"{deed} {' and '.join(makers)}" for deed, makers in found.items() if makers) + "."
