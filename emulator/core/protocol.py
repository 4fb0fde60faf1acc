"""uvicorn's HTTP protocol with one thing more: a call may close its own connection, as a broken network would."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from starlette.requests import Request
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_TRANSPORT = "emulator.transport"


class CuttableProtocol(HttpToolsProtocol):
    def on_message_begin(self) -> None:
        super().on_message_begin()
        cast(dict[str, Any], self.scope)[_TRANSPORT] = self.transport


def cut(request: Request) -> None:
    """Close the connection of ``request`` now, whatever was sent."""
    transport: asyncio.Transport = request.scope[_TRANSPORT]
    transport.close()
