"""The emulator's own routes under `/_emulator`: bill, faults, settings, requests, reset, and a page for a person."""

from __future__ import annotations

from starlette.routing import BaseRoute

from emulator.control import api, page
from emulator.core.hub import Hub


def routes(hub: Hub) -> list[BaseRoute]:
    return [*page.routes(hub), *api.routes(hub)]
