"""OpenRouter: chat, embeddings, generations, key and models under `/openrouter/api/v1`."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from emulator.core.calls import Endpoint, Served
from emulator.core.hub import Hub
from emulator.openrouter import account, chat, embeddings
from emulator.openrouter.dialect import OpenRouter

PREFIX = "/openrouter/api/v1"


def routes(hub: Hub) -> list[BaseRoute]:
    def at(path: str, method: str, endpoint: Endpoint) -> Route:
        return Route(PREFIX + path, Served(hub, OpenRouter(), endpoint), methods=[method])

    return [
        at("/chat/completions", "POST", chat.ENDPOINT),
        at("/embeddings", "POST", embeddings.ENDPOINT),
        at("/generation", "GET", account.GENERATION),
        at("/generation/content", "GET", account.CONTENT),
        at("/key", "GET", account.KEY),
        at("/models", "GET", account.MODELS),
    ]
