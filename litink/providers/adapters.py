"""The adapters of an installation: one for each provider whose key is set."""

from __future__ import annotations

from litink.providers.catalogue import Catalogue
from litink.providers.elevenlabs import ElevenLabs
from litink.providers.modelslab import ModelsLab
from litink.providers.openrouter import OpenRouter
from litink.providers.wire import Adapter
from litink.settings import Settings


def adapters(settings: Settings, catalogue: Catalogue) -> dict[str, Adapter]:
    """By the provider's name; empty without keys."""
    found: list[Adapter] = []
    if settings.openrouter_api_key:
        found.append(
            OpenRouter(
                settings.openrouter_api_key,
                settings.openrouter_url,
                catalogue,
                repeats=settings.openrouter_repeats,
            )
        )
    if settings.modelslab_api_key:
        found.append(ModelsLab(settings.modelslab_api_key, settings.modelslab_url, catalogue))
    if settings.elevenlabs_api_key:
        found.append(ElevenLabs(settings.elevenlabs_api_key, settings.elevenlabs_url, catalogue))
    return {adapter.name: adapter for adapter in found}
