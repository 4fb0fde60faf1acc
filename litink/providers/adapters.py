"""The adapters of an installation: one for each provider whose key is set."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from threading import Lock

from litink.providers.catalogue import Catalogue
from litink.providers.wire import Adapter
from litink.settings import Settings


class Adapters(Mapping[str, Adapter]):
    """By the provider's name. Each is made when it is first asked for: a run that draws need not import the SDKs of
    those who write and speak, which takes a second or two."""

    def __init__(self, makers: Mapping[str, Callable[[], Adapter]]) -> None:
        self._makers = makers
        self._made: dict[str, Adapter] = {}
        self._lock = Lock()

    def __getitem__(self, name: str) -> Adapter:
        with self._lock:
            if name not in self._made:
                self._made[name] = self._makers[name]()
            return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._makers

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


def adapters(settings: Settings, catalogue: Catalogue) -> Adapters:
    """Empty without keys."""
    makers: dict[str, Callable[[], Adapter]] = {}
    if settings.openrouter_api_key:
        openrouter_key = settings.openrouter_api_key

        def openrouter() -> Adapter:
            from litink.providers.openrouter import OpenRouter

            return OpenRouter(openrouter_key, settings.openrouter_url, catalogue, repeats=settings.openrouter_repeats)

        makers["openrouter"] = openrouter
    if settings.modelslab_api_key:
        modelslab_key = settings.modelslab_api_key

        def modelslab() -> Adapter:
            from litink.providers.modelslab import ModelsLab

            return ModelsLab(modelslab_key, settings.modelslab_url, catalogue)

        makers["modelslab"] = modelslab
    if settings.elevenlabs_api_key:
        elevenlabs_key = settings.elevenlabs_api_key

        def elevenlabs() -> Adapter:
            from litink.providers.elevenlabs import ElevenLabs

            return ElevenLabs(elevenlabs_key, settings.elevenlabs_url, catalogue)

        makers["elevenlabs"] = elevenlabs
    return Adapters(makers)
