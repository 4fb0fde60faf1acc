"""ModelsLab v7: pictures, film and sound as jobs, under `/modelslab/api/v7`; their files under `/modelslab/files`."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from emulator.core.calls import Endpoint, Served
from emulator.core.hub import Hub
from emulator.modelslab import fetching, submitting
from emulator.modelslab.dialect import ModelsLab
from emulator.modelslab.models import ROUTES

PREFIX = "/modelslab/api/v7"


def routes(hub: Hub) -> list[BaseRoute]:
    def at(path: str, method: str, endpoint: Endpoint) -> Route:
        return Route(path, Served(hub, ModelsLab(), endpoint), methods=[method])

    areas = dict.fromkeys(path.split("/")[1] for path in ROUTES.values())
    return [
        *(at(PREFIX + path, "POST", submitting.endpoint(operation)) for operation, path in ROUTES.items()),
        *(at(f"{PREFIX}/{area}/fetch/{{id}}", "POST", fetching.fetch(area)) for area in areas),
        at("/modelslab/files/{name}", "GET", fetching.FILE),
    ]
