"""ElevenLabs: speech with timestamps, voices, pronunciation dictionaries, history, account, under `/elevenlabs/v1`."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from emulator.core.calls import Endpoint, Served
from emulator.core.hub import Hub
from emulator.elevenlabs import account, dictionaries, history, speech, voices
from emulator.elevenlabs.dialect import ElevenLabs

PREFIX = "/elevenlabs/v1"


def routes(hub: Hub) -> list[BaseRoute]:
    def at(path: str, method: str, endpoint: Endpoint) -> Route:
        return Route(PREFIX + path, Served(hub, ElevenLabs(), endpoint), methods=[method])

    said = "/text-to-speech/{voice_id}"
    return [
        at(said, "POST", speech.CONVERT),
        at(f"{said}/stream", "POST", speech.STREAM),
        at(f"{said}/with-timestamps", "POST", speech.TIMED),
        at(f"{said}/stream/with-timestamps", "POST", speech.TIMED_STREAM),
        at("/voices", "GET", voices.LIST),
        Route("/elevenlabs/v2/voices", Served(hub, ElevenLabs(), voices.SEARCH), methods=["GET"]),
        at("/voices/add", "POST", voices.ADD),
        at("/voices/{voice_id}", "GET", voices.GET),
        at("/voices/{voice_id}", "DELETE", voices.DELETE),
        at("/pronunciation-dictionaries/add-from-rules", "POST", dictionaries.ADD),
        at("/pronunciation-dictionaries", "GET", dictionaries.LIST),
        at("/pronunciation-dictionaries/{id}", "GET", dictionaries.GET),
        at("/history", "GET", history.LIST),
        at("/history/{id}", "GET", history.GET),
        at("/history/{id}", "DELETE", history.DELETE),
        at("/history/{id}/audio", "GET", history.AUDIO),
        at("/user", "GET", account.USER),
        at("/user/subscription", "GET", account.SUBSCRIPTION),
        at("/models", "GET", account.MODELS),
    ]
