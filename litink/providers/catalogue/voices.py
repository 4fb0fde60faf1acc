"""The providers' voices as data: who there is to cast, without asking anybody. Nothing is spoken here."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal

from litink.books.model import Frozen
from litink.providers.base import Voice
from litink.story.model import Age, Gender

VOICES = Path(__file__).with_name("voices.toml")


class _Entry(Frozen):
    """A voice as the file has it; checked against the same choices as :class:`Voice`."""

    name: str
    gender: Gender
    age: Age
    accent: Literal["us", "gb"]
    manner: str = ""


class _Table(Frozen):
    narrator: str
    voices: dict[str, _Entry]


class VoiceList(Frozen):
    """A provider's voices, best first. Ids are the provider's own behind its name: "elevenlabs:JBFq…"."""

    narrator: str  # Voice.id
    voices: tuple[Voice, ...]


@lru_cache(maxsize=1)
def voice_lists() -> Mapping[str, VoiceList]:
    """By provider."""
    tables = tomllib.loads(VOICES.read_text("utf-8"))
    return {provider: _list(provider, _Table.model_validate(table)) for provider, table in tables.items()}


def _list(provider: str, table: _Table) -> VoiceList:
    return VoiceList(
        narrator=f"{provider}:{table.narrator}",
        voices=tuple(
            Voice(f"{provider}:{id_}", entry.name, entry.gender, entry.age, entry.accent, entry.manner)
            for id_, entry in table.voices.items()
        ),
    )
