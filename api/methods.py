"""405 with every method that an address takes: the router's own Allow names one route's methods, not the address's."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ORDER = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


class AllowedMethods:
    def __init__(self, app: ASGIApp, routes: Sequence[BaseRoute]) -> None:
        self.app = app
        self._routes = [
            (context.path_regex, context.methods) for context in iter_route_contexts(routes) if context.methods
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_allowed(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 405:
                allow = (b"allow", ", ".join(self._allowed(scope["path"])).encode())
                message = {**message, "headers": [*(h for h in message["headers"] if h[0] != b"allow"), allow]}
            await send(message)

        await self.app(scope, receive, send_allowed)

    def _allowed(self, path: str) -> list[str]:
        found = set().union(*(methods for regex, methods in self._routes if regex.match(path)))
        if "GET" in found:
            found.add("HEAD")
        return sorted(found, key=_ORDER.index)
